"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTableGlobalSecondaryIndex,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableTtl,
)
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from modules.reachable import Reachable
from tanada.declared import table as declared
from tanada.regions import partition

ACTIONS = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
"""What reaching a table gives: no Scan but by its own word, nothing that changes the table itself."""
SCAN = "dynamodb:Scan"
NARROWED: Mapping[str, tuple[str, ...]] = {
    "read": (
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:Query",
    ),
    "write": (
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ),
    "append": ("dynamodb:DescribeTable", "dynamodb:PutItem"),
}
"""Of these what each word of `access` gives, as AWS's CDK divides them (aws-dynamodb/lib/perms.ts), which gives the
table's description with each. Nothing of IAM's keeps PutItem from taking the place of an item of the same key."""
_ON_INDEXES = frozenset({"dynamodb:Query", SCAN})
"""Of all of these an index takes these (Service Authorization Reference, DynamoDB)."""
_TYPES = {"string": "S", "number": "N", "binary": "B"}


def table(scope: Construct, id: str, settings: declared.Table, here: Here) -> Table | ExistingTable:
    """The construct of a store: one that is made, or one that is there."""
    return Table(scope, id, settings, here) if settings.existing is None else ExistingTable(settings, here)


class Table(Construct):
    """A table billed by request; it can be restored to any second of 35 days, and under `keep` not be destroyed."""

    def __init__(self, scope: Construct, id: str, settings: declared.Table, here: Here) -> None:
        super().__init__(scope, id)
        assert settings.partition_key is not None  # without `existing` it is needed
        keep = here.instance.keep
        name = here.names.joined(here.called(id))
        table = DynamodbTable(
            self,
            "table",
            name=name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=declared.named(settings.partition_key),
            range_key=_named(settings.sort_key),
            attribute=list(_attributes(settings)),
            # By name, so that no plan shows a shuffle. Of their capacity nothing is said: DynamoDB raises it by itself,
            # and what is said and has become less would make the index anew.
            global_secondary_index=[
                DynamodbTableGlobalSecondaryIndex(
                    name=each,
                    hash_key=declared.named(index.partition_key),
                    range_key=_named(index.sort_key),
                    projection_type="ALL",
                )
                for each, index in sorted(settings.indexes.items())
            ]
            or None,
            ttl=DynamodbTableTtl(attribute_name=settings.ttl, enabled=True) if settings.ttl is not None else None,
            stream_enabled=settings.stream is not None or None,
            stream_view_type=settings.stream.upper() if settings.stream is not None else None,
            # To the end: switched off, all that it could be restored to is gone before it is.
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=here.instance.permanent),
            deletion_protection_enabled=keep,
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        self.aws_name, self.beside = table.name, ()
        self.reachable = _reachable(table.name, table.arn, scan=settings.scan)


class ExistingTable:
    """What callers need of a table that somebody else keeps."""

    def __init__(self, settings: declared.Table, here: Here) -> None:
        name = str(settings.existing)
        home = f"arn:{partition(here.region)}:dynamodb:{here.region}:{here.account_id}:table/"
        self.aws_name, self.beside = name, ()
        # DynamoDB's calls take an ARN for a name (DynamoDB API reference, GetItem, TableName).
        self.reachable = _reachable(name, name if name.startswith("arn:") else f"{home}{name}", scan=settings.scan)


def _named(key: Mapping[str, declared.Type] | None) -> str | None:
    return declared.named(key) if key is not None else None


def _attributes(settings: declared.Table) -> Iterator[DynamodbTableAttribute]:
    """Exactly those that are keys: DynamoDB refuses one that no index uses."""
    types = {attribute: _TYPES[type_] for _, attribute, type_ in settings.attributes()}
    yield from (DynamodbTableAttribute(name=name, type=type_) for name, type_ in types.items())


def _reachable(name: str, arn: str, *, scan: bool) -> Reachable:
    """DynamoDB is reached over HTTPS, which is open, through the VPC's own endpoint."""

    def statement(actions: tuple[str, ...], *, reads: bool) -> Statement:
        given = (*actions, SCAN) if scan and reads else actions
        return Statement(actions=given, resources=(arn, f"{arn}/index/*") if _ON_INDEXES & {*given} else (arn,))

    return Reachable(
        words={"name": name},
        doors=(),
        places=(),
        access=(statement(ACTIONS, reads=True),),
        narrowed={word: (statement(actions, reads=word == "read"),) for word, actions in NARROWED.items()},
        secrets={},
    )
