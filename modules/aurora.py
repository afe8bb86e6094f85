"""SQL databases on Aurora."""

from __future__ import annotations

from collections.abc import Iterator

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_cluster_snapshot import DbClusterSnapshot
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster, RdsClusterServerlessv2ScalingConfiguration
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.here import Here
from modules.sql import CA, Sql, busy, crowded, signing_in
from tanada.declared import aurora as declared
from tanada.declared.databases import users_of
from tanada.declared.engines import USER


class Aurora(Construct):
    """A cluster in private subnets, encrypted, with a parameter group of its own; under `keep` neither it nor its
    instances can be destroyed, and whenever one of a permanent environment is, its last snapshot stays."""

    def __init__(self, scope: Construct, id: str, settings: declared.Aurora, here: Here) -> None:
        super().__init__(scope, id)
        keep = here.instance.keep
        engine, called, scaling = settings.sql, here.called(id), settings.scaling
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
        final = sql.final_snapshot(engine.name, settings.name)
        # A new major version needs its own parameter group at once, and the old one goes after it.
        at_once = settings.apply_immediately or settings.upgrade_from is not None
        cluster = RdsCluster(
            self,
            "cluster",
            cluster_identifier=sql.identifier,
            engine=engine.name,
            engine_version=settings.version,
            allow_major_version_upgrade=True if settings.upgrade_from is not None else None,
            database_name=settings.name,
            master_username=USER,
            master_password_wo=sql.password,
            port=engine.port,
            serverlessv2_scaling_configuration=_scaling(scaling) if scaling is not None else None,
            db_cluster_parameter_group_name=parameters.name,
            db_subnet_group_name=sql.subnet_group.name,
            vpc_security_group_ids=[sql.group_id],
            storage_encrypted=True,
            # A day is the least that Aurora has.
            backup_retention_period=settings.backups if here.instance.permanent else 1,
            copy_tags_to_snapshot=True,
            skip_final_snapshot=final is None,
            final_snapshot_identifier=final,
            deletion_protection=keep,
            iam_database_authentication_enabled=settings.iam_sign_in,
            enabled_cloudwatch_logs_exports=sql.exported,
            apply_immediately=at_once,
            tags={"Name": sql.identifier},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
            depends_on=[*sql.log_groups, *self._snapshot(sql, settings, here)],
        )
        cluster.add_override("master_password_wo_version", sql.version)
        watched = engine.scheme == "postgres" or not (settings.class_ or "").startswith("db.t")
        made = [
            RdsClusterInstance(
                self,
                f"instance_{number}",
                identifier=(identifier := f"{sql.identifier}-{number}"),
                cluster_identifier=cluster.id,
                engine=engine.name,
                instance_class=settings.class_ or "db.serverless",
                # Else AWS goes beyond the minor version that is written, and each plan would take it back.
                auto_minor_version_upgrade=engine.is_major(settings.version),
                publicly_accessible=False,
                copy_tags_to_snapshot=True,
                # The first two scale together, so that the second can stand in at once (Aurora user guide, "Choosing
                # the promotion tier for an Aurora Serverless v2 reader").
                promotion_tier=number - 1,
                performance_insights_enabled=watched,
                performance_insights_retention_period=7 if watched else None,
                ca_cert_identifier=CA,
                apply_immediately=at_once,
                tags={"Name": identifier},
                lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
            )
            for number in range(1, settings.instances + 1)
        ]
        self.aws_name = sql.identifier
        alarms(self, here, id, self._watched(sql.identifier, settings))
        access = [signing_in(here, cluster.cluster_resource_id)] if settings.iam_sign_in else []
        # The cluster answers nothing before its first instance is there.
        self.reachable = sql.reachable(
            cluster.endpoint, settings.name, access, ready=made[:1], further=users_of(settings.databases)
        )

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

    def _snapshot(self, sql: Sql, settings: declared.Aurora, here: Here) -> list[DbClusterSnapshot]:
        """Before a new major version, of one that is there already: its number is known from the last apply."""
        if settings.upgrade_from is None or not here.instance.permanent:
            return []
        name = sql.before(settings.version)
        snapshot = DbClusterSnapshot(
            self,
            "before_upgrade",
            # Named, not referred to: the cluster waits for this.
            db_cluster_identifier=sql.identifier,
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
