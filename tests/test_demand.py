"""Each capability that real systems declare and that is said to be there is shown by a test that is there."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.demand import NOT_AT_RUN_TIME, lines, missing, rows

ROOT = Path(__file__).parents[1]


def test_the_rows_are_of_36_systems() -> None:
    assert len(missing(rows())) == 36
    assert len(rows()) == len({row.capability for row in rows()}) == 76


def test_each_test_is_there() -> None:
    named = {row.shown_by for row in rows()} - {""}
    assert len(named) > 8
    for node in named:
        file, _, function = node.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert function in {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}, node


def test_what_is_counted_is_counted() -> None:
    first, second, third, *_ = lines()
    assert first.startswith(f"{sum(bool(row.shown_by) for row in rows())} of 76 capabilities are shown")
    assert second.endswith("of 36 systems have all that they declare")
    assert {row.capability for row in rows()} >= {*NOT_AT_RUN_TIME}
    assert int(third.partition(" ")[0]) >= 30, "what was reached"
