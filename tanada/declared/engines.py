"""Engines of SQL databases: how AWS calls them, their versions, what their parameters and logs are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import WithJsonSchema
from pydantic_core import PydanticCustomError

from tanada.declared.fields import STEERING, LogDays, Name, Text
from tanada.declared.model import Model
from tanada.text import one_of, quoted


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine, as RDS or Aurora has it."""

    name: str
    """As AWS's API calls it."""
    numbers: int
    """How many numbers make a major version: PostgreSQL has one, MySQL and MariaDB two."""
    sample: str
    """A major version that there is."""
    minor: str
    """A pattern of what a minor version adds to the major one."""
    port: int
    """The one that clients take where nothing is said."""
    scheme: str
    """How URLs of it begin, as clients of all languages read them."""
    logs: tuple[str, ...]
    """What it exports to CloudWatch where nothing is said: what goes wrong, not each query."""
    more_logs: tuple[str, ...]
    """What it can export beside these (RDS and Aurora user guides, "Publishing … logs to CloudWatch Logs")."""
    majors: tuple[str, ...]
    """Major versions that AWS makes servers of, or may soon: others never came to RDS, or went (RDS user guide, "MySQL
    on Amazon RDS versions", "MariaDB on Amazon RDS versions"; RDS for PostgreSQL and Aurora release notes, "Release
    calendar"). Of MySQL and MariaDB RDS takes the versions with long support alone."""

    def major(self, version: str) -> str:
        """`16` of 16.4; `8.0` of 8.0.39."""
        return ".".join(version.split(".")[: self.numbers])

    def family(self, version: str) -> str:
        """Of its parameters (RDS API reference, CreateDBParameterGroup): postgres16, mysql8.0, aurora-postgresql16."""
        return f"{self.name}{self.major(version)}"

    @property
    def static(self) -> frozenset[str]:
        """Parameters that need a restart: an immediate change of them is refused."""
        from tanada.resources.rds_parameters import STATIC  # here: no start without a database loads resources

        return STATIC[self.name]

    def is_major(self, version: str) -> bool:
        """Whether AWS chooses the minor version, and goes on choosing it."""
        return self.major(version) == version

    def takes(self, version: str) -> bool:
        """Whether it is a version as this engine writes them."""
        number = r"(0|[1-9][0-9]{0,2})"
        return re.fullmatch(rf"{number}(\.{number}){{{self.numbers - 1}}}({self.minor})?", version) is not None


SECRETS = {
    "url": "all that a client needs, as a URL",
    "user": "its user",
    "password": "its password",
    "secret": "all of it, as AWS's JSON and the URL",
}
"""What `secrets` may say of any SQL database."""
_POSTGRES = tuple(map(str, range(11, 20)))
"""From the oldest that has extended support to that of autumn 2026."""
POSTGRES = Engine(
    name="postgres",
    numbers=1,
    sample="16",
    minor=r"\.(0|[1-9][0-9]{0,2})",
    port=5432,
    scheme="postgres",
    logs=("postgresql", "upgrade"),
    more_logs=("iam-db-auth-error",),
    majors=_POSTGRES,
)
MYSQL = Engine(
    name="mysql",
    numbers=2,
    sample="8.4",
    minor=r"\.(0|[1-9][0-9]{0,2})",
    port=3306,
    scheme="mysql",
    logs=("error",),
    more_logs=("audit", "general", "iam-db-auth-error", "slowquery"),
    majors=("5.7", "8.0", "8.4", "9.7"),
)
MARIADB = Engine(
    name="mariadb",
    numbers=2,
    sample="11.4",
    minor=r"\.(0|[1-9][0-9]{0,2})",
    port=3306,
    scheme="mysql",
    logs=("error",),
    more_logs=("audit", "general", "iam-db-auth-error", "slowquery"),
    majors=("10.5", "10.6", "10.11", "11.4", "11.8", "12.3"),
)
AURORA_POSTGRESQL = Engine(
    name="aurora-postgresql",
    numbers=1,
    sample="16",
    minor=r"\.(0|[1-9][0-9]{0,2})",
    port=5432,
    scheme="postgres",
    logs=("postgresql",),
    more_logs=("iam-db-auth-error", "instance"),
    majors=_POSTGRES,
)
AURORA_MYSQL = Engine(
    name="aurora-mysql",
    numbers=2,
    sample="8.0",
    minor=r"\.mysql_aurora\.[0-9]{1,2}(\.[0-9]{1,2}){2}",
    port=3306,
    scheme="mysql",
    logs=("error",),
    more_logs=("audit", "general", "iam-db-auth-error", "instance", "slowquery"),
    majors=("5.7", "8.0", "8.4"),
)

RDS: Mapping[str, Engine] = {"postgres": POSTGRES, "mysql": MYSQL, "mariadb": MARIADB}
"""By the word in a declaration's `database`."""
AURORA: Mapping[str, Engine] = {"postgresql": AURORA_POSTGRESQL, "mysql": AURORA_MYSQL}
"""By the word in a declaration's `aurora`."""

USER = "app"
"""The user that owns the database; of PostgreSQL `admin`, of MySQL `rdsadmin` and others are taken."""

_WORDS = (
    "all alter analyze analyse and any array as asc between both by case cast check collate column constraint "
    "create cross current_date current_time current_timestamp current_user database databases db default delete "
    "desc describe distinct drop else end except exists false for foreign from full grant group having if in "
    "index inner insert intersect into is join key keys left like limit natural not null on or order outer "
    "primary procedure references right select session_user set show some table tables then to true union unique "
    "update use user using values when where with information_schema innodb mysql performance_schema postgres "
    "rdsadmin rdstopmgr root sys template0 template1 tmp"
)
RESERVED = frozenset(_WORDS.split())
"""Names that no database may have: words of SQL, as AWS refuses "a word reserved by the specified database engine" (RDS
API reference, CreateDBInstance, DBName), and databases that the engines have already."""


def refused(sentence: str) -> PydanticCustomError:
    """The error of a whole sentence."""
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


class SqlLogs(Model):
    """What the engine logs, kept in CloudWatch Logs."""

    days: LogDays = 30
    """Retention; CloudWatch Logs takes these numbers alone (PutRetentionPolicy)."""
    export: tuple[Name, ...] | None = None
    """Which of its logs; left out, those of what goes wrong: `error` of MySQL, `postgresql` and `upgrade`."""


Version = Annotated[
    str,
    Text(
        r"^[0-9]{1,3}(\.[0-9a-z_]{1,20}){0,5}$",
        'a version in quotes: a major one such as "16", of MySQL "8.4", or one with its minor version',
        longest=40,
        also="number",
    ),
]
SIZES = r"(x|[2468]x|9x|1[0268]x|24x|32x|48x)?large"
"""Of classes that aren't burstable."""


def _class(text: str) -> str:
    """What is wrong with a class."""
    if re.match(r"db\.(t[12]|m[1-4]|r[34]|cr1)\.", text):
        return (
            "a class that AWS still makes, such as db.t4g.micro or db.m6g.large: t2, m4, r4 and older ones went in 2024"
        )
    return "a class of RDS such as db.t4g.micro or db.m6g.large, of a size that there is of its family"


_LARGE = "(?!x2iezn)([mr]([5-9]|1[0-9])|x[2-9])"
InstanceClass = Annotated[
    str,
    Text(
        r"^db\.(t(3|4g|[5-9][a-z]*)\.(micro|small|medium|large|xlarge|2xlarge)"
        rf"|{_LARGE}[a-z]*(-[a-z]+)?\.{SIZES}|{_LARGE}i[a-z]*\.metal(-(24|48)xl)?)$",
        _class,
    ),
]
"""RDS user guide, "DB instance class types", "Hardware specifications for DB instance classes": t, m, r and x, of which
x1 and x2iezn are Oracle's alone and c stands in clusters of three; those of Intel's as whole machines, too."""
DatabaseName = Annotated[
    str,
    Text(
        r"^[a-z][a-z0-9_]{0,62}$", "lower-case letters, digits and _, a letter first, at most 63 characters", longest=63
    ),
]
"""What clients of every engine take without quotes (RDS API reference, CreateDBInstance, DBName)."""
ParameterName = Annotated[
    str,
    Text(r"^[a-z][a-z0-9_.-]*$", "a parameter as AWS calls it, such as max_connections or rds.force_ssl", longest=120),
]
ParameterValue = Annotated[
    str,
    Text(rf"^[^{STEERING}]+$", "a value in one line", longest=2000),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
"""As the engine's parameter group takes it: flags are 1 and 0, sizes numbers of the parameter's own unit."""


def faults(
    engine: Engine, kind: str, *, version: str, upgrade_from: str | None, name: str, logs: SqlLogs
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What this engine has not: where it is said, and a sentence; `kind` is the engine as the declaration calls it."""
    if not engine.takes(version):
        minor = "8.0.mysql_aurora.3.08.0" if engine is AURORA_MYSQL else f"{engine.sample}.2"
        yield (
            ("version",),
            f'{version} is no version of {kind}; expected a major one such as "{engine.sample}" or "{minor}"',
        )
    elif engine.major(version) not in engine.majors:
        sentence = f"AWS makes no {kind} of {engine.major(version)} that is known here; {one_of(engine.majors)}"
        yield ("version",), sentence
    elif upgrade_from is not None and not engine.takes(upgrade_from):
        yield (
            ("upgrade_from",),
            f'{upgrade_from} is no version of {kind}; upgrade_from is that which runs: "{engine.sample}"',
        )
    elif upgrade_from is not None and not numbers(engine.major(upgrade_from)) < numbers(engine.major(version)):
        sentence = (
            f"{upgrade_from} is no older major version than {version}; upgrade_from is needed for those alone, so "
            "take it out"
        )
        yield ("upgrade_from",), sentence
    if name in RESERVED:
        sentence = f"{quoted(name)} is a word of SQL, or a database that the engine has already; take another name"
        yield ("name",), sentence
    known = sorted({*engine.logs, *engine.more_logs})
    for index, each in enumerate(logs.export or ()):
        if each not in known:
            yield ("logs", "export", index), f"{kind} exports no log {quoted(each)}; {one_of(known)}"


def numbers(version: str) -> list[int]:
    """To compare versions by."""
    return [int(each) for each in re.findall(r"[0-9]+", version)]


def most_connections(engine: Engine, parameters: Mapping[str, str], gib: float | None) -> int | None:
    """How many connections it takes at a time: as its parameter says, else by its memory; None where neither tells."""
    said = parameters.get("max_connections")
    if said is not None:
        return int(said) if said.isdigit() else None
    from tanada.resources.rds_classes import connections

    return None if gib is None else connections(engine.name, gib)
