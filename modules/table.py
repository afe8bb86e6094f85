"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
)
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from modules.reachable import Reachable
from tanada.declared import table as declared

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
"""What reaching a table gives: no Scan, nothing that changes the table itself."""
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
_ON_INDEXES = frozenset({"dynamodb:Query"})
"""Of all of these an index takes this one (Service Authorization Reference, DynamoDB)."""


class Table(Construct):
    """A table billed by request; it can be restored to any second of 35 days, and under `keep` not be destroyed."""

    def __init__(self, scope: Construct, id: str, settings: declared.Table, here: Here) -> None:
        super().__init__(scope, id)
        keep = here.instance.keep
        keys = [settings.partition_key] + ([settings.sort_key] if settings.sort_key is not None else [])
        name = here.names.joined(here.called(id))
        table = DynamodbTable(
            self,
            "table",
            name=name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=settings.partition_key,
            range_key=settings.sort_key,
            attribute=[DynamodbTableAttribute(name=key, type="S") for key in keys],
            # To the end: switched off, all that it could be restored to is gone before it is.
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=here.instance.permanent),
            deletion_protection_enabled=keep,
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        self.aws_name = table.name
        arn = table.arn
        self.reachable = Reachable(
            words={"name": self.aws_name},
            # DynamoDB is reached over HTTPS, which is open, through the VPC's own endpoint.
            doors=(),
            places=(),
            access=(Statement(actions=ACTIONS, resources=(arn, f"{arn}/index/*")),),
            narrowed={
                word: (
                    Statement(
                        actions=actions,
                        resources=(arn, f"{arn}/index/*") if _ON_INDEXES & {*actions} else (arn,),
                    ),
                )
                for word, actions in NARROWED.items()
            },
            secrets={},
        )
