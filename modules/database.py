"""SQL databases on RDS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_instance import DbInstance, DbInstanceRestoreToPointInTime
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktf_cdktf_provider_aws.db_snapshot import DbSnapshot
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.here import Here
from modules.sql import CA, IDENTIFIER, ONCE, Place, Sql, as_it_was, busy, crowded, signing_in
from tanada.declared import database as declared
from tanada.declared.copies import Data
from tanada.declared.databases import users_of
from tanada.declared.engines import USER
from tanada.declared.restored import Server, servers

_TOO_SMALL = ("db.t2.micro", "db.t2.small", "db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small")
"""Classes on which Performance Insights watches no MySQL and no MariaDB (RDS user guide, "Amazon RDS DB engine, Region,
and instance class support for Performance Insights")."""


class Database(Construct):
    """One instance in private subnets, encrypted, with a parameter group of its own; under `keep` it can't be
    destroyed, and whenever one of a permanent environment is, its last snapshot stays."""

    def __init__(self, scope: Construct, id: str, settings: declared.Database, here: Here) -> None:
        super().__init__(scope, id)
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
        made = {
            server: self._instance(sql, sql.place(self, server, engine.name, settings.name), settings, parameters, here)
            for server in servers(settings.restored)
        }
        serving, instance = next((server, each) for server, each in made.items() if server.serves)
        self.aws_name, self.made = here.names.identifier(serving.called(called), IDENTIFIER), instance.resource_id
        self.sql, self.parameters, self.arn = sql, parameters.name, instance.arn
        self.beside = ()
        alarms(self, here, id, self._watched(self.aws_name, settings))
        access = [signing_in(here, instance.resource_id)] if settings.iam_sign_in else []
        self.reachable = sql.reachable(
            instance.address, instance.username, settings.name, access, further=users_of(settings.databases)
        )

    def _instance(
        self, sql: Sql, place: Place, settings: declared.Database, parameters: DbParameterGroup, here: Here
    ) -> DbInstance:
        keep, permanent = here.instance.keep and place.server.keep, here.instance.permanent
        engine, serves = settings.sql, place.server.serves
        watched = engine.scheme == "postgres" or settings.class_ not in _TOO_SMALL
        values: dict[str, Any] = {
            "identifier": place.identifier,
            "engine": engine.name,
            "engine_version": settings.version,
            # Else AWS goes beyond the minor version that is written, and each plan would take it back.
            "auto_minor_version_upgrade": engine.is_major(settings.version),
            "allow_major_version_upgrade": True if settings.upgrade_from is not None and serves else None,
            "instance_class": settings.class_,
            "storage_type": "gp3",
            "allocated_storage": settings.storage.min,
            "max_allocated_storage": settings.storage.max,
            "storage_encrypted": True,
            "snapshot_identifier": settings.data.snapshot if place.server.stamp is None else None,
            "restore_to_point_in_time": _copied(sql, settings.data, place.server),
            "db_name": settings.name,
            "username": USER,
            "password_wo": sql.password if serves else None,
            "port": engine.port,
            "parameter_group_name": parameters.name,
            "db_subnet_group_name": sql.subnet_group.name,
            "vpc_security_group_ids": [sql.group_id],
            "publicly_accessible": False,
            "multi_az": settings.multi_zone,
            # Of what is thrown away nothing is restored, and without backups it is there sooner.
            "backup_retention_period": settings.backups if permanent else 0,
            "backup_window": settings.backup_window,
            "maintenance_window": settings.maintenance,
            "copy_tags_to_snapshot": True,
            "skip_final_snapshot": place.final is None,
            "final_snapshot_identifier": place.final,
            "deletion_protection": keep,
            "iam_database_authentication_enabled": settings.iam_sign_in,
            "enabled_cloudwatch_logs_exports": sql.exported,
            "performance_insights_enabled": watched,
            # The week that costs nothing.
            "performance_insights_retention_period": 7 if watched else None,
            "ca_cert_identifier": CA,
            # A new major version needs its own parameter group at once, and the old one goes after it.
            "apply_immediately": settings.apply_immediately or settings.upgrade_from is not None,
            "tags": {"Name": place.identifier},
        }
        copied = settings.data.copied or place.server.at is not None
        ignored = [*ONCE, "username", *(["db_name"] if copied else [])]
        instance = DbInstance(
            place.scope,
            "instance",
            **values,
            lifecycle=TerraformResourceLifecycle(
                prevent_destroy=keep, ignore_changes=ignored if serves else as_it_was(values, "password_wo_version")
            ),
            depends_on=[*place.log_groups, *(self._snapshot(sql, place, settings, here) if serves else ())],
        )
        if serves:
            instance.add_override("password_wo_version", sql.version)
        return instance

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

    def _snapshot(self, sql: Sql, place: Place, settings: declared.Database, here: Here) -> list[DbSnapshot]:
        """Before a new major version, of one that is there already: its number is known from the last apply."""
        if settings.upgrade_from is None or not here.instance.permanent:
            return []
        name = sql.before(settings.version)
        snapshot = DbSnapshot(
            self,
            "before_upgrade",
            # Named, not referred to: the instance waits for this.
            db_instance_identifier=place.identifier,
            db_snapshot_identifier=name,
            # For the plan's guard: of another version than runs it is refused (tanada/plan/databases.py).
            tags={"Name": name, "UpgradeFrom": settings.upgrade_from},
        )
        snapshot.add_override("count", sql.there_already)
        return [snapshot]


def _copied(sql: Sql, data: Data, server: Server) -> DbInstanceRestoreToPointInTime | None:
    """From whose backups it is made: of a time that it is restored to, or the newest of another environment's."""
    if server.at is not None:
        return DbInstanceRestoreToPointInTime(
            source_db_instance_identifier=sql.restored_from(server), restore_time=server.at
        )
    if (source := sql.source(data)) is None:
        return None
    return DbInstanceRestoreToPointInTime(source_db_instance_identifier=source, use_latest_restorable_time=True)
