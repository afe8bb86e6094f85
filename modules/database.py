"""SQL databases on RDS."""

from __future__ import annotations

from collections.abc import Iterator

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktf_cdktf_provider_aws.db_snapshot import DbSnapshot
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.here import Here
from modules.sql import CA, Sql, busy, crowded, signing_in
from tanada.declared import database as declared
from tanada.declared.databases import users_of
from tanada.declared.engines import USER

_TOO_SMALL = ("db.t2.micro", "db.t2.small", "db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small")
"""Classes on which Performance Insights watches no MySQL and no MariaDB (RDS user guide, "Amazon RDS DB engine, Region,
and instance class support for Performance Insights")."""


class Database(Construct):
    """One instance in private subnets, encrypted, with a parameter group of its own; under `keep` it can't be
    destroyed, and whenever one of a permanent environment is, its last snapshot stays."""

    def __init__(self, scope: Construct, id: str, settings: declared.Database, here: Here) -> None:
        super().__init__(scope, id)
        keep, permanent = here.instance.keep, here.instance.permanent
        engine, called = settings.sql, here.called(id)
        sql = Sql(self, here, id, engine, settings.logs, kind="instance")
        parameters = DbParameterGroup(
            self,
            "parameters",
            name=sql.parameter_group_name(settings.version),
            family=engine.family(settings.version),
            description=f"Parameters of {called}",
            parameter=[DbParameterGroupParameter(**each) for each in sql.parameters(settings.parameters)] or None,
            tags={"Name": sql.parameter_group_name(settings.version)},
            # That of a new major version stands beside the old one until the instance has moved.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        watched = engine.scheme == "postgres" or settings.class_ not in _TOO_SMALL
        final = sql.final_snapshot(engine.name, settings.name)
        instance = DbInstance(
            self,
            "instance",
            identifier=sql.identifier,
            engine=engine.name,
            engine_version=settings.version,
            # Else AWS goes beyond the minor version that is written, and each plan would take it back.
            auto_minor_version_upgrade=engine.is_major(settings.version),
            allow_major_version_upgrade=True if settings.upgrade_from is not None else None,
            instance_class=settings.class_,
            storage_type="gp3",
            allocated_storage=settings.storage.min,
            max_allocated_storage=settings.storage.max,
            storage_encrypted=True,
            db_name=settings.name,
            username=USER,
            password_wo=sql.password,
            port=engine.port,
            parameter_group_name=parameters.name,
            db_subnet_group_name=sql.subnet_group.name,
            vpc_security_group_ids=[sql.group_id],
            publicly_accessible=False,
            multi_az=settings.multi_zone,
            # Of what is thrown away nothing is restored, and without backups it is there sooner.
            backup_retention_period=settings.backups if permanent else 0,
            copy_tags_to_snapshot=True,
            skip_final_snapshot=final is None,
            final_snapshot_identifier=final,
            deletion_protection=keep,
            iam_database_authentication_enabled=settings.iam_sign_in,
            enabled_cloudwatch_logs_exports=sql.exported,
            performance_insights_enabled=watched,
            # The week that costs nothing.
            performance_insights_retention_period=7 if watched else None,
            ca_cert_identifier=CA,
            # A new major version needs its own parameter group at once, and the old one goes after it.
            apply_immediately=settings.apply_immediately or settings.upgrade_from is not None,
            tags={"Name": sql.identifier},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
            depends_on=[*sql.log_groups, *self._snapshot(sql, settings, here)],
        )
        instance.add_override("password_wo_version", sql.version)
        self.aws_name = sql.identifier
        alarms(self, here, id, self._watched(sql.identifier, settings))
        access = [signing_in(here, instance.resource_id)] if settings.iam_sign_in else []
        self.reachable = sql.reachable(instance.address, settings.name, access, further=users_of(settings.databases))

    @staticmethod
    def _watched(identifier: str, settings: declared.Database) -> Iterator[Alarm]:
        dimensions = {"DBInstanceIdentifier": identifier}
        size, grows = settings.storage.min, settings.storage.max is not None
        share = 5 if grows else 10
        yield Alarm(
            word="storage",
            namespace="AWS/RDS",
            metric="FreeStorageSpace",
            dimensions=dimensions,
            statistic="Minimum",
            below=size * 2**30 * share // 100,
            periods=3,
            why=f"Less than {share}% of {size} GiB are free: "
            + (
                "AWS adds storage at 10%, so it has reached its maximum, or grew within the last six hours. Raise max."
                if grows
                else "a full disk stops the database. Raise storage, which takes no restart, once in six hours."
            ),
        )
        yield busy(dimensions)
        if (least := settings.connections) is not None:
            yield crowded(dimensions, least)

    def _snapshot(self, sql: Sql, settings: declared.Database, here: Here) -> list[DbSnapshot]:
        """Before a new major version, of one that is there already: its number is known from the last apply."""
        if settings.upgrade_from is None or not here.instance.permanent:
            return []
        name = sql.before(settings.version)
        snapshot = DbSnapshot(
            self,
            "before_upgrade",
            # Named, not referred to: the instance waits for this.
            db_instance_identifier=sql.identifier,
            db_snapshot_identifier=name,
            # For the plan's guard: of another version than runs it is refused (tanada/plan/databases.py).
            tags={"Name": name, "UpgradeFrom": settings.upgrade_from},
        )
        snapshot.add_override("count", sql.there_already)
        return [snapshot]
