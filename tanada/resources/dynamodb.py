"""DynamoDB."""

from __future__ import annotations

from typing import Any

from tanada.resources.cost import ByUse
from tanada.resources.entry import Resource, Values, arn, read
from tanada.resources.refusal import Call, Refusal, World, at, protected, taken
from tanada.resources.request import made_by
from tanada.resources.seed import Seed


def _stream(seed: Seed) -> str:
    return "2026-01-01T00:00:00.000" if seed.values.get("stream_enabled") else ""


def _stream_arn(seed: Seed) -> str:
    return f"{seed.text('arn')}/stream/{_stream(seed)}" if _stream(seed) else ""


def _on_demand(table: Values) -> bool:
    return bool(table.get("billing_mode") == "PAY_PER_REQUEST")


def _regions(table: Values | None) -> set[str]:
    return {str(each) for each in at(table or {}, "replica.region_name")}


def _stream_goes(call: Call, _world: World) -> bool:
    """The provider's update asks for streams first and for replicas last (dynamodb/table.go, resourceTableUpdate)."""
    before, after = call.before or {}, call.after or {}
    kind = [(each.get("stream_enabled") is True, each.get("stream_view_type") or None) for each in (before, after)]
    return call.action == "update" and bool(_regions(before)) and kind[0] != kind[1]


def _protected_replica(call: Call, _world: World) -> bool:
    stays = _regions(call.after)
    return any(
        each.get("deletion_protection_enabled") is True and str(each.get("region_name")) not in stays
        for each in (call.before or {}).get("replica") or ()
    )


def _provisioned_replica(call: Call, _world: World) -> bool:
    new = _regions(call.after) - _regions(call.before)
    return bool(new) and not _on_demand(call.values)


def _at_home(call: Call, _world: World) -> bool:
    """Its own region is that of its ARN, once it has one."""
    home = str((call.before or {}).get("arn") or call.values.get("arn") or "").split(":")
    return call.after is not None and len(home) > 3 and home[3] in _regions(call.after)


def _other_attribute(call: Call, _world: World) -> bool:
    before, after = (_lives_by(values) for values in (call.before or {}, call.after or {}))
    return call.action == "update" and bool(before and after) and before != after


def _lives_by(table: Values) -> str | None:
    """The attribute that ends its items."""
    on = (each.get("attribute_name") for each in table.get("ttl") or () if each.get("enabled") is True)
    return next((name for name in on if isinstance(name, str)), None)


def _not_restored(table: Values) -> dict[str, Any]:
    """The provider asks RestoreTableToPointInTime for none of these, and for nothing after it but TTL and restore
    points (dynamodb/table.go; pulumi/pulumi-aws#1831 of streams)."""
    if table.get("restore_source_name") is None:
        return {}
    stream = {"stream_enabled": False, "stream_arn": "", "stream_label": ""}
    return {"deletion_protection_enabled": False, "tags": {}, "tags_all": {}, **stream}


def _source(call: Call, world: World) -> Values | None:
    """Of which table it is to be made; without values where that isn't there, None where it is of none."""
    name = call.values.get("restore_source_name")
    if call.action != "create" or not isinstance(name, str):
        return None
    return next((each for each in world.living("aws_dynamodb_table") if each.get("name") == name), {})


def _of_none(call: Call, world: World) -> bool:
    return _source(call, world) == {}


def _without_points(call: Call, world: World) -> bool:
    source = _source(call, world)
    return bool(source) and True not in at(source, "point_in_time_recovery.enabled")


def _with_new_indexes(call: Call, world: World) -> bool:
    source, path = _source(call, world), "global_secondary_index.name"
    return bool(source) and not {*at(call.values, path)} <= {*at(source, path)}


_WATCHED = {"aws_dynamodb_table": ("name", "point_in_time_recovery", "global_secondary_index")}

RESOURCES = (
    Resource(
        type="aws_dynamodb_table",
        lost="table",
        kept=True,
        replaces=read(
            "dynamodb/table.go",
            "01335dd3",
            "hash_key local_secondary_index name range_key restore_date_time restore_source_name "
            "restore_to_latest_time",
        ),
        cost=ByUse("stored bytes and requests", when=_on_demand),
        defaults={
            "billing_mode": "PROVISIONED",
            "replica.consistency_mode": "EVENTUAL",
            "replica.point_in_time_recovery": False,
            "replica.propagate_tags": False,
            "ttl.enabled": False,
        },
        computed={
            "id": "{name}",
            "arn": arn("dynamodb", "table/{name}"),
            "stream_arn": _stream_arn,
            "stream_label": _stream,
        },
        recomputed={  # general knowledge, unverified
            "stream_enabled": ("stream_arn", "stream_label"),
            "stream_view_type": ("stream_arn", "stream_label"),
        },
        left_out=_not_restored,
        data_actions=(
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:GetRecords",
            "dynamodb:PartiQLSelect",
            "dynamodb:Query",
            "dynamodb:Scan",
        ),
        refusals=(
            protected(
                "deletion_protection_enabled",
                "ValidationException",
                "Resource cannot be deleted as it is currently protected against deletion. "
                "Disable deletion protection first.",
                "DynamoDB developer guide, Using deletion protection; nubo-db/dynoxide#46 quotes it",
            ),
            taken(
                "aws_dynamodb_table",
                "name",
                "ResourceInUseException",
                "Table already exists: {name}",
                "DynamoDB API reference, CreateTable; Coalfire-Research/npk#42",
            ),
            Refusal(
                code="ValidationException",
                sentence="TimeToLive is active on a different AttributeName",
                source="DynamoDB API reference, UpdateTimeToLive; go-to-k/cdkd#932",
                holds=_other_attribute,
            ),
            Refusal(
                code="ValidationException",
                sentence="The stream of {name} can't be changed while it has replicas",
                source="hashicorp/terraform-provider-aws#43625; the sentence is ours",
                holds=_stream_goes,
            ),
            Refusal(
                code="ValidationException",
                sentence="A replica of {name} is protected against deletion",
                source="CloudFormation user guide, AWS::DynamoDB::GlobalTable ReplicaSpecification, "
                "DeletionProtectionEnabled; the sentence is ours",
                holds=_protected_replica,
            ),
            Refusal(
                code="ValidationException",
                sentence="Table write capacity should either be Pay-Per-Request or AutoScaled.",
                source="aws-controllers-k8s/community#2610; hashicorp/terraform-provider-aws#13097",
                holds=_provisioned_replica,
            ),
            Refusal(
                code="ValidationException",
                sentence="A replica of {name} can't stand in the region of the table itself",
                source="DynamoDB API reference, CreateReplicationGroupMemberAction; the sentence is ours",
                holds=_at_home,
            ),
            Refusal(
                code="TableNotFoundException",
                sentence="Table not found: {restore_source_name}",
                source="DynamoDB API reference, RestoreTableToPointInTime, Errors; the sentence is ours",
                holds=_of_none,
                watches=_WATCHED,
            ),
            Refusal(
                code="PointInTimeRecoveryUnavailableException",
                sentence="Point in time recovery is not enabled for table {restore_source_name}",
                source="DynamoDB API reference, RestoreTableToPointInTime, Errors; the sentence is ours",
                holds=_without_points,
                watches=_WATCHED,
            ),
            Refusal(
                code="ValidationException",
                sentence="An index of {name} is none of {restore_source_name}",
                source="DynamoDB API reference, RestoreTableToPointInTime, GlobalSecondaryIndexOverride: they should "
                "match existing ones; the sentence is ours",
                holds=_with_new_indexes,
                watches=_WATCHED,
            ),
        ),
        request=made_by(
            "dynamodb",
            "CreateTable RestoreTableToPointInTime UpdateContinuousBackups UpdateTable UpdateTimeToLive",
            "AWS::DynamoDB::Table",
            adds="KeyType",
            name="TableName",
            attribute="AttributeDefinitions",
            attribute__name="AttributeDefinitions.AttributeName",
            attribute__type="AttributeDefinitions.AttributeType",
            hash_key="KeySchema.AttributeName",
            range_key="KeySchema.AttributeName",
            global_secondary_index="GlobalSecondaryIndexes",
            global_secondary_index__name="GlobalSecondaryIndexes.IndexName",
            global_secondary_index__hash_key="GlobalSecondaryIndexes.KeySchema.AttributeName",
            global_secondary_index__range_key="GlobalSecondaryIndexes.KeySchema.AttributeName",
            global_secondary_index__projection_type="GlobalSecondaryIndexes.Projection.ProjectionType",
            stream_enabled="StreamSpecification.StreamEnabled",
            stream_view_type="StreamSpecification.StreamViewType",
            ttl="TimeToLiveSpecification",
            replica="ReplicaUpdates",
            replica__region_name="ReplicaUpdates.Create.RegionName",
            replica__deletion_protection_enabled="DeletionProtectionEnabled",
            replica__point_in_time_recovery="PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
            restore_source_name="SourceTableName",
            point_in_time_recovery__enabled="PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        ),
        reads=(
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeTable",
            "dynamodb:DescribeTimeToLive",
            "dynamodb:ListTagsOfResource",
        ),
        changes=(
            "dynamodb:CreateTable",
            "dynamodb:CreateTableReplica",
            "dynamodb:DeleteTable",
            "dynamodb:DeleteTableReplica",
            "dynamodb:DescribeLimits",
            "dynamodb:RestoreTableToPointInTime",
            "dynamodb:TagResource",
            "dynamodb:UntagResource",
            "dynamodb:UpdateContinuousBackups",
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
        ),
    ),
)
