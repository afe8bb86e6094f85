"""What Terraform itself says of a secret: in errors of plans and applies, in their logs, in a state that it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tanada.plan import Message
from tanada.terraform import reports
from tanada.terraform.messages import plain, read_text, without_state
from tests.terraform.team import Ran, Team, new_team

PHRASE = "correct horse battery staple mango papaya"
MADE = '${sensitive(join(" ", ["correct", "horse", "battery", "staple", "mango", "papaya"]))}'
"""Marked where no configuration says the value as it is."""


@pytest.fixture
def team(tmp_path: Path) -> Team:
    team = new_team(tmp_path)
    team.stacks["common-main"]["locals"] = {"phrase": MADE}
    return team


def said(team: Team, ran: Ran) -> str:
    """All that a run leaves to read, with its lines joined."""
    kept = [path.read_text() for path in (team.root / ".tanada").rglob("*") if path.suffix in (".json", ".log")]
    assert kept
    return " ".join("\n".join([ran.text, *kept]).replace("│", " ").split())


@pytest.mark.terraform
def test_an_errored_plan_is_asked_for_what_it_marks(team: Team) -> None:
    message = (
        "The phrase ${nonsensitive(local.phrase)} is too short, and ${base64encode(nonsensitive(local.phrase))} too."
    )
    wrong = {"condition": '${terraform.workspace == "x"}', "error_message": message}
    resources = team.stacks["common-main"]["resource"]["terraform_data"]
    resources["network"]["input"] = "${local.phrase}"
    resources["second"] = {"input": 1, "lifecycle": {"precondition": [wrong]}}
    team.write()
    ran = team.run("plan", "common-main")
    text = said(team, ran)
    assert "The phrase (sensitive value) is too short, and (sensitive value) too." in text
    assert PHRASE not in text
    (report,) = reports.read([team.root / ".tanada" / "reports"])
    assert report.messages[0].detail == "The phrase (sensitive value) is too short, and (sensitive value) too."


@pytest.mark.terraform
def test_an_error_of_apply_is_masked_wherever_its_lines_break(team: Team) -> None:
    failing = [{"local-exec": {"command": "echo ${nonsensitive(local.phrase)}; false"}}]
    resources = team.stacks["common-main"]["resource"]["terraform_data"]
    resources["network"] = {"input": "${local.phrase}", "provisioner": failing}
    team.write()
    team.good("plan", "common-main")
    ran = team.run("apply", "common-main", "--yes")
    assert ran.code == 1
    text = said(team, ran)
    assert "Error running command 'echo (sensitive value); false'" in text
    assert PHRASE not in text
    assert "battery staple" not in text


@pytest.mark.terraform
def test_what_a_state_marks_is_masked_before_there_is_a_plan(team: Team) -> None:
    """A configuration that can't be planned at all leaves no plan to ask."""
    resources = team.stacks["common-main"]["resource"]["terraform_data"]
    resources["network"]["input"] = "${local.phrase}"
    team.write()
    team.good("plan", "common-main")
    team.good("apply", "common-main", "--yes")
    del team.stacks["common-main"]["locals"]
    resources["network"]["input"] = f'${{tobool("{PHRASE}")}}'
    team.write()
    ran = team.run("plan", "common-main")
    assert ran.code == 1
    assert PHRASE not in said(team, ran)


@pytest.mark.terraform
def test_a_key_makes_other_fingerprints_and_one_that_is_none_is_refused(team: Team) -> None:
    def fingerprint() -> str:
        (report,) = reports.read([team.root / ".tanada" / "reports"])
        assert report.summary
        return report.summary.called

    team.good("plan", "common-main")
    without = fingerprint()
    team.good("plan", "common-main", TANADA_FINGERPRINT_KEY="k" * 32)
    assert fingerprint() != without
    ran = team.run("plan", "common-main", TANADA_FINGERPRINT_KEY="")
    assert ran.code == 2
    assert "TANADA_FINGERPRINT_KEY is no key: expected 32 characters or more" in " ".join(ran.output.split())


STATE = {"version": 4, "serial": 3, "lineage": "a-b", "outputs": {"x": {"value": "hunter2"}}, "resources": []}
ERROR = "╷\n│ Error: Failed to persist state to backend\n│ \n│ No space left on device.\n╵\n"


@pytest.mark.parametrize(
    "dump",
    [json.dumps(STATE, indent=2), json.dumps(STATE), json.dumps(STATE, indent=2)[:-30]],
    ids=["lines", "line", "cut"],
)
def test_a_state_that_terraform_prints_is_no_message(dump: str) -> None:
    for text in (f"{dump}\n{ERROR}", f"{ERROR}{dump}\n", f"│ {dump}\n"):
        kept = plain(without_state(text))
        assert "hunter2" not in kept
        assert "lineage" not in kept
    whole = f"{json.dumps(STATE, indent=2)}\n{ERROR}"
    assert read_text(without_state(whole)) == (
        Message("error", "Failed to persist state to backend", "No space left on device."),
    )


def test_any_other_document_stays() -> None:
    assert without_state('{"a": 1}\n{ what }\n') == '{"a": 1}\n{ what }\n'
