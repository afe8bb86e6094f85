"""Warnings of Terraform, and of a state that somebody has locked: each once, for people and for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.cli.tables import outcome_data, show_applied, show_outcomes
from tanada.declarations.inventory import Stack
from tanada.plan import Message
from tanada.terraform.layout import Layout, Target
from tanada.terraform.outcome import Outcome
from tests.comment.reports import planned
from tests.resources.test_unknown import COMMON

SECOND = Stack(**{**COMMON.__dict__, "name": "common-second"})
LOCKED = Message("warning", "The state is locked by somebody", "Something changes it now.")
OUTCOMES = [
    Outcome(Target(COMMON), "changes", summary=planned("common-changed"), messages=(LOCKED,)),
    Outcome(
        Target(SECOND),
        "no changes",
        summary=planned("environment-same"),
        messages=(LOCKED, Message("warning", "Check block assertion failed", address="aws_x.y")),
    ),
]


@pytest.mark.parametrize("show", ["plan", "apply"])
def test_each_is_said_once_with_its_stacks(show: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if show == "plan":
        show_outcomes(OUTCOMES, Layout(tmp_path), "local binary", offline=False)
    else:
        show_applied(OUTCOMES, Layout(tmp_path), "local binary")
    said = capsys.readouterr().out
    assert said.startswith(
        "\nWarning: The state is locked by somebody (common-main, common-second)\n  Something changes it now.\n"
        "\nWarning: Check block assertion failed (common-second)\n"
    )


def test_programs_get_those_of_each_stack() -> None:
    stacks = outcome_data(OUTCOMES, "local binary", offline=False)["stacks"]
    locked = {"summary": LOCKED.summary, "detail": LOCKED.detail}
    assert stacks["common-main"]["warnings"] == [locked]
    assert stacks["common-second"]["warnings"] == [locked, {"summary": "Check block assertion failed", "detail": ""}]
