"""SQL databases on Aurora."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_cluster_snapshot import DbClusterSnapshot
from cdktf_cdktf_provider_aws.rds_cluster import (
    RdsCluster,
    RdsClusterRestoreToPointInTime,
    RdsClusterServerlessv2ScalingConfiguration,
)
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.here import Here
from modules.sql import CA, NUMBERED, ONCE, Place, Sql, as_it_was, busy, crowded, signing_in
from tanada.declared import aurora as declared
from tanada.declared.copies import Data
from tanada.declared.databases import users_of
from tanada.declared.engines import USER
from tanada.declared.restored import Server, servers


class Aurora(Construct):
    """A cluster in private subnets, encrypted, with a parameter group of its own; under `keep` neither it nor its
    instances can be destroyed, and whenever one of a permanent environment is, its last snapshot stays."""

    def __init__(self, scope: Construct, id: str, settings: declared.Aurora, here: Here) -> None:
        super().__init__(scope, id)
        engine, called = settings.sql, here.called(id)
        sql = Sql(self, here, id, engine, settings.logs, kind="cluster")
        # Of the cluster alone: what instances could have otherwise it has for all of them.
        parameters = RdsClusterParameterGroup(
            self,
            "parameters",
            name=sql.parameter_group_name(settings.version),
            family=engine.family(settings.version),
            description=f"Parameters of {called}",
            parameter=[RdsClusterParameterGroupParameter(**each) for each in sql.parameters(settings.parameters)]
            or None,
            tags={"Name": sql.parameter_group_name(settings.version)},
            # That of a new major version stands beside the old one until the cluster has moved.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        made = {
            server: self._cluster(sql, sql.place(self, server, engine.name, settings.name), settings, parameters, here)
            for server in servers(settings.restored)
        }
        serving, (cluster, (first, *others)) = next((server, each) for server, each in made.items() if server.serves)
        self.aws_name, self.made = here.names.identifier(serving.called(called), NUMBERED), cluster.cluster_resource_id
        self.sql, self.parameters, self.arn = sql, parameters.name, cluster.arn
        self.beside = others
        alarms(self, here, id, self._watched(self.aws_name, settings))
        access = [signing_in(here, cluster.cluster_resource_id)] if settings.iam_sign_in else []
        # The cluster answers nothing before its first instance is there.
        further = users_of(settings.databases)
        self.reachable = sql.reachable(
            cluster.endpoint, cluster.master_username, settings.name, access, ready=[first], further=further
        )

    def _cluster(
        self, sql: Sql, place: Place, settings: declared.Aurora, parameters: RdsClusterParameterGroup, here: Here
    ) -> tuple[RdsCluster, list[RdsClusterInstance]]:
        """A cluster, and its instances."""
        keep, serves = here.instance.keep and place.server.keep, place.server.serves
        engine, scaling = settings.sql, settings.scaling
        # A new major version needs its own parameter group at once, and the old one goes after it.
        at_once = settings.apply_immediately or settings.upgrade_from is not None
        values: dict[str, Any] = {
            "cluster_identifier": place.identifier,
            "engine": engine.name,
            "engine_version": settings.version,
            "allow_major_version_upgrade": True if settings.upgrade_from is not None and serves else None,
            "snapshot_identifier": settings.data.snapshot if place.server.stamp is None else None,
            "restore_to_point_in_time": _copied(sql, settings.data, place.server),
            "database_name": settings.name,
            "master_username": USER,
            "master_password_wo": sql.password if serves else None,
            "port": engine.port,
            "serverlessv2_scaling_configuration": _scaling(scaling) if scaling is not None else None,
            "db_cluster_parameter_group_name": parameters.name,
            "db_subnet_group_name": sql.subnet_group.name,
            "vpc_security_group_ids": [sql.group_id],
            "storage_encrypted": True,
            # A day is the least that Aurora has.
            "backup_retention_period": settings.backups if here.instance.permanent else 1,
            "preferred_backup_window": settings.backup_window,
            "preferred_maintenance_window": settings.maintenance,
            "copy_tags_to_snapshot": True,
            "skip_final_snapshot": place.final is None,
            "final_snapshot_identifier": place.final,
            "deletion_protection": keep,
            "iam_database_authentication_enabled": settings.iam_sign_in,
            "enabled_cloudwatch_logs_exports": sql.exported,
            "apply_immediately": at_once,
            "tags": {"Name": place.identifier},
        }
        copied = settings.data.copied or place.server.at is not None
        ignored = [*ONCE, "master_username", *(["database_name"] if copied else [])]
        cluster = RdsCluster(
            place.scope,
            "cluster",
            **values,
            lifecycle=TerraformResourceLifecycle(
                prevent_destroy=keep,
                ignore_changes=ignored if serves else as_it_was(values, "master_password_wo_version"),
            ),
            depends_on=[*place.log_groups, *(self._snapshot(sql, place, settings, here) if serves else ())],
        )
        if serves:
            cluster.add_override("master_password_wo_version", sql.version)
        watched = engine.scheme == "postgres" or not (settings.class_ or "").startswith("db.t")
        made = []
        for number in range(1, settings.instances + 1):
            of_one: dict[str, Any] = {
                "identifier": (identifier := f"{place.identifier}-{number}"),
                "cluster_identifier": cluster.id,
                "engine": engine.name,
                "instance_class": settings.class_ or "db.serverless",
                # Else AWS goes beyond the minor version that is written, and each plan would take it back.
                "auto_minor_version_upgrade": engine.is_major(settings.version),
                "publicly_accessible": False,
                "preferred_maintenance_window": settings.maintenance,
                "copy_tags_to_snapshot": True,
                # The first two scale together, so that the second can stand in at once (Aurora user guide, "Choosing
                # the promotion tier for an Aurora Serverless v2 reader").
                "promotion_tier": number - 1,
                "performance_insights_enabled": watched,
                "performance_insights_retention_period": 7 if watched else None,
                "ca_cert_identifier": CA,
                "apply_immediately": at_once,
                "tags": {"Name": identifier},
            }
            made.append(
                RdsClusterInstance(
                    place.scope,
                    f"instance_{number}",
                    **of_one,
                    lifecycle=TerraformResourceLifecycle(
                        prevent_destroy=keep, ignore_changes=None if serves else as_it_was(of_one)
                    ),
                )
            )
        return cluster, made

    @staticmethod
    def _watched(identifier: str, settings: declared.Aurora) -> Iterator[Alarm]:
        dimensions = {"DBClusterIdentifier": identifier, "Role": "WRITER"}
        if (scaling := settings.scaling) is None:
            yield busy(dimensions)
        else:
            yield Alarm(
                word="capacity",
                namespace="AWS/RDS",
                metric="ACUUtilization",
                dimensions=dimensions,
                statistic="Average",
                above=95,
                periods=3,
                why=f"At its most, {scaling.max:g} capacity units, for a quarter of an hour: it grows no further, and "
                "queries wait for each other. Raise capacity.max, or find the query (Performance Insights).",
            )
        if (most := settings.connections) is not None:
            yield crowded(dimensions, most)

    def _snapshot(self, sql: Sql, place: Place, settings: declared.Aurora, here: Here) -> list[DbClusterSnapshot]:
        """Before a new major version, of one that is there already: its number is known from the last apply."""
        if settings.upgrade_from is None or not here.instance.permanent:
            return []
        name = sql.before(settings.version)
        snapshot = DbClusterSnapshot(
            self,
            "before_upgrade",
            # Named, not referred to: the cluster waits for this.
            db_cluster_identifier=place.identifier,
            db_cluster_snapshot_identifier=name,
            # For the plan's guard: of another version than runs it is refused (tanada/plan/databases.py).
            tags={"Name": name, "UpgradeFrom": settings.upgrade_from},
        )
        snapshot.add_override("count", sql.there_already)
        return [snapshot]


def _scaling(scaling: declared.Capacity) -> RdsClusterServerlessv2ScalingConfiguration:
    return RdsClusterServerlessv2ScalingConfiguration(
        min_capacity=scaling.min,
        max_capacity=scaling.max,
        seconds_until_auto_pause=scaling.pause_after if scaling.min == 0 else None,
    )


def _copied(sql: Sql, data: Data, server: Server) -> RdsClusterRestoreToPointInTime | None:
    """From whose backups it is made, of a time that it is restored to; or whose storage it shares, another
    environment's, and pays for what either changes (Aurora user guide, "Cloning a volume")."""
    if server.at is not None:
        return RdsClusterRestoreToPointInTime(
            source_cluster_identifier=sql.restored_from(server), restore_type="full-copy", restore_to_time=server.at
        )
    if (source := sql.source(data)) is None:
        return None
    return RdsClusterRestoreToPointInTime(
        source_cluster_identifier=source, restore_type="copy-on-write", use_latest_restorable_time=True
    )
