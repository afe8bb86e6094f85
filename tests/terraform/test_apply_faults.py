"""What `tanada apply` says, keeps and does next when something goes wrong in AWS, or with a process, half way."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanada.offline.address import FAULTS
from tests.offline.terraform_runs import configuration
from tests.terraform.team import Ran, Team

pytestmark = pytest.mark.terraform

ROLE = {"name": "web", "assume_role_policy": "{}", "depends_on": ["aws_sqs_queue.jobs"]}
STACK = configuration({"aws_sqs_queue": {"jobs": {"name": "jobs"}}, "aws_iam_role": {"web": ROLE}})
ONE_IS_MADE = "1 change was finished before that and stands in the state. Mend the cause, then plan again."
THERE = (
    "It is there, and not in the state: an apply that was cut off has made it, or somebody by hand. If it is ours, "
    "take it in: tanada terraform common-main --offline -- import ADDRESS ID"
)
UNTAINT = (
    "aws_iam_role.web is there, but the provider gave up on it: the next plan makes it anew, or can't where it is "
    "kept. Once it is well: tanada terraform common-main --offline -- untaint 'aws_iam_role.web'"
)
KILLED = (
    "terraform apply was killed by somebody else (signal 9), as a machine without memory does. What it did in its "
    "last seconds may be missing in the state. Where its lock is left, the next run names it: tanada terraform "
    "common-main --offline -- force-unlock LOCK_ID"
)


@pytest.fixture
def offline(team: Team) -> Team:
    team.stacks = {**team.stacks, "common-main": copy.deepcopy(STACK)}
    team.write()
    return team


def apply(team: Team, *faults: str) -> Ran:
    """Plan without a fault, apply with them."""
    team.good("plan", "common-main", "--offline")
    return team.run("apply", "common-main", "--offline", "--yes", **{FAULTS: "\n".join(faults)})


def held(team: Team) -> dict[str, str]:
    """Names in the state, and `tainted`."""
    state = json.loads((team.root / ".tanada/offline/common-main/terraform.tfstate").read_text())
    return {
        resource["name"]: instance.get("status", "")
        for resource in state["resources"]
        for instance in resource["instances"]
    }


def plain(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Case:
    said: tuple[str, ...]
    held: dict[str, str]
    next: str
    """What the next apply, without a fault, says."""
    code: int = 1


JOBS, BOTH = {"jobs": ""}, {"jobs": "", "web": ""}
CASES = {
    "create fails": Case(("api error InternalFailure", ONE_IS_MADE), JOBS, "applied: 1 created"),
    "create throttled 25": Case(("ThrottlingException", ONE_IS_MADE), JOBS, "applied: 1 created"),
    "create throttled 24": Case(("applied: 2 created",), BOTH, "nothing to do", code=0),
    "create fails-after": Case(("the connection was closed", ONE_IS_MADE), JOBS, THERE),
    "create fails-waiting": Case(
        ("waiting for it to become ready", ONE_IS_MADE, UNTAINT), {"jobs": "", "web": "tainted"}, "applied: 1 replaced"
    ),
    "create unseen 1": Case(("applied: 2 created",), BOTH, THERE, code=0),
    "create dies": Case(("Plugin did not respond", "The provider ended by itself."), JOBS, "applied: 1 created"),
    "create dies-after": Case(("Plugin did not respond", "plan again, and look"), JOBS, THERE),
    "create killed": Case((KILLED, "1 change was finished before that. Plan again."), JOBS, "applied: 1 created"),
    "create killed-after": Case((KILLED, "1 change was finished before that. Plan again."), JOBS, THERE),
}


@pytest.mark.parametrize("fault", CASES)
def test_it_is_said_nothing_is_lost_and_the_next_apply_goes_on(offline: Team, fault: str) -> None:
    case = CASES[fault]
    ran = apply(offline, f"aws_iam_role.web {fault}")
    assert ran.code == case.code, ran.text
    for sentence in case.said:
        assert sentence in plain(ran.text)
    assert "Traceback" not in ran.text
    assert "local terraform 1.11.4, offline, with faults" in ran.text
    assert held(offline) == case.held
    assert list((offline.root / ".tanada" / "runs").iterdir()) == []
    assert list((offline.root / ".tanada" / "plans" / "common-main").iterdir()) == [], "a plan is used once"
    assert case.next in plain(apply(offline).text)


def test_what_lives_is_imported_as_the_sentence_says(offline: Team) -> None:
    apply(offline, "aws_iam_role.web create killed-after")
    offline.good("terraform", "common-main", "--offline", "--", "import", "aws_iam_role.web", "web")
    assert "nothing to do" in apply(offline).output


def test_what_is_kept_and_did_not_become_ready_is_kept_as_the_sentence_says(offline: Team) -> None:
    kept = {**ROLE, "lifecycle": {"prevent_destroy": True}}
    offline.stacks["common-main"] = configuration(
        {"aws_sqs_queue": {"jobs": {"name": "jobs"}}, "aws_iam_role": {"web": kept}}
    )
    offline.write()
    assert UNTAINT in plain(apply(offline, "aws_iam_role.web create fails-waiting").errors)
    assert offline.run("plan", "common-main", "--offline").code != 0
    offline.good("terraform", "common-main", "--offline", "--", "untaint", "aws_iam_role.web")
    assert "nothing to do" in apply(offline).output


@pytest.mark.parametrize("fault", ["delete fails", "delete in-use 1"])
def test_a_deletion_that_failed_is_done_by_the_next_apply(offline: Team, fault: str) -> None:
    apply(offline)
    offline.stacks["common-main"] = configuration({"aws_sqs_queue": {"jobs": {"name": "jobs"}}})
    offline.write()
    ran = apply(offline, f"aws_iam_role.web {fault}")
    assert ran.code == 1
    assert "deleting aws_iam_role (web)" in plain(ran.errors)
    assert "No change was finished before that." in plain(ran.errors)
    assert held(offline) == BOTH
    again = apply(offline)
    assert again.code == 0, again.text
    assert held(offline) == JOBS


def test_a_deletion_that_was_done_and_not_heard_of_is_said_to_be_gone(offline: Team) -> None:
    apply(offline)
    offline.stacks["common-main"] = configuration({"aws_sqs_queue": {"jobs": {"name": "jobs"}}})
    offline.write()
    assert apply(offline, "aws_iam_role.web delete fails-after").code == 1
    again = apply(offline)
    assert again.code == 0, again.text
    assert "changed outside Terraform: aws_iam_role.web (gone)" in plain(again.output)
    assert "common-main: what changed outside Terraform stands in its state now" in plain(again.output)
    assert held(offline) == JOBS
    assert "changed outside" not in apply(offline).text


def test_a_destruction_that_failed_goes_on_with_the_next(offline: Team) -> None:
    offline.stacks["common-main"]["output"] = {"contract": {"value": 1}, "removal": {"value": "delete"}}
    offline.write()
    apply(offline)
    destroy = ("destroy", "common-main", "--offline", "--yes")
    (offline.root / "system.yaml").write_text(
        (offline.root / "system.yaml").read_text().replace("\ncommon:\n", "\ncommon:\n  removal: delete\n")
    )
    ran = offline.run(*destroy, **{FAULTS: "aws_sqs_queue.jobs delete in-use 1"})
    assert ran.code == 1, ran.text
    assert "1 change was finished before that and stands in the state. Mend the cause, then destroy again." in plain(
        ran.errors
    )
    assert held(offline) == JOBS
    offline.good(*destroy)
    assert held(offline) == {}


@pytest.mark.parametrize("call", ["plan", "read"])
def test_a_plan_that_fails_is_kept_as_a_failure_and_the_old_one_is_gone(offline: Team, call: str) -> None:
    apply(offline)
    changed: dict[str, Any] = {**ROLE, "description": "of the web"}
    offline.stacks["common-main"]["resource"]["aws_iam_role"]["web"] = changed
    offline.write()
    offline.good("plan", "common-main", "--offline")
    ran = offline.run("plan", "common-main", "--offline", **{FAULTS: f"* {call} fails"})
    assert ran.code == 1
    assert "api error InternalFailure" in plain(ran.text)
    report = json.loads((offline.root / ".tanada/reports/common-main.json").read_text())
    assert report["status"] == "failed"
    assert "There is no saved plan" in offline.run("apply", "common-main", "--offline", "--yes").errors


@pytest.mark.parametrize("fault", ["fails", "killed"])
def test_apply_all_reports_each_stack_and_stops_at_the_first_that_failed(offline: Team, fault: str) -> None:
    offline.stacks["environment-test"] = {
        **configuration({"aws_iam_role": {"api": {"name": "api", "assume_role_policy": "{}"}}}),
        "variable": {"image_tags": {"type": "map(string)", "default": {}}},
    }
    offline.stacks["common-main"]["output"] = {"contract": {"value": 1}}
    offline.write()
    offline.good("plan", "common-main", "--offline")
    offline.good("apply", "common-main", "--offline", "--yes")
    offline.stacks["common-main"]["resource"]["aws_sqs_queue"]["jobs"]["visibility_timeout_seconds"] = 60
    offline.write()
    offline.good("plan", "common-main", "environment-test", "--image", "web=1", "--offline")
    fault = f"common-main/aws_sqs_queue.jobs update {fault}"
    ran = offline.run("apply", "--all", "--offline", "--yes", **{FAULTS: fault})
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text
    reports = {
        file.stem: json.loads(file.read_text())["status"] for file in (offline.root / ".tanada/reports").glob("*.json")
    }
    assert reports == {"common-main": "failed", "environment-test": "not applied"}
    assert (offline.root / ".tanada/reports/ended").is_file()
    assert re.search(r"common-main\W+failed", ran.output), ran.output
    again = offline.run("plan", "common-main", "environment-test", "--image", "web=1", "--offline")
    assert again.code == 0, again.text
    assert offline.good("apply", "--all", "--offline", "--yes").output.count("applied") >= 2


def test_a_fault_that_is_none_is_one_sentence(offline: Team) -> None:
    ran = offline.run("plan", "common-main", "--offline", **{FAULTS: "aws_iam_role.web create fail"})
    assert ran.code == 2
    said = "TANADA_OFFLINE_FAULTS, line 1: 'aws_iam_role.web create fail': there is no fault 'fail', expected one of "
    assert ran.errors.splitlines()[-1].startswith(said)
    assert "Traceback" not in ran.text


def test_a_real_run_knows_no_fault(team: Team) -> None:
    """What reads the variable is the offline provider's process alone, and there is none."""
    ran = team.run("plan", "common-main", **{FAULTS: "* any fails\nnonsense"})
    assert ran.code == 0, ran.text
    assert "faults" not in ran.text


def test_nothing_else_of_tanada_reads_the_variable() -> None:
    root = Path(__file__).parents[2] / "tanada"
    readers = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if re.search(r"\bFAULTS\b|OFFLINE_FAULTS", file.read_text())
    }
    assert readers == {
        "offline/address.py",
        "offline/faults.py",
        "offline/process.py",
        "offline/server.py",
        "terraform/context.py",
        "terraform/tasks.py",  # a task that runs offline, where nothing runs
    }
