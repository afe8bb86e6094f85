"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTableGlobalSecondaryIndex,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableReplica,
    DynamodbTableTtl,
)
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from modules.reachable import Reachable
from tanada.declared import table as declared
from tanada.declared.restored import Server, servers
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
_ONCE = ("restore_date_time", "restore_source_name")
"""What says from which table it was made: a change of it would make it anew (`replaces` of the entry)."""
_OF_THOSE_BEFORE = ("attribute", "global_secondary_index", "stream_enabled", "stream_view_type", "ttl")
"""What stays as it was of a table that serves no more, whatever its store says by now."""


def table(scope: Construct, id: str, settings: declared.Table, here: Here) -> Table | ExistingTable:
    """The construct of a store: one that is made, or one that is there."""
    return Table(scope, id, settings, here) if settings.existing is None else ExistingTable(settings, here)


class Table(Construct):
    """A table billed by request; it can be restored to any second of 35 days, and under `keep` not be destroyed.

    One that was restored stands below its own name in the same store, beside the one that it was made from.
    """

    def __init__(self, scope: Construct, id: str, settings: declared.Table, here: Here) -> None:
        super().__init__(scope, id)
        made = {server: _table(self, id, settings, here, server) for server in servers(settings.restored)}
        serving = next(each for server, each in made.items() if server.serves)
        self.aws_name, self.arn, self.beside = serving.name, serving.arn, ()
        # Whoever runs on as the next one is made has the one before, and what was written there can be copied over.
        kept = [each.arn for server, each in made.items() if server.keep and not server.serves]
        self.reachable = _reachable(serving.name, [serving.arn, *kept], scan=settings.scan)


def _table(store: Construct, id: str, settings: declared.Table, here: Here, server: Server) -> DynamodbTable:
    assert settings.partition_key is not None  # without `existing` it is needed
    keep, called = here.instance.keep and server.keep, here.called(id)
    name = here.names.joined(server.called(called))
    scope = store if server.stamp is None else Construct(store, f"restored_{server.stamp.replace('-', '_')}")
    source = called if server.source is None else f"{called}-{server.source}"
    ignored = [*(_ONCE if server.at is not None else ()), *(() if server.serves else _OF_THOSE_BEFORE)]
    # Of the provider's update replicas come last, and the stream that they need is never off while they are there.
    replicas = settings.replicas if here.instance.permanent else ()
    stream = "new_and_old_images" if replicas else settings.stream
    return DynamodbTable(
        scope,
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
        stream_enabled=stream is not None or None,
        stream_view_type=stream.upper() if stream is not None else None,
        # By region, and each as the table itself is: tags, restore points and protection of its own.
        replica=[
            DynamodbTableReplica(
                region_name=region,
                # The provider's default, said: Terraform finds a member of a set again by all that isn't computed.
                consistency_mode="EVENTUAL",
                point_in_time_recovery=True,
                deletion_protection_enabled=keep,
                propagate_tags=True,
            )
            for region in sorted(replicas)
        ]
        or None,
        # To the end: switched off, all that it could be restored to is gone before it is.
        point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=here.instance.permanent),
        deletion_protection_enabled=keep,
        restore_source_name=here.names.joined(source) if server.at is not None else None,
        restore_date_time=server.at,
        tags={"Name": name},
        lifecycle=TerraformResourceLifecycle(prevent_destroy=keep, ignore_changes=ignored or None),
    )


class ExistingTable:
    """What callers need of a table that somebody else keeps."""

    def __init__(self, settings: declared.Table, here: Here) -> None:
        name = str(settings.existing)
        home = f"arn:{partition(here.region)}:dynamodb:{here.region}:{here.account_id}:table/"
        self.aws_name, self.beside = name, ()
        # DynamoDB's calls take an ARN for a name (DynamoDB API reference, GetItem, TableName).
        self.reachable = _reachable(name, [name if name.startswith("arn:") else f"{home}{name}"], scan=settings.scan)


def _named(key: Mapping[str, declared.Type] | None) -> str | None:
    return declared.named(key) if key is not None else None


def _attributes(settings: declared.Table) -> Iterator[DynamodbTableAttribute]:
    """Exactly those that are keys: DynamoDB refuses one that no index uses."""
    types = {attribute: _TYPES[type_] for _, attribute, type_ in settings.attributes()}
    yield from (DynamodbTableAttribute(name=name, type=type_) for name, type_ in types.items())


def _reachable(name: str, arns: Sequence[str], *, scan: bool) -> Reachable:
    """DynamoDB is reached over HTTPS, which is open, through the VPC's own endpoint."""

    def statement(actions: tuple[str, ...], *, reads: bool) -> Statement:
        given = (*actions, SCAN) if scan and reads else actions
        ends = ("", "/index/*") if _ON_INDEXES & {*given} else ("",)
        return Statement(actions=given, resources=tuple(f"{arn}{end}" for arn in arns for end in ends))

    return Reachable(
        words={"name": name},
        doors=(),
        places=(),
        access=(statement(ACTIONS, reads=True),),
        narrowed={word: (statement(actions, reads=word == "read"),) for word, actions in NARROWED.items()},
        secrets={},
    )
