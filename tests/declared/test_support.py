"""What is said of versions whose support ends: on which day, of what, and what it costs."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tanada.declarations.loader import load
from tanada.declarations.support_ends import ending, of_stores
from tanada.declared.cache import VERSIONS
from tanada.declared.support import FUNCTIONS, SOON, TABLE, TERRAFORM, note

CAPABILITIES = Path(__file__).parents[1] / "capabilities"


@pytest.mark.parametrize(
    ("name", "today", "says"),
    [
        ("postgres 14", date(2026, 9, 1), "ends on 2027-02-28: from then on AWS charges extended support, 0.10 USD"),
        ("postgres 14", date(2026, 8, 31), None),
        ("mysql 8.0", date(2026, 11, 26), "ended on 2026-07-31: from then on AWS charges"),
        ("mariadb 10.6", date(2026, 7, 31), "ends on 2026-07-31: it has no extended support"),
        ("redis 6", date(2026, 11, 26), "ends on 2027-01-31: from then on AWS charges extended support, 80% of each"),
        ("aurora-postgresql 14", date(2026, 11, 26), "ends on 2027-02-28: from then on AWS charges extended support"),
        ("memcached 1", date(2040, 1, 1), None),
        ("python3.13", date(2029, 6, 1), "ends on 2029-06-30: from then on it gets no security patches"),
        ("valkey 8", date(2040, 1, 1), None),
    ],
)
def test_half_a_year_before_its_end_a_version_is_named(name: str, today: date, says: str | None) -> None:
    said = note(name, today)
    assert (says in said) if says is not None and said is not None else said is says


def test_a_system_is_told_of_its_stores_and_functions_once() -> None:
    [redis] = of_stores(load(CAPABILITIES / "cache"), date(2026, 11, 26))
    assert redis.startswith("jobs: standard support of redis 6 ends on 2027-01-31")
    late = ending(load(CAPABILITIES / "database"), TABLE["postgres 17"].until - SOON)
    assert {each.partition(" of ")[2].partition(" end")[0] for each in late} >= {"postgres 17", "mysql 8.4"}
    functions = ending(load(CAPABILITIES / "jobs"), TABLE["python3.13"].until - SOON)
    assert [each.partition(":")[0] for each in functions] == ["jobs' functions", "what plans and applies"]
    aurora = of_stores(load(CAPABILITIES / "aurora"), TABLE["aurora-postgresql 17"].until)
    assert any("aurora-postgresql 17 ends" in each and "by capacity unit" in each for each in aurora)
    default = load(CAPABILITIES.parents[1])
    assert ending(default, TABLE["terraform 1.11"].until - SOON - timedelta(days=1)) == []
    [terraform] = ending(default, date(2026, 11, 27))
    assert terraform.startswith("what plans and applies: standard support of terraform 1.11 ends on 2027-02-27")
    assert of_stores(default, date(2026, 11, 27)) == []


def test_what_functions_run_on_is_in_the_table_and_redis_versions_that_are_taken_are() -> None:
    from modules.function import RUNTIME
    from tanada.stacks.base import TERRAFORM_VERSION

    assert TERRAFORM_VERSION.startswith(f"{TERRAFORM}.")
    assert f"terraform {TERRAFORM}" in TABLE
    assert RUNTIME == FUNCTIONS
    assert TABLE[RUNTIME].until > date(2026, 11, 26) + timedelta(days=365)
    assert {f"redis {each.partition('.')[0]}" for each in VERSIONS["redis"]} - {"redis 7"} <= {*TABLE}
