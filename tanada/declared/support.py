"""Until when versions are supported, and what it costs to stay on one: a dated table, read on 2026-11-27.

Sources: AWS's release calendars (RDS for PostgreSQL release notes, "Release calendar"; RDS user guide, "MySQL on Amazon
RDS versions" and "MariaDB on Amazon RDS versions"; Aurora MySQL release notes, "Release calendars"; ElastiCache user
guide, "Engine versions"; Lambda developer guide, "Lambda runtimes"), as endoflife.date keeps them with its products.
Aurora PostgreSQL's days are general knowledge of its own "Release calendars": the days of RDS (the AWS Aurora user
guide says so of 12, "Amazon RDS Extended Support charges"). Of Redis 7, every Valkey and every Memcached AWS has
announced no end (endoflife.date, "Amazon ElastiCache for Valkey", "… for Memcached", 2026-05): they stand in no table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FUNCTIONS = "python3.13"
"""What functions of Tanada's own run on in Lambda (modules/function.py)."""
TERRAFORM = "1.11"
"""The series that is pinned (tanada/stacks/base.py)."""
SOON = timedelta(days=180)
"""Upgrades of a major version want a rehearsal and a quiet week; half a year has room for both."""

_RDS = (
    "from then on AWS charges extended support, 0.10 USD per vCPU and hour in us-east-1, twice that in the third year "
    "(Amazon RDS pricing)"
)
_AURORA = (
    "from then on AWS charges extended support, 0.10 USD per vCPU and hour in us-east-1 (serverless by capacity unit), "
    "twice that in the third year (Amazon Aurora pricing)"
)
_MARIADB = "it has no extended support: AWS raises it by itself from then on"
_CACHE = (
    "from then on AWS charges extended support, 80% of each node's price on top of it, 160% in the third year (Amazon "
    "ElastiCache pricing)"
)
_TERRAFORM = "HashiCorp mends its two newest series alone: a newer Tanada brings a newer one"
_LAMBDA = "from then on it gets no security patches: a newer Tanada brings a newer one"


@dataclass(frozen=True, slots=True)
class Support:
    """The end of standard support of one version."""

    name: str
    """`postgres 14`, as a declaration says engine and major version; `python3.11`."""
    until: date
    then: str
    """What that means, and costs."""


TABLE = {
    each.name: each
    for each in (
        Support("postgres 13", date(2026, 2, 28), _RDS),
        Support("postgres 14", date(2027, 2, 28), _RDS),
        Support("postgres 15", date(2028, 2, 29), _RDS),
        Support("postgres 16", date(2029, 2, 28), _RDS),
        Support("postgres 17", date(2030, 2, 28), _RDS),
        Support("mysql 5.7", date(2024, 2, 29), _RDS),
        Support("mysql 8.0", date(2026, 7, 31), _RDS),
        Support("mysql 8.4", date(2029, 7, 31), _RDS),
        Support("aurora-postgresql 12", date(2025, 2, 28), _AURORA),
        Support("aurora-postgresql 13", date(2026, 2, 28), _AURORA),
        Support("aurora-postgresql 14", date(2027, 2, 28), _AURORA),
        Support("aurora-postgresql 15", date(2028, 2, 29), _AURORA),
        Support("aurora-postgresql 16", date(2029, 2, 28), _AURORA),
        Support("aurora-postgresql 17", date(2030, 2, 28), _AURORA),
        Support("aurora-mysql 5.7", date(2024, 10, 31), _AURORA),
        Support("aurora-mysql 8.0", date(2028, 4, 30), _AURORA),
        Support("mariadb 10.5", date(2026, 2, 28), _MARIADB),
        Support("mariadb 10.6", date(2026, 7, 31), _MARIADB),
        Support("mariadb 10.11", date(2028, 2, 29), _MARIADB),
        Support("mariadb 11.4", date(2029, 5, 31), _MARIADB),
        Support("redis 4", date(2026, 1, 31), _CACHE),
        Support("redis 5", date(2026, 1, 31), _CACHE),
        Support("redis 6", date(2027, 1, 31), _CACHE),
        Support("python3.12", date(2028, 10, 31), _LAMBDA),
        Support("python3.13", date(2029, 6, 30), _LAMBDA),
        Support("python3.14", date(2029, 6, 30), _LAMBDA),
        # Two years from 1.11.0, 2025-02-27 (HashiCorp, "Support Period and End-of-Life Policy").
        Support("terraform 1.11", date(2027, 2, 27), _TERRAFORM),
    )
}


def note(name: str, today: date) -> str | None:
    """What is said of a version whose support ends soon, or has ended; of one that is not in the table, nothing."""
    found = TABLE.get(name)
    if found is None or found.until - today > SOON:
        return None
    verb = "ended" if found.until < today else "ends"
    return f"standard support of {name} {verb} on {found.until}: {found.then}"


def notes(named: Iterator[tuple[str, str]], today: date) -> list[str]:
    """One note for each version, with the parts that run it; `named` are version and part."""
    parts: dict[str, set[str]] = {}
    for name, part in named:
        parts.setdefault(name, set()).add(part)
    return [f"{', '.join(sorted(each))}: {said}" for name, each in parts.items() if (said := note(name, today))]
