"""Databases beside the first one of an SQL server, each with a user of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from tanada.declared.engines import RESERVED, USER, DatabaseName, Engine
from tanada.declared.fields import Text
from tanada.declared.model import Model
from tanada.text import quoted

UserName = Annotated[
    str,
    Text(
        r"^[a-z][a-z0-9_]{0,62}$", "lower-case letters, digits and _, a letter first, at most 63 characters", longest=63
    ),
]
"""What clients of every engine take without quotes; PostgreSQL's names have 63 bytes (its manual, "Lexical
Structure")."""
_LONGEST_OF_MYSQL = 32
"""Characters of a user's name (MySQL reference manual, "Grant Tables"); of MariaDB's, which takes more, too."""
_TAKEN = frozenset({"admin", "event_scheduler", "mariadb", "none", "postgres", "public"})
"""Users that an engine has, or can't have, beside the words of SQL."""
_THEIRS = ("pg_", "rds")
"""How names of users begin that are the engine's or RDS's: pg_read_all_data (PostgreSQL's manual, "Predefined Roles"),
rdsadmin, rds_superuser, rds_iam, rdsproxyadmin (RDS user guide, "Understanding PostgreSQL roles and permissions",
"Master user account privileges")."""


class Further(Model):
    """A database of its own, with a user that owns it and sees no other."""

    user: UserName | None = None
    """Its user; left out, called as the database."""


Databases = dict[DatabaseName, Further]
"""By what they are called in the server."""


def users_of(databases: Mapping[str, Further]) -> dict[str, str]:
    """The user of each."""
    return {name: each.user or name for name, each in databases.items()}


def of_each(words: Sequence[str], databases: Mapping[str, Further]) -> tuple[str, ...]:
    """Words of a server's first database, and the same of each further one: `url`, `metabase.url`."""
    return (*words, *(f"{database}.{word}" for database in databases for word in words))


def faults_of(
    engine: Engine, kind: str, first: str, databases: Mapping[str, Further]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What can't be made so in a server of this engine, whose first database is called `first`."""
    owners: dict[str, str] = {}
    for name, each in databases.items():
        at: tuple[str, ...] = ("databases", name)
        if name in RESERVED:
            sentence = f"{quoted(name)} is a word of SQL, or a database that the engine has already; take another name"
            yield at, sentence
            continue
        if name == first:
            yield at, f"{quoted(name)} is the first database already, which name says; take one of them out"
            continue
        user = each.user or name
        if each.user is not None:
            at = (*at, "user")
        if user == USER:
            yield at, f"{quoted(user)} is the user of {first} already; say another one, such as user: {name}_{USER}"
        elif user in RESERVED or user in _TAKEN or user.startswith(_THEIRS):
            yield at, f"{quoted(user)} is a word of SQL, or a user of the engine's or of RDS's; say another user"
        elif engine.scheme == "mysql" and len(user) > _LONGEST_OF_MYSQL:
            longest = f"a user of {kind} has at most {_LONGEST_OF_MYSQL} characters"
            yield at, f"{quoted(user)} has {len(user)}, and {longest}; say a shorter user"
        elif user in owners:
            yield (
                at,
                f"{quoted(user)} is the user of {owners[user]} already; each database has its own, so say another",
            )
        owners.setdefault(user, name)
