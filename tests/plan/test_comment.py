"""The comment on a pull request: golden comments of real plans (TANADA_UPDATE=1 rewrites them), and what must hold."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tanada.plan import Difference, PlanError, Report, ResourceChange
from tanada.plan.comment import Facts, comment, drift_issue, headline, result
from tests.plan.make_comment_plans import SECRET
from tests.plan.reports import (
    DRIFT_TEMPLATE,
    FACTS,
    TEMPLATE,
    fleet,
    planned,
    report,
    scenarios,
)

COMMENTS = Path(__file__).parent / "comments"
GITHUB = 65_536
SCENARIOS = scenarios()


def body(reports: list[Report], facts: Facts = FACTS) -> str:
    return comment(reports, facts, TEMPLATE, GITHUB).body


@pytest.mark.parametrize("name", SCENARIOS)
def test_comments_read_as_reviewed(name: str) -> None:
    reports, facts = SCENARIOS[name]
    written = body(reports, facts)
    golden = COMMENTS / f"{name}.md"
    if os.environ.get("TANADA_UPDATE") == "1":
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")
