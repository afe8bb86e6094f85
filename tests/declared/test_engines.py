"""Versions as each engine writes them, and when parameters take effect."""

from __future__ import annotations

import pytest

from tanada.declared.engines import AURORA, RDS, Engine
from tanada.resources.rds import major_changes
from tanada.resources.uses import USES

ENGINES = {**RDS, **{f"aurora {word}": engine for word, engine in AURORA.items()}}


@pytest.mark.parametrize(
    ("engine", "version", "family", "major"),
    [
        ("postgres", "16", "postgres16", True),
        ("postgres", "16.4", "postgres16", False),
        ("mysql", "8.4", "mysql8.4", True),
        ("mysql", "8.0.39", "mysql8.0", False),
        ("mariadb", "10.11", "mariadb10.11", True),
        ("aurora postgresql", "17.4", "aurora-postgresql17", False),
        ("aurora mysql", "8.0", "aurora-mysql8.0", True),
        ("aurora mysql", "8.0.mysql_aurora.3.08.0", "aurora-mysql8.0", False),
    ],
)
def test_a_family_is_of_the_major_version(engine: str, version: str, family: str, major: bool) -> None:
    of = ENGINES[engine]
    assert of.takes(version)
    assert (of.family(version), of.is_major(version)) == (family, major)


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_each_takes_what_its_own_sentences_advise(engine: Engine) -> None:
    assert engine.takes(engine.sample)
    assert engine.is_major(engine.sample)
    assert not any(engine.takes(each) for each in ("latest", "", "16.", "016", f"{engine.sample}-R1"))


@pytest.mark.parametrize(
    ("engine", "before", "after", "major"),
    [
        ("postgres", "16", "17", True),
        ("postgres", "16.2", "16.4", False),
        ("postgres", "16", "16.4", False),
        ("mysql", "8.0", "8.4", True),
        ("aurora-mysql", "8.0", "8.0.mysql_aurora.3.08.0", False),
        ("aurora-postgresql", None, "16", False),
    ],
)
def test_a_major_version_is_told_from_a_minor_one(engine: str, before: str | None, after: str, major: bool) -> None:
    runs, asked = ({"engine": engine, "engine_version": each} for each in (before, after))
    assert major_changes(runs, asked) is major


def test_static_parameters_wait_and_others_do_not() -> None:
    assert "shared_buffers" in RDS["postgres"].static
    assert "work_mem" not in RDS["postgres"].static
    assert "binlog_format" in AURORA["mysql"].static
    assert "binlog_format" not in RDS["mysql"].static


def test_whatever_runs_tasks_may_sign_in_where_it_is_let() -> None:
    assert "rds-db:connect" in USES["aws_db_instance"]
