"""`tanada apply --all`: in order, only what was approved, and an account of what was and was not applied."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tanada.plan import Report
from tanada.terraform import reports
from tests.terraform.team import Team, eventually, says
from tests.terraform.test_plan import needing_more, row

pytestmark = pytest.mark.terraform
MAIN = ("common-main", "environment-test")
ALL = ("apply", "--all", "--yes")


def report_of(team: Team, label: str) -> Report:
    (found,) = [each for each in reports.read([team.root / ".tanada" / "reports"]) if each.label == label]
    return found


def approve(team: Team, *arguments: str) -> Path:
    """Plan as a pull request does, and keep the reports as an artifact does."""
    team.good("plan", *arguments)
    approved = team.root / "approved"
    shutil.rmtree(approved, ignore_errors=True)
    shutil.copytree(team.root / ".tanada" / "reports", approved)
    shutil.rmtree(team.root / ".tanada")
    return approved


@pytest.fixture
def living(team: Team) -> Team:
    """A team with a common layer and an environment that run, and a change of the environment."""
    team.given("common-main", "environment-test")
    team.stacks["environment-test"]["resource"]["terraform_data"]["more"] = {"input": 1}
    team.write()
    return team


def test_what_was_approved_is_applied_in_order_and_the_rest_has_nothing_to_do(living: Team) -> None:
    approved = approve(living, *MAIN)
    ran = living.good(*ALL, "--approved", str(approved))
    assert row(ran.output, "common-main") == ["common-main", "no changes", "nothing to do"]
    assert row(ran.output, "environment-test") == ["environment-test", "applied", "1 created"]
    assert living.resources("environment-test.tfstate") == ["link", "more", "web"]
    assert report_of(living, "environment-test").status == "applied"
    assert report_of(living, "environment-test").step == "apply"
    assert list((living.root / ".tanada" / "runs").iterdir()) == []
    assert list((living.root / ".tanada").rglob("*.tfplan")) == []


def test_a_plan_that_is_not_the_approved_one_stops_it_and_a_person_may_let_it_go_on(living: Team) -> None:
    approved = approve(living, *MAIN)
    living.stacks["environment-test"]["resource"]["terraform_data"]["more"] = {"input": 2}
    living.write()
    ran = living.run(*ALL, "--approved", str(approved))
    assert ran.code == 2
    assert "This is not what was approved: the approved plan is " in ran.output
    assert row(ran.output, "environment-test")[1] == "not approved"
    assert living.resources("environment-test.tfstate") == ["link", "web"]
    report = report_of(living, "environment-test")
    assert report.status == "not approved"
    assert report.summary
    shown = report.summary.fingerprint
    assert f"--approve {shown}" in ran.output
    assert report.messages[0].summary.endswith(f"--approve {shown}.")

    living.good(*ALL, "--approved", str(approved), "--approve", shown)
    assert living.resources("environment-test.tfstate") == ["link", "more", "web"]


def test_planning_once_more_approves_nothing_by_itself(living: Team) -> None:
    assert living.run(*ALL).code == 2
    ran = living.run(*ALL)
    assert ran.code == 2
    assert "no plan of it is saved here" in ran.output


def test_a_stack_that_nobody_planned_is_left_alone_whatever_drifts_there(living: Team) -> None:
    approved = approve(living, "environment-test")
    living.stacks["common-main"]["resource"]["terraform_data"]["drifts"] = {"input": 1}
    living.write()
    ran = living.good(*ALL, "--approved", str(approved))
    assert "Left alone, as no plan of them was approved: common-main." in ran.errors
    assert row(ran.output, "environment-test")[1] == "applied"
    assert "drifts" not in living.resources("common-main.tfstate")


def test_what_was_approved_for_another_account_applies_nothing_here_whatever_drifts(living: Team) -> None:
    living.given("common-production")
    approved = approve(living, "environment-www", "--image", "web=one")
    ran = living.good(*ALL, "--approved", str(approved))
    assert "Left alone, as no plan of them was approved: common-main, environment-test." in ran.errors
    assert "there is nothing to apply." in ran.output
    assert "more" not in living.resources("environment-test.tfstate")


def test_what_rests_on_a_planned_common_layer_has_its_turn_too(living: Team) -> None:
    approved = approve(living, "common-main")
    ran = living.run(*ALL, "--approved", str(approved))
    assert ran.code == 2
    assert "Left alone" not in ran.errors
    assert row(ran.output, "environment-test")[1] == "not approved"
    assert "no plan of it was approved" in " ".join(ran.output.split())


def test_plans_saved_here_are_approved_with_their_image_tags(team: Team) -> None:
    team.given("common-main")
    team.good("plan", *MAIN, "--image", "web=two")
    team.good(*ALL)
    assert team.state("environment-test.tfstate")["outputs"]["image_tags"]["value"] == {"web": "two"}
    assert not list((team.root / ".tanada" / "plans").rglob("*.json"))


def test_what_waited_for_common_was_not_approved_and_says_so(team: Team) -> None:
    approved = approve(team, *MAIN, "--image", "web=one")
    ran = team.run(*ALL, "--approved", str(approved))
    assert ran.code == 2
    assert row(ran.output, "common-main") == ["common-main", "applied", "1 created"]
    assert row(ran.output, "environment-test")[1] == "not approved"
    assert "it waited for common-main when it was approved" in ran.output
    assert team.resources("common-main.tfstate") == ["network"]


def test_tags_of_what_waited_are_kept_with_the_plans_saved_here(team: Team) -> None:
    team.good("plan", *MAIN, "--image", "web=one")
    team.good("plan", "environment-test", "--no-synth")
    ran = team.run(*ALL)
    assert row(ran.output, "common-main")[1] == "applied"
    assert "it waited for its common layer when it was planned" in ran.output
    looked_at = report_of(team, "environment-test").summary
    assert looked_at
    team.good(*ALL, "--approve", looked_at.fingerprint)
    assert team.state("environment-test.tfstate")["outputs"]["image_tags"]["value"] == {"web": "one"}


def test_what_waited_for_an_entry_of_common_goes_on_with_the_tags_of_its_plan(team: Team) -> None:
    data = needing_more(team)
    for resource in data.values():
        resource.pop("lifecycle", None)
    team.stacks["common-main"]["output"] |= {
        "registries": {"value": {"web": {"url": "r/web"}, "batch-job": {"url": "r/batch"}}},
        "load_balancers": {
            "value": {"1": {"listener_arn": "l1", "security_group_id": "sg1"}, "2": {"listener_arn": "l2"}}
        },
        "zone_ids": {"value": {"example.jp": "Z1", "shop.net": "Z2"}},
    }
    team.write()
    approved = approve(team, *MAIN, "--image", "web=two")
    ran = team.run(*ALL, "--approved", str(approved))
    assert row(ran.output, "common-main")[1] == "applied"
    assert row(ran.output, "environment-test")[1] == "not approved", "nobody has seen its plan"
    looked_at = report_of(team, "environment-test").summary
    assert looked_at
    team.good(*ALL, "--approved", str(approved), "--approve", looked_at.fingerprint)
    assert team.state("environment-test.tfstate")["outputs"]["image_tags"]["value"] == {"web": "two"}


def test_a_change_of_common_that_reaches_what_rests_on_it_is_looked_at_again(living: Team) -> None:
    living.stacks["common-main"]["output"]["contract"]["value"] = 2
    living.write()
    approved = approve(living, *MAIN)
    ran = living.run(*ALL, "--approved", str(approved))
    assert ran.code == 2
    assert row(ran.output, "common-main")[1] == "applied"
    assert "made against common-main as it was before its own change" in " ".join(ran.output.split())


def test_the_first_failure_ends_it_and_the_rest_is_named(living: Team) -> None:
    network = living.stacks["common-main"]["resource"]["terraform_data"]
    network["second"] = {"input": 1, "provisioner": [{"local-exec": {"command": "exit 3"}}]}
    living.write()
    approved = approve(living, *MAIN)
    ran = living.run(*ALL, "--approved", str(approved))
    assert ran.code == 1
    assert "Error running command 'exit 3'" in " ".join(ran.output.split())
    assert row(ran.output, "common-main")[1] == "failed"
    assert row(ran.output, "environment-test")[1:] == ["not applied", "common-main comes before it: failed."]
    failed = report_of(living, "common-main")
    assert failed.messages[0].summary == "local-exec provisioner error"
    assert failed.messages[0].address == "terraform_data.second"
    assert failed.summary
    assert report_of(living, "environment-test").status == "not applied"


def test_a_secret_that_an_error_of_apply_repeats_is_not_shown(living: Team) -> None:
    stack = living.stacks["environment-test"]
    stack["variable"]["secret"] = {"type": "string", "default": "hunter2", "sensitive": True}
    failing = [{"local-exec": {"command": "echo ${nonsensitive(var.secret)}; false"}}]
    stack["resource"]["terraform_data"]["more"] = {"input": 1, "provisioner": failing}
    living.write()
    approved = approve(living, *MAIN)
    ran = living.run(*ALL, "--approved", str(approved))
    assert row(ran.output, "environment-test")[1] == "failed"
    (message,) = report_of(living, "environment-test").messages
    assert "echo (sensitive value); false" in message.summary + message.detail
    assert "hunter2" not in ran.text


def test_a_protected_account_is_applied_by_its_name_alone(team: Team) -> None:
    approved = approve(team, "common-main", "common-production")
    ran = team.run(*ALL, "--approved", str(approved), "--protected", "production", "--image", "web=one")
    assert row(ran.output, "common-production")[1] == "applied"
    assert not (team.root / "states" / "common-main.tfstate").exists()


def test_an_offline_plan_approves_nothing_real(living: Team) -> None:
    approved = approve(living, "environment-test")
    file = approved / "environment-test.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "offline": True}))
    ran = living.run(*ALL, "--approved", str(approved))
    assert ran.code == 2
    assert "what was approved was planned offline" in ran.output


def test_without_yes_each_stack_is_asked_for(living: Team) -> None:
    assert "add --yes" in living.run("apply", "--all").errors
    approved = approve(living, *MAIN)
    terminal, other = os.openpty()
    process = subprocess.Popen(
        living.command("apply", "--all", "--approved", str(approved)),
        cwd=living.root,
        env=living.environ,
        stdin=other,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.write(terminal, b"no\n")
    output, _ = process.communicate(timeout=300)
    os.close(terminal)
    os.close(other)
    assert process.returncode == 2, output
    assert output.count("Type yes:") == 1
    assert "Not confirmed; nothing was changed." in output
    assert row(output, "environment-test")[1] == "refused"


def test_after_ctrl_c_the_rest_is_not_applied(living: Team, started: Callable[..., subprocess.Popen[str]]) -> None:
    slow = {"input": 1, "provisioner": [{"local-exec": {"command": "exec sleep 60"}}]}
    living.stacks["common-main"]["resource"]["terraform_data"]["second"] = slow
    living.write()
    approved = approve(living, *MAIN)
    process = started(*ALL, "--approved", str(approved))
    eventually(lambda: says(living.root / ".tanada" / "logs" / "common-main.log", "Executing:"), process)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 130, output
    assert row(output, "common-main")[1] == "interrupted"
    assert row(output, "environment-test")[1] == "not applied"
    assert report_of(living, "environment-test").status == "not applied"
    assert list((living.root / ".tanada" / "runs").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["apply"], "Name a stack, or say --all."),
        (["apply", "common-main", "--all"], "--all takes no stack"),
        (["apply", "common-main", "--approve", "0" * 64], "belong to --all"),
        ([*ALL, "--approve", "abc"], "expected the fingerprint of a plan"),
        ([*ALL, "--protected", "prod"], "--protected prod: there is no such account; expected one of main, production"),
        ([*ALL, "--approved", "nowhere"], "expected a folder of reports"),
    ],
)
def test_bad_input_is_one_sentence(team: Team, arguments: list[str], sentence: str) -> None:
    ran = team.run(*arguments)
    assert ran.code == 2
    assert sentence in ran.text
    assert "Traceback" not in ran.text
