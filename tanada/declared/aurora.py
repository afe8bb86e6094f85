"""SQL databases on Aurora: a cluster of one or several instances over one storage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tanada.declared.copies import EMPTY, BeginsWith
from tanada.declared.databases import Databases, faults_of, of_each
from tanada.declared.engines import (
    AURORA,
    SECRETS,
    SIZES,
    DatabaseName,
    Engine,
    ParameterName,
    ParameterValue,
    SqlLogs,
    Version,
    faults,
    most_connections,
    numbers,
)
from tanada.declared.fields import Days, Flag, Seconds, Text, Whole, expected
from tanada.declared.model import Default, Kind, Model, Need
from tanada.declared.restored import Restorations
from tanada.declared.restored import faults as faults_of_restored
from tanada.declared.sanitised import ASKED, Sanitised
from tanada.declared.sanitised import needs as needs_of_sanitised
from tanada.declared.windows import Backup, Maintenance
from tanada.declared.windows import faults as faults_of_windows

ClusterClass = Annotated[
    str,
    Text(
        rf"^db\.(t(3|4g|[5-9][a-z]*)\.(medium|large)|(r([5-9]|1[0-9])|x[2-9]g)[a-z]*\.{SIZES})$",
        "a class of Aurora's such as db.t4g.medium or db.r6g.large; it has none of m and c, and of t medium and large",
    ),
]
"""Aurora user guide, "Amazon Aurora DB instance classes"; of db.t3.micro aws/aws-cdk#23431. Serverless ones say
`capacity`."""


@dataclass(frozen=True, slots=True)
class Units:
    """Aurora capacity units: 0 to 256 in halves, each with about 2 GiB of memory (Aurora user guide, "Performance and
    scaling for Aurora Serverless v2")."""

    least: float

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "minimum": self.least, "maximum": 256, "multipleOf": 0.5}

    def _read(self, value: Any) -> Any:
        halves = isinstance(value, str) and re.fullmatch(r"(0|[1-9][0-9]{0,2})(\.[05])?", value)
        units = float(value) if halves or isinstance(value, float) else value
        if not isinstance(units, float) or not self.least <= units <= 256:
            raise expected(f"capacity units in halves such as 0.5 or 8, from {self.least:g} to 256")
        return units


class Capacity(Model):
    """Between what it scales by itself, in Aurora's capacity units."""

    min: Annotated[float, Units(0)] = 0.5
    """What it is let down to; 0 stops it while nobody is connected, and the first one waits about fifteen seconds."""
    max: Annotated[float, Units(1)] = 2.0
    """What it may grow to: what it costs at most."""
    pause_after: Annotated[int, Seconds(300, 86400)] = 300
    """Of `min: 0`, how long nobody has been connected when it stops."""


_CAN_STOP = {"postgresql": {13: [13, 15], 14: [14, 12], 15: [15, 7], 16: [16, 3]}, "mysql": {8: [8, 0, 3, 8, 0]}}
"""By engine and major version, the first version that scales to 0 (Aurora user guide, "Scaling to Zero ACUs with
automatic pause and resume"); newer ones all do."""


class Aurora(Kind):
    """An SQL database on Aurora: a cluster of instances over one storage, in several zones."""

    PROTECTED = (
        Default(("instances",), "2", "a zone can be lost"),
        Default(("backups",), "14d", "a mistake is often found after days"),
        Default(("apply_immediately",), "false", "what restarts it waits for its weekly window"),
        Default(("logs", "days"), "365", "what happened last year can still be read"),
    )
    WORDS = {
        "host": "where its writer answers",
        "port": "its port",
        "name": "the database that is made in it",
        "secret": "the ARN of its secret, with the right to read it",
    }
    SECRETS = SECRETS
    IN_VPC = True
    PASSWORD = True

    engine: Literal["postgresql", "mysql"]
    """The engine that it speaks as."""
    version: Version
    """A major version, in quotes, such as `"16"` or `"8.0"`: AWS keeps its minor version new. With a minor one,
    `"16.4"` or `"8.0.mysql_aurora.3.08.0"`, it stays at that until it says another."""
    upgrade_from: Version | None = None
    """The version that runs, where `version` is another major one: without it a plan that would raise it is refused."""
    capacity: Capacity | None = None
    """Serverless: between what it scales, `{min: 0.5, max: 8}`; without `class` from 0.5 to 2."""
    class_: Annotated[ClusterClass | None, Field(alias="class")] = None
    """Instead: the class of its instances, such as `db.t4g.medium`."""
    instances: Annotated[int, Whole(1, 16)] = 1
    """One writes, the others read and stand in for it; 2 in protected accounts."""
    name: DatabaseName = "app"
    """The database that is made in it."""
    databases: Databases = {}
    """Further databases in it, each with a user of its own: `{metabase: {user: metabase}}`. One that is taken out stays
    as it is."""
    parameters: dict[ParameterName, ParameterValue] = {}
    """Parameters of the cluster by name; what takes a restart waits for one."""
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
        return AURORA[self.engine]

    @property
    def scaling(self) -> Capacity | None:
        """Between what it scales; None where its instances have a class."""
        return None if self.class_ is not None else self.capacity or Capacity()

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
        if self.class_ is not None and self.capacity is not None:
            yield ("class",), "class and capacity are said at once; take one of them out"
        if self.capacity is not None and self.capacity.max < self.capacity.min:
            said = "max" if "max" in self.capacity.model_fields_set else "min"
            yield ("capacity", said), f"max: {self.capacity.max:g} is less than min: {self.capacity.min:g}"
        stops = self.capacity is not None and self.capacity.min == 0
        runs, first = numbers(self.version), _CAN_STOP[self.engine].get(numbers(self.version)[0])
        if stops and first is not None and runs < first and not self.sql.is_major(self.version):
            least = ".".join(map(str, first)) if self.engine == "postgresql" else "8.0.mysql_aurora.3.08.0"
            yield ("capacity", "min"), f"{self.version} can't be stopped while nobody is connected; {least} can"

    @property
    def connections(self) -> int | None:
        """How many its writer takes at a time, as far as that is known."""
        from tanada.resources.rds_classes import memory

        if (scaling := self.scaling) is None:
            assert self.class_ is not None  # for mypy: it has either
            return most_connections(self.sql, self.parameters, memory(self.class_))
        # What it has at its most decides; where it goes down to less than 1, PostgreSQL takes 2,000 (Aurora guide).
        most = most_connections(self.sql, self.parameters, 2 * scaling.max)
        return most if most is None or scaling.min >= 1 else min(most, 2_000)

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
