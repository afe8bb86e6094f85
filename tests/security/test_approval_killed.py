"""`tanada apply --all` killed in mid-apply: whatever a target's report says then is true, and the comment is red."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tanada.plan import Report
from tanada.terraform import reports
from tests.terraform.conftest import team  # noqa: F401 - a fixture
from tests.terraform.team import Team, eventually
from tests.terraform.test_apply_all import ALL, MAIN

pytestmark = pytest.mark.terraform


def killed_at(team: Team, stack: str) -> dict[str, Report]:  # noqa: F811
    """Kill an apply while a stack has its turn; the reports that are left, by label."""
    team.given(*MAIN)
    waiting = team.root / "waiting"
    slow = {"local-exec": {"command": f"echo $$ > {waiting}.new; mv {waiting}.new {waiting}; exec sleep 300"}}
    team.stacks[stack]["resource"]["terraform_data"]["slow"] = {"provisioner": slow}
    team.write()
    team.good("plan", *MAIN)
    process = team.start(*ALL)
    eventually(waiting.exists, process)
    os.killpg(process.pid, signal.SIGKILL)
    os.kill(int(Path(waiting).read_text()), signal.SIGKILL)
    process.communicate()
    return {each.label: each for each in reports.read([team.root / ".tanada" / "reports"])}


def test_of_an_apply_that_was_killed_no_report_looks_well(team: Team) -> None:  # noqa: F811
    left = killed_at(team, "environment-test")
    assert {label: each.status for label, each in left.items()} == {
        "common-main": "no changes",
        "environment-test": "interrupted",
    }
    assert reports.ended([team.root / ".tanada" / "reports"]) == set()
    shown = team.good("comment", "--to", "-")
    assert "The run ended before its end" in shown.output
    assert "Nothing changes" not in shown.output


def test_what_had_no_turn_before_the_kill_says_so(team: Team) -> None:  # noqa: F811
    left = killed_at(team, "common-main")
    assert left["common-main"].status == "interrupted"
    assert left["environment-test"].status == "not applied"
    assert "its turn never came" in left["environment-test"].messages[0].summary
