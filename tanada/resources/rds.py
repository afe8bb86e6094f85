"""RDS and Aurora: databases."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tanada.resources.cost import HOURS, SETTING, ByUse, Planned, Priced, Units, number
from tanada.resources.entry import Resource, Values, arn, read, replaceable


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
        },
        sensitive=("password",),
        data_actions=("rds:DownloadDBLogFilePortion",),
    ),
    replaceable(
        "aws_db_subnet_group",
        read("rds/subnet_group.go", "01c08000", "name name_prefix"),
        SETTING,
        defaults={"description": "Managed by Terraform"},
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
        },
        sensitive=("master_password",),
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
    ),
)
