"""RDS and Aurora: databases."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tanada.resources.cost import HOURS, SETTING, ByUse, Planned, Priced, Units, number
from tanada.resources.entry import Resource, Values, arn, read, replaceable
from tanada.resources.rds_parameters import static
from tanada.resources.refusal import Call, Refusal, World, at, in_use, protected, taken
from tanada.resources.request import made_by
from tanada.resources.seed import Seed


def _storage_replaces(_state: Values, planned: Values, changed: Sequence[str]) -> list[str]:
    """Aurora changes its kind of storage in place, other engines don't."""
    aurora = str(planned.get("engine")).startswith("aurora")
    return ["storage_type"] if "storage_type" in changed and not aurora else []


def _aurora(cluster: Values) -> bool:
    return not cluster.get("db_cluster_instance_class")  # else it is one of instances


def _instance(database: Planned) -> Units | None:
    """The instance and its disk; backups are paid by use."""
    engine, instance_class = database.text("engine"), database.text("instance_class")
    disk, size = database.text("storage_type"), database.number("allocated_storage")
    if (
        engine is None
        or instance_class is None
        or disk is None
        or size is None
        or (database.number("iops", default=0) or 0) > 3000
    ):
        return None
    zones = 2 if database.values.get("multi_az") is True else 1
    units = [(f"RDS {engine} {instance_class} hour", zones * HOURS), (f"RDS {engine} {disk} GB-month", zones * size)]
    if database.values.get("manage_master_user_password") is True:
        units.append(("secret month", Decimal(1)))
    return units


def _cluster_instance(instance: Planned) -> Units | None:
    """Of Aurora: by its class, or the least capacity that Serverless v2 is let down to."""
    cluster = instance.linked("cluster_identifier", "aws_rds_cluster", _is_cluster)
    if cluster is None or not (cluster.text("engine") or "").startswith("aurora"):
        return None
    optimized = cluster.text("storage_type") == "aurora-iopt1"
    instance_class = instance.text("instance_class")
    if instance_class != "db.serverless":
        return None if optimized else [(f"Aurora {instance_class} hour", HOURS)]
    scaling = (cluster.blocks("serverlessv2_scaling_configuration") or [{}])[0]
    least = number(scaling.get("min_capacity"))
    item = "Aurora I/O-Optimized ACU hour" if optimized else "Aurora ACU hour"
    return None if least is None else [(item, least * HOURS)]


def _is_cluster(cluster: Planned, value: str) -> bool:
    return value in (cluster.text("cluster_identifier"), cluster.text("id"))


def numbers_of(engine: object, version: object) -> list[str]:
    """The major version: of PostgreSQL the first number, of others the first two."""
    numbers = str(version).split(".")
    return numbers[:1] if "postgres" in str(engine) else numbers[:2]


def major_changes(before: Values, after: Values) -> bool:
    """Whether another major version is asked for than the one that runs."""
    runs, asked = (numbers_of(side.get("engine"), side.get("engine_version") or "") for side in (before, after))
    return bool(runs != asked and runs != [""] and asked != [""])


def _unallowed(call: Call, _world: World) -> bool:
    if call.before is None or call.after is None:
        return False
    return major_changes(call.before, call.after) and call.after.get("allow_major_version_upgrade") is not True


def _wrong_family(attribute: str, type_: str) -> Refusal:
    """A parameter group of another engine or major version than is asked for."""

    def holds(call: Call, world: World) -> bool:
        if call.after is None:
            return False
        engine, version = call.after.get("engine"), call.after.get("engine_version")
        if not isinstance(engine, str) or not isinstance(version, str):
            return False
        family = f"{engine}{'.'.join(numbers_of(engine, version))}"
        mine = call.after.get(attribute)
        families = [each.get("family") for each in world.living(type_) if mine and each.get("name") == mine]
        return any(isinstance(each, str) and each != family for each in families)

    return Refusal(
        code="InvalidParameterCombination",
        sentence=f"The parameter group {{{attribute}}} can't be used for this instance. Use a parameter group with the "
        "DBParameterGroupFamily of {engine} {engine_version}.",
        source="mattermost/mattermost-load-test-ng#707 quotes it with both families",
        holds=holds,
        watches={type_: ("name", "family")},
    )


def _one_zone(call: Call, world: World) -> bool:
    if call.after is None:
        return False
    mine = {each for each in at(call.after, "subnet_ids") if isinstance(each, str)}
    zones = [each.get("availability_zone") for each in world.living("aws_subnet") if each.get("id") in mine]
    return len(zones) == len(mine) and bool(zones) and len({*zones}) < 2


_RESTORED = "restore_to_point_in_time"


def _source(call: Call, path: str, world: World, type_: str, name: str) -> Values | None:
    """Of what is to be made as a copy the server that it is a copy of; empty where none of that name lives."""
    wanted = [] if call.action != "create" else [each for each in at(call.values, f"{_RESTORED}.{path}") if each]
    if not wanted or not isinstance(wanted[0], str):
        return None
    return next((each for each in world.living(type_) if each.get(name) == wanted[0]), {})


def _of_another_snapshot(call: Call, world: World) -> bool:
    """Of a snapshot that was made here, of a database that is there: of the others nobody knows the engine."""
    wanted = call.values.get("snapshot_identifier") if call.action == "create" else None
    snapshots = [each for each in world.living("aws_db_snapshot") if each.get("db_snapshot_identifier") == wanted]
    sources = {each.get("db_instance_identifier") for each in snapshots if wanted}
    engines = [each.get("engine") for each in world.living("aws_db_instance") if each.get("identifier") in sources]
    return any(each != call.values.get("engine") for each in engines)


def _copy_refusals(type_: str, name: str, path: str, word: str) -> tuple[Refusal, ...]:
    """What AWS refuses of a copy: of one that isn't there, of another engine, of an instance without backups (a cluster
    has some always)."""

    def gone(call: Call, world: World) -> bool:
        return _source(call, path, world, type_, name) == {}

    def other(call: Call, world: World) -> bool:
        source = _source(call, path, world, type_, name)
        return bool(source) and source is not None and source.get("engine") != call.values.get("engine")

    def unkept(call: Call, world: World) -> bool:
        return (_source(call, path, world, type_, name) or {}).get("backup_retention_period") == 0

    cluster = word == "DBCluster"
    watches = {type_: (name, "engine", "backup_retention_period")}
    without = Refusal(
        code="PointInTimeRestoreNotEnabled",
        sentence=f"The source {word} of {{{name}}} keeps no automatic backups.",
        source="RDS API reference, RestoreDBInstanceToPointInTime, Errors; the sentence is ours",
        holds=unkept,
        watches=watches,
    )
    return (
        Refusal(
            code=f"{word}NotFound{'Fault' if cluster else ''}",
            sentence=f"The source {word} of {{{name}}} could not be found.",
            source=f"RDS API reference, Restore{word}ToPointInTime, Errors; the sentence is ours",
            holds=gone,
            watches=watches,
        ),
        Refusal(
            code="InvalidParameterCombination",
            sentence=f"The source {word} of {{{name}}} is of another engine than {{engine}}.",
            source="RDS API reference, RestoreDBInstanceToPointInTime, Engine: must be compatible with the engine of "
            "the source; the sentence is ours",
            holds=other,
            watches=watches,
        ),
        *(() if cluster else (without,)),
    )


def _less_storage(call: Call, _world: World) -> bool:
    before, after = ((side or {}).get("allocated_storage") for side in (call.before, call.after))
    return isinstance(before, int) and isinstance(after, int) and after < before


def _too_little(call: Call, _world: World) -> bool:
    size = (call.after or {}).get("allocated_storage")
    return isinstance(size, int) and size < 20 and (call.after or {}).get("storage_type") == "gp3"


def _little_room(call: Call, _world: World) -> bool:
    size, most = ((call.after or {}).get(each) for each in ("allocated_storage", "max_allocated_storage"))
    return isinstance(size, int) and isinstance(most, int) and 0 < most <= size


_ALLOW_MAJOR = Refusal(
    code="InvalidParameterCombination",
    sentence="The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    source="hashicorp/terraform-provider-aws#13389; aws-controllers-k8s/community#1265",
    holds=_unallowed,
)
_STATIC_AT_ONCE = Refusal(
    code="InvalidParameterCombination",
    sentence="cannot use immediate apply method for static parameter",
    source="hashicorp/terraform-provider-aws#216; which are static: tanada/resources/rds_parameters.py",
    holds=lambda call, _world: any(
        isinstance(each, dict) and each.get("apply_method") == "immediate" and each.get("name") in static(call.values)
        for each in at(call.after or {}, "parameter")
    ),
)


def _endpoint(seed: Seed) -> str:
    return f"{seed.text('address')}:{seed.values.get('port') or ''}"


def _actual(seed: Seed) -> str:
    """A major version is made with a minor one."""
    engine, version = seed.text("engine"), seed.text("engine_version")
    whole = len(version.split(".")) > len(numbers_of(engine, version))
    return version if whole or not version else f"{version}.4"


_LOGS_READ = ("rds:DownloadDBLogFilePortion",)
_TAGS = ("rds:AddTagsToResource", "rds:RemoveTagsFromResource")

RESOURCES = (
    Resource(
        type="aws_db_instance",
        lost="database",
        kept=True,
        # Without `identifier` and `name`: the text that was read is of version 4, and newer ones rename in place.
        replaces=read(
            "rds/instance.go",
            "00e4b238",
            "availability_zone character_set_name custom_iam_instance_profile db_name engine "
            "kms_key_id nchar_character_set_name restore_to_point_in_time snapshot_identifier "
            "storage_encrypted timezone username",
        ),
        cost=Priced(_instance),
        computed={
            "id": "db-{upper17}",
            "arn": arn("rds", "db:{identifier}"),
            "address": "{identifier}.{lower13}.{region}.rds.{suffix}",
            "endpoint": _endpoint,
            "resource_id": "{id}",
            "engine_version_actual": _actual,
            "status": "available",
            "network_type": "IPV4",
        },
        defaults={
            "auto_minor_version_upgrade": True,
            "copy_tags_to_snapshot": False,
            "delete_automated_backups": True,
            "monitoring_interval": 0,
            "performance_insights_enabled": False,
            "publicly_accessible": False,
            "skip_final_snapshot": False,
        },
        recomputed={"engine_version": ("engine_version_actual",), "identifier": ("address", "arn", "endpoint")},
        sensitive=("password",),
        data_actions=_LOGS_READ,
        refusals=(
            protected(
                "deletion_protection",
                "InvalidParameterCombination",
                "Cannot delete protected DB Instance, please disable deletion protection and try again.",
                "hashicorp/terraform-provider-aws#26233",
            ),
            taken(
                "aws_db_instance",
                "identifier",
                "DBInstanceAlreadyExists",
                "DB instance already exists",
                "RDS API reference, CreateDBInstance, Errors; the sentence is ours",
            ),
            _ALLOW_MAJOR,
            _wrong_family("parameter_group_name", "aws_db_parameter_group"),
            Refusal(
                code="InvalidParameterCombination",
                sentence="Invalid storage size for engine name {engine} and storage type gp3: {allocated_storage}",
                source="convox/rack#2846, of gp2; RDS user guide, storage of gp3 from 20 GiB",
                holds=_too_little,
            ),
            Refusal(
                code="InvalidParameterCombination",
                sentence="Max storage size must be greater than storage size",
                source="ministryofjustice/cloud-platform-environments#7471",
                holds=_little_room,
            ),
            Refusal(
                code="InvalidParameterCombination",
                sentence="The storage of a DB instance can't be reduced: {allocated_storage} is less than it has.",
                source='RDS user guide, "Working with storage": it can\'t be reduced; the sentence is ours',
                holds=_less_storage,
            ),
            Refusal(
                code="InvalidParameterCombination",
                sentence="The snapshot {snapshot_identifier} is of another engine than {engine}.",
                source="RDS API reference, RestoreDBInstanceFromDBSnapshot, Engine: must be compatible with the engine "
                "of the source; the sentence is ours",
                holds=_of_another_snapshot,
                watches={
                    "aws_db_instance": ("identifier", "engine"),
                    "aws_db_snapshot": ("db_snapshot_identifier", "db_instance_identifier"),
                },
            ),
            *_copy_refusals("aws_db_instance", "identifier", "source_db_instance_identifier", "DBInstance"),
        ),
        fills={},
        request=made_by(
            "rds",
            "CreateDBInstance RestoreDBInstanceFromDBSnapshot RestoreDBInstanceToPointInTime",
            "AWS::RDS::DBInstance",
            snapshot_identifier="DBSnapshotIdentifier",
            restore_to_point_in_time__restore_time="RestoreTime",
            restore_to_point_in_time__source_db_instance_identifier="SourceDBInstanceIdentifier",
            restore_to_point_in_time__use_latest_restorable_time="UseLatestRestorableTime",
            identifier="DBInstanceIdentifier",
            backup_window="PreferredBackupWindow",
            maintenance_window="PreferredMaintenanceWindow",
            instance_class="DBInstanceClass",
            username="MasterUsername",
            password_wo="MasterUserPassword",  # noqa: S106 - a member's name
            parameter_group_name="DBParameterGroupName",
            ca_cert_identifier="CACertificateIdentifier",
            iam_database_authentication_enabled="EnableIAMDatabaseAuthentication",
            enabled_cloudwatch_logs_exports="EnableCloudwatchLogsExports",
            performance_insights_enabled="EnablePerformanceInsights",
        ),
        reads=("rds:DescribeDBInstances", "rds:ListTagsForResource"),
        changes=(
            *_TAGS,
            "rds:CreateDBInstance",
            "rds:CreateDBSnapshot",
            "rds:DeleteDBInstance",
            "rds:ModifyDBInstance",
            "rds:RebootDBInstance",
            "rds:RestoreDBInstanceFromDBSnapshot",
            "rds:RestoreDBInstanceToPointInTime",
        ),
    ),
    Resource(
        type="aws_db_snapshot",
        lost="snapshot",
        kept=False,  # made before an upgrade; it goes when the line that asked for it does
        replaces=read("rds/snapshot.go", "01c08000", "db_instance_identifier db_snapshot_identifier"),
        cost=ByUse("stored bytes"),
        computed={
            "id": "{db_snapshot_identifier}",
            "db_snapshot_arn": arn("rds", "snapshot:{db_snapshot_identifier}"),
        },
        fills={},
        request=made_by("rds", "CreateDBSnapshot", ""),
        reads=("rds:DescribeDBSnapshots", "rds:DescribeDBSnapshotAttributes", "rds:ListTagsForResource"),
        changes=(*_TAGS, "rds:CreateDBSnapshot", "rds:DeleteDBSnapshot", "rds:ModifyDBSnapshotAttribute"),
    ),
    replaceable(
        "aws_db_parameter_group",
        read("rds/parameter_group.go", "01606926", "description family name name_prefix"),
        SETTING,
        defaults={"description": "Managed by Terraform", "skip_destroy": False, "parameter.apply_method": "immediate"},
        computed={"id": "{name}", "arn": arn("rds", "pg:{name}")},
        refusals=(
            in_use(
                "InvalidDBParameterGroupState",
                "One or more database instances are still members of this parameter group {name}, so the group cannot "
                "be deleted",
                "terraform-aws-modules/terraform-aws-rds-aurora#466",
                "aws_db_instance parameter_group_name",
                mine="name",
            ),
            taken(
                "aws_db_parameter_group",
                "name",
                "DBParameterGroupAlreadyExists",
                "Parameter group {name} already exists",
                "RDS API reference, CreateDBParameterGroup, Errors; the sentence is ours",
            ),
            _STATIC_AT_ONCE,
        ),
        fills={},
        request=made_by(
            "rds",
            "CreateDBParameterGroup ModifyDBParameterGroup",
            "AWS::RDS::DBParameterGroup",
            name="DBParameterGroupName",
            family="DBParameterGroupFamily",
            parameter__name="Parameters.ParameterName",
            parameter__value="Parameters.ParameterValue",
        ),
        reads=("rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:ListTagsForResource"),
        changes=(
            *_TAGS,
            "rds:CreateDBParameterGroup",
            "rds:DeleteDBParameterGroup",
            "rds:ModifyDBParameterGroup",
            "rds:ResetDBParameterGroup",
        ),
    ),
    replaceable(
        "aws_db_subnet_group",
        read("rds/subnet_group.go", "01c08000", "name name_prefix"),
        SETTING,
        defaults={"description": "Managed by Terraform"},
        computed={"id": "{name}", "arn": arn("rds", "subgrp:{name}")},
        refusals=(
            in_use(
                "InvalidDBSubnetGroupStateFault",
                "Cannot delete the subnet group '{name}' because at least one database instance or cluster is still "
                "using it.",
                "anomalyco/sst#4026 and anomalyco/ion#1187",
                "aws_db_instance db_subnet_group_name",
                "aws_rds_cluster db_subnet_group_name",
                mine="name",
            ),
            taken(
                "aws_db_subnet_group",
                "name",
                "DBSubnetGroupAlreadyExists",
                "The DB subnet group already exists.",
                "RDS API reference, CreateDBSubnetGroup, Errors; the sentence is ours",
            ),
            Refusal(
                code="DBSubnetGroupDoesNotCoverEnoughAZs",
                sentence="The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Add subnets to "
                "cover at least 2 AZs.",
                source="aws-cloudformation/aws-cloudformation-resource-providers-rds#189",
                holds=_one_zone,
                watches={"aws_subnet": ("id", "availability_zone")},
            ),
        ),
        fills={},
        request=made_by(
            "rds",
            "CreateDBSubnetGroup",
            "AWS::RDS::DBSubnetGroup",
            name="DBSubnetGroupName",
            description="DBSubnetGroupDescription",
        ),
        reads=("rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"),
        changes=(*_TAGS, "rds:CreateDBSubnetGroup", "rds:DeleteDBSubnetGroup", "rds:ModifyDBSubnetGroup"),
    ),
    Resource(
        type="aws_rds_cluster",
        lost="database",
        kept=True,
        replaces=read(
            "rds/cluster.go",
            "0168cf68",
            "availability_zones cluster_identifier cluster_identifier_prefix cluster_scalability_type "
            "database_name db_subnet_group_name db_system_id engine engine_mode kms_key_id "
            "master_username restore_to_point_in_time s3_import snapshot_identifier source_region "
            "storage_encrypted",
            when=_storage_replaces,
        ),
        cost=ByUse("stored bytes", when=_aurora),
        defaults={
            "copy_tags_to_snapshot": False,
            "delete_automated_backups": True,
            "enable_global_write_forwarding": False,
            "enable_http_endpoint": False,
            "enable_local_write_forwarding": False,
            "engine_mode": "provisioned",
            "skip_final_snapshot": False,
        },
        computed={
            "id": "{cluster_identifier}",
            "arn": arn("rds", "cluster:{cluster_identifier}"),
            "endpoint": "{cluster_identifier}.cluster-{lower13}.{region}.rds.{suffix}",
            "reader_endpoint": "{cluster_identifier}.cluster-ro-{lower13}.{region}.rds.{suffix}",
            "cluster_resource_id": "cluster-{upper17}",
            "engine_version_actual": _actual,
        },
        recomputed={"engine_version": ("engine_version_actual",)},
        sensitive=("master_password",),
        refusals=(
            protected(
                "deletion_protection",
                "InvalidParameterCombination",
                "Cannot delete protected Cluster, please disable deletion protection and try again.",
                "Aurora user guide, Deleting Aurora DB clusters; the sentence is ours, after that of instances",
            ),
            taken(
                "aws_rds_cluster",
                "cluster_identifier",
                "DBClusterAlreadyExistsFault",
                "DB Cluster already exists",
                "RDS API reference, CreateDBCluster, Errors; the sentence is ours",
            ),
            in_use(
                "InvalidDBClusterStateFault",
                "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
                "RDS API reference, DeleteDBCluster; the sentence is ours",
                "aws_rds_cluster_instance cluster_identifier",
            ),
            _ALLOW_MAJOR,
            _wrong_family("db_cluster_parameter_group_name", "aws_rds_cluster_parameter_group"),
            Refusal(
                code="InvalidParameterValue",
                sentence="Serverless v2 maximum capacity isn't valid. The maximum capacity must be at least 1.0.",
                source="hashicorp/terraform-provider-aws#40473",
                holds=lambda call, _world: any(
                    isinstance(each, int | float) and each < 1
                    for each in at(call.after or {}, "serverlessv2_scaling_configuration.max_capacity")
                ),
            ),
            *_copy_refusals("aws_rds_cluster", "cluster_identifier", "source_cluster_identifier", "DBCluster"),
        ),
        fills={},
        request=made_by(
            "rds",
            "CreateDBCluster RestoreDBClusterFromSnapshot RestoreDBClusterToPointInTime",
            "AWS::RDS::DBCluster",
            restore_to_point_in_time__restore_to_time="RestoreToTime",
            restore_to_point_in_time__restore_type="RestoreType",
            restore_to_point_in_time__use_latest_restorable_time="UseLatestRestorableTime",
            restore_to_point_in_time__source_cluster_identifier="SourceDBClusterIdentifier",
            cluster_identifier="DBClusterIdentifier",
            master_password_wo="MasterUserPassword",  # noqa: S106 - a member's name
            iam_database_authentication_enabled="EnableIAMDatabaseAuthentication",
            enabled_cloudwatch_logs_exports="EnableCloudwatchLogsExports",
        ),
        reads=("rds:DescribeDBClusters", "rds:DescribeGlobalClusters", "rds:ListTagsForResource"),
        changes=(
            *_TAGS,
            "rds:CreateDBCluster",
            "rds:CreateDBClusterSnapshot",
            "rds:DeleteDBCluster",
            "rds:ModifyDBCluster",
            "rds:RestoreDBClusterFromSnapshot",
            "rds:RestoreDBClusterToPointInTime",
        ),
    ),
    Resource(
        type="aws_db_cluster_snapshot",
        lost="snapshot",
        kept=False,  # made before an upgrade; it goes when the line that asked for it does
        replaces=read("rds/cluster_snapshot.go", "00a35305", "db_cluster_identifier db_cluster_snapshot_identifier"),
        cost=ByUse("stored bytes"),
        computed={
            "id": "{db_cluster_snapshot_identifier}",
            "db_cluster_snapshot_arn": arn("rds", "cluster-snapshot:{db_cluster_snapshot_identifier}"),
        },
        fills={},
        request=made_by("rds", "CreateDBClusterSnapshot", ""),
        reads=(
            "rds:DescribeDBClusterSnapshotAttributes",
            "rds:DescribeDBClusterSnapshots",
            "rds:ListTagsForResource",
        ),
        changes=(
            *_TAGS,
            "rds:CreateDBClusterSnapshot",
            "rds:DeleteDBClusterSnapshot",
            "rds:ModifyDBClusterSnapshotAttribute",
        ),
    ),
    replaceable(
        "aws_rds_cluster_parameter_group",
        read("rds/cluster_parameter_group.go", "01e5fd8f", "description family name name_prefix"),
        SETTING,
        defaults={"description": "Managed by Terraform", "parameter.apply_method": "immediate"},
        computed={"id": "{name}", "arn": arn("rds", "cluster-pg:{name}")},
        refusals=(
            in_use(
                "InvalidDBParameterGroupState",
                "One or more DB clusters are still members of this parameter group {name}, so it cannot be deleted",
                "RDS API reference, DeleteDBClusterParameterGroup; the sentence is ours, after that of instances",
                "aws_rds_cluster db_cluster_parameter_group_name",
                mine="name",
            ),
            taken(
                "aws_rds_cluster_parameter_group",
                "name",
                "DBParameterGroupAlreadyExists",
                "Parameter group {name} already exists",
                "RDS API reference, CreateDBClusterParameterGroup, Errors; the sentence is ours",
            ),
            _STATIC_AT_ONCE,
        ),
        fills={},
        request=made_by(
            "rds",
            "CreateDBClusterParameterGroup ModifyDBClusterParameterGroup",
            "AWS::RDS::DBClusterParameterGroup",
            name="DBClusterParameterGroupName",
            family="DBParameterGroupFamily",
            parameter__name="Parameters.ParameterName",
            parameter__value="Parameters.ParameterValue",
        ),
        reads=("rds:DescribeDBClusterParameterGroups", "rds:DescribeDBClusterParameters", "rds:ListTagsForResource"),
        changes=(
            *_TAGS,
            "rds:CreateDBClusterParameterGroup",
            "rds:DeleteDBClusterParameterGroup",
            "rds:ModifyDBClusterParameterGroup",
            "rds:ResetDBClusterParameterGroup",
        ),
    ),
    Resource(
        type="aws_rds_cluster_instance",
        lost="database",
        kept=True,  # the cluster has the data, but without its last instance nobody reaches them
        replaces=read(
            "rds/cluster_instance.go",
            "01606926",
            "availability_zone cluster_identifier custom_iam_instance_profile db_subnet_group_name "
            "engine identifier identifier_prefix",
        ),
        cost=Priced(_cluster_instance),
        defaults={
            "auto_minor_version_upgrade": True,
            "copy_tags_to_snapshot": False,
            "force_destroy": False,
            "monitoring_interval": 0,
            "promotion_tier": 0,
        },
        computed={"id": "{identifier}", "arn": arn("rds", "db:{identifier}")},
        refusals=(
            taken(
                "aws_rds_cluster_instance",
                "identifier",
                "DBInstanceAlreadyExists",
                "DB instance already exists",
                "RDS API reference, CreateDBInstance, Errors; the sentence is ours",
            ),
        ),
        fills={},
        request=made_by(
            "rds",
            "CreateDBInstance",
            "AWS::RDS::DBInstance",
            identifier="DBInstanceIdentifier",
            cluster_identifier="DBClusterIdentifier",
            instance_class="DBInstanceClass",
            ca_cert_identifier="CACertificateIdentifier",
            performance_insights_enabled="EnablePerformanceInsights",
        ),
        reads=("rds:DescribeDBClusters", "rds:DescribeDBInstances", "rds:ListTagsForResource"),
        changes=(*_TAGS, "rds:CreateDBInstance", "rds:DeleteDBInstance", "rds:ModifyDBInstance"),
    ),
)
