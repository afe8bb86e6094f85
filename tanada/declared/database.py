"""SQL databases on RDS: one instance, with or without one that stands by in another zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tanada.declared.copies import EMPTY, BeginsWith
from tanada.declared.databases import Databases, faults_of, of_each
from tanada.declared.engines import (
    RDS,
    SECRETS,
    DatabaseName,
    Engine,
    InstanceClass,
    ParameterName,
    ParameterValue,
    SqlLogs,
    Version,
    faults,
    most_connections,
    refused,
)
from tanada.declared.fields import Days, Flag, Size
from tanada.declared.model import Default, Kind, Model, Need
from tanada.declared.restored import Restorations
from tanada.declared.restored import faults as faults_of_restored
from tanada.declared.sanitised import ASKED, Sanitised
from tanada.declared.sanitised import needs as needs_of_sanitised
from tanada.declared.windows import Backup, Maintenance
from tanada.declared.windows import faults as faults_of_windows

_GiB = Annotated[int, Size("GiB", 20, 65536)]
"""RDS user guide, "Amazon RDS DB instance storage": gp3 begins at 20 GiB with each of the three engines."""


def _of_size(text: str) -> Mapping[str, str]:
    """A bare size doesn't grow."""
    return {"min": text}


class Storage(Model):
    """The disk, which grows and never shrinks."""

    SHORT = _of_size

    min: _GiB = 20
    """What it begins with; more is added while it runs."""
    max: _GiB | None = None
    """What AWS lets it grow to by itself, once less than a tenth is free; left out, it doesn't grow."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.max is not None and self.max * 10 < self.min * 11:  # RDS user guide, "storage autoscaling"
            least = -(-self.min * 11 // 10)
            raise refused(f"max: {self.max}GiB is too near to min: {self.min}GiB; AWS asks for {least}GiB at least")
        return self

    def bare(self) -> str | None:
        return f"{self.min}GiB" if self.max is None else None


def _size(value: Any) -> Any:
    return _of_size(value) if isinstance(value, str) else value


class Database(Kind):
    """An SQL database on RDS: one instance, and with `multi_zone` one that stands by."""

    PROTECTED = (
        Default(("multi_zone",), "true", "a zone can be lost"),
        Default(("backups",), "14d", "a mistake is often found after days"),
        Default(("apply_immediately",), "false", "what restarts it waits for its weekly window"),
        Default(("logs", "days"), "365", "what happened last year can still be read"),
    )
    WORDS = {
        "host": "where it answers",
        "port": "its port",
        "name": "the database that is made in it",
        "secret": "the ARN of its secret, with the right to read it",
    }
    SECRETS = SECRETS
    IN_VPC = True
    PASSWORD = True

    engine: Literal["postgres", "mysql", "mariadb"]
    """The engine."""
    version: Version
    """A major version, in quotes, such as `"16"` or `"8.4"`: AWS keeps its minor version new. With a minor one,
    `"16.4"`, it stays at that until it says another."""
    upgrade_from: Version | None = None
    """The version that runs, where `version` is another major one: without it a plan that would raise it is refused."""
    class_: Annotated[InstanceClass, Field(alias="class")] = "db.t4g.micro"
    """The class of its instance."""
    storage: Annotated[Storage, BeforeValidator(_size, json_schema_input_type=_GiB | Storage)] = Storage()
    """Its disk, such as `20GiB`; or `{min: 20GiB, max: 100GiB}`, which grows by itself."""
    name: DatabaseName = "app"
    """The database that is made in it."""
    databases: Databases = {}
    """Further databases in it, each with a user of its own: `{metabase: {user: metabase}}`. One that is taken out stays
    as it is."""
    parameters: dict[ParameterName, ParameterValue] = {}
    """Parameters of the engine by name; what takes a restart waits for one."""
    multi_zone: Flag = False
    """Whether another instance stands by in a second zone, for twice the price; `true` in protected accounts."""
    backups: Annotated[int, Days(1, 35)] = 1
    """How far back it can be restored, to any second."""
    data: BeginsWith = EMPTY
    """What it begins with: `empty`, `{seed: load}`, `{snapshot: main-2026}` or `{clone: test}`. One that is there
    already stays as it is; a task that is said later fills it once."""
    restored: Restorations = ()
    """The times that it was restored to, the first one first: each made a server beside the one that served, and the
    last one serves. `tanada restore` writes one, into an environment's file alone."""
    sanitised: Sanitised | None = None
    """A snapshot of it without what is people's, for others to begin with: `{schedule: "0 3 * * SUN", task: scrub}`.
    Of permanent environments alone."""
    iam_sign_in: Flag = False
    """Whether whoever reaches it may sign in by IAM, as users that were granted that, beside passwords."""
    logs: SqlLogs = SqlLogs()
    """How long its logs are kept, and which."""
    apply_immediately: Flag = True
    """Whether what restarts it is done at once; else in its weekly window. `false` in protected accounts."""
    maintenance: Maintenance | None = None
    """Its weekly window, in UTC: `sun:18:00-sun:19:00`; left out, AWS chooses half an hour of a night."""
    backup_window: Backup | None = None
    """When its daily backup is taken, in UTC: `17:00-17:30`; left out, AWS chooses."""

    @property
    def sql(self) -> Engine:
        """The engine, with what it is called by others."""
        return RDS[self.engine]

    def faults(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What its engine has not: where it is said, and a sentence."""
        yield from faults(
            self.sql,
            self.engine,
            version=self.version,
            upgrade_from=self.upgrade_from,
            name=self.name,
            logs=self.logs,
        )
        yield from faults_of_restored(self.restored, self.upgrade_from)
        yield from faults_of(self.sql, self.engine, self.name, self.databases)
        yield from faults_of_windows(self.maintenance, self.backup_window)

    @property
    def connections(self) -> int | None:
        """How many it takes at a time, as far as that is known."""
        from tanada.resources.rds_classes import memory

        gib = memory(self.class_)
        return most_connections(self.sql, self.parameters, gib)

    def words(self) -> Sequence[str]:
        return of_each(super().words(), self.databases)

    def secret_words(self) -> Sequence[str]:
        return of_each(super().secret_words(), self.databases)

    def passwords(self) -> Sequence[str]:
        return ("", *self.databases)

    def needs(self) -> Sequence[Need]:
        """Its own group; and of the task that makes further databases the role that starts it, and its group."""
        made = (Need("aws_iam_role", 1), Need("aws_security_group", 1)) if self.databases else ()
        return (Need("aws_security_group", 1), *made, *needs_of_sanitised(self.sanitised))

    def asks(self) -> set[str]:
        return set(ASKED) if self.sanitised else set()

    def closed(self) -> str | None:
        return None
