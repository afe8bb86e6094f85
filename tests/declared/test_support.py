"""What is said of versions whose support ends: on which day, of what, and what it costs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tanada.cli.check import ending
from tanada.declarations.loader import load
from tanada.declared.cache import VERSIONS
from tanada.declared.support import FUNCTIONS, SOON, TABLE, note

CAPABILITIES = Path(__file__).parents[1] / "capabilities"


@pytest.mark.parametrize(
    ("name", "today", "says"),
    [
        ("postgres 14", date(2026, 9, 1), "ends on 2027-02-28: from then on AWS charges extended support, 0.10 USD"),
        ("postgres 14", date(2026, 8, 31), None),
        ("mysql 8.0", date(2026, 11, 26), "ended on 2026-07-31: from then on AWS charges"),
        ("mariadb 10.6", date(2026, 7, 31), "ends on 2026-07-31: it has no extended support"),
        ("redis 6", date(2026, 11, 26), "ends on 2027-01-31: from then on AWS charges extended support for each node"),
        ("python3.13", date(2029, 6, 1), "ends on 2029-06-30: from then on it gets no security patches"),
        ("valkey 8", date(2040, 1, 1), None),
    ],
)
def test_half_a_year_before_its_end_a_version_is_named(name: str, today: date, says: str | None) -> None:
    said = note(name, today)
    assert (says in said) if says is not None and said is not None else said is says


def test_a_system_is_told_of_its_stores_and_functions_once() -> None:
    [redis] = ending(load(CAPABILITIES / "cache"), date(2026, 11, 26))
    assert redis.startswith("jobs: standard support of redis 6 ends on 2027-01-31")
    late = ending(load(CAPABILITIES / "database"), TABLE["postgres 17"].until - SOON)
    assert {each.partition(" of ")[2].partition(" end")[0] for each in late} >= {"postgres 17", "mysql 8.4"}
    functions = ending(load(CAPABILITIES / "jobs"), TABLE["python3.13"].until - SOON)
    assert [each.partition(":")[0] for each in functions] == ["jobs' functions"]
    assert ending(load(CAPABILITIES.parents[1]), date(2026, 11, 26)) == []


def test_what_functions_run_on_is_in_the_table_and_redis_versions_that_are_taken_are() -> None:
    from modules.function import RUNTIME

    assert RUNTIME == FUNCTIONS
    assert TABLE[RUNTIME].until > date(2026, 11, 26) + timedelta(days=365)
    assert {f"redis {each.partition('.')[0]}" for each in VERSIONS["redis"]} - {"redis 7"} <= {*TABLE}
