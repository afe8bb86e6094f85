"""Sealed plans, and what processes are not given."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from tanada.errors import TerraformError
from tanada.terraform import environ, seal
from tests.terraform.team import Team, eventually, hold, says

KEY = Fernet.generate_key().decode()


def test_only_the_key_opens_what_it_sealed() -> None:
    key = seal.key({"TANADA_PLAN_KEY": KEY})
    assert key
    sealed = seal.seal(key, b'{"a": 1}', b"PK\0plan\0")
    assert b"plan" not in sealed
    assert seal.unseal(key, sealed) == (b'{"a": 1}', b"PK\0plan\0")
    with pytest.raises(ValueError, match=r"^$"):
        seal.unseal(Fernet(Fernet.generate_key()), sealed)
    with pytest.raises(ValueError, match=r"^$"):
        seal.unseal(key, sealed[:-1] + b"A")


def test_without_the_variable_nothing_is_sealed() -> None:
    assert seal.key({}) is None


@pytest.mark.parametrize("empty", ["", " \n"])
def test_a_variable_that_is_set_and_empty_is_a_mistake(empty: str) -> None:
    """As GitHub and GitLab hand over a secret that isn't there."""
    with pytest.raises(TerraformError, match=r"^TANADA_PLAN_KEY is set and empty, so nothing would be sealed: "):
        seal.key({"TANADA_PLAN_KEY": empty})


def test_what_is_no_key_is_not_repeated() -> None:
    with pytest.raises(TerraformError, match="TANADA_PLAN_KEY is no key: expected 32 bytes") as refused:
        seal.key({"TANADA_PLAN_KEY": "hunter2ö"})
    assert "hunter2" not in str(refused.value)


def test_terraform_gets_neither_the_key_nor_tokens_of_forges() -> None:
    secret = ("TANADA_PLAN_KEY", "GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN")
    given = {**dict.fromkeys(secret, "x"), "PATH": "/bin", "AWS_REGION": "r"}
    assert environ.clean(given) == {"PATH": "/bin", "AWS_REGION": "r"}


def test_jenkins_ends_tanada_and_not_terraform_too() -> None:
    """It sends a signal to all that have its cookie; two end Terraform at once, with its lock."""
    given = {"JENKINS_SERVER_COOKIE": "x", "JENKINS_NODE_COOKIE": "y", "JENKINS_URL": "z"}
    assert environ.clean(given) == {"JENKINS_URL": "z"}


def without(team: Team) -> Team:
    """The same without the key."""
    return replace(team, environ={name: value for name, value in team.environ.items() if name != "TANADA_PLAN_KEY"})


def plans(team: Team) -> list[str]:
    return sorted(path.name for path in (team.root / ".tanada" / "plans" / "common-main").iterdir())


@pytest.fixture
def sealed(team: Team) -> Team:
    """A team whose saved plan of common-main is sealed; its key is in the environment."""
    team.environ["TANADA_PLAN_KEY"] = KEY
    network = team.stacks["common-main"]["resource"]["terraform_data"]["network"]
    network["provisioner"] = [{"local-exec": {"command": "env > ../../../environment.txt"}}]
    team.write()
    return team


@pytest.mark.parametrize(
    "words", ["destroy environment-test --yes", "rollback test --yes", "terraform environment-test -- apply"]
)
def test_what_makes_no_plan_that_stays_asks_for_a_key_all_the_same(words: str, team: Team) -> None:
    """For a state that can't be saved at its end."""
    ran = team.run(*words.split(), TANADA_PLAN_KEY=" ")
    assert ran.code == 2
    assert "TANADA_PLAN_KEY is set and empty" in ran.errors
    assert "Synthesizing" not in ran.errors


@pytest.mark.terraform
def test_a_sealed_plan_is_kept_and_applied_without_lying_open(sealed: Team) -> None:
    sealed.good("plan", "common-main", GITHUB_TOKEN="ghs_x")
    assert plans(sealed) == ["plan.tfplan.sealed", "record.json"]
    file = sealed.root / ".tanada/plans/common-main/plan.tfplan.sealed"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not file.read_bytes().startswith(b"PK"), "a plan file is a ZIP"
    sealed.good("apply", "common-main", "--yes", GITHUB_TOKEN="ghs_x")
    assert sealed.resources("common-main.tfstate") == ["network"]
    assert list(sealed.root.rglob("*.tfplan*")) == []
    given = (sealed.root / "environment.txt").read_text()
    assert "TF_IN_AUTOMATION" in given
    assert KEY not in given
    assert "ghs_x" not in given


@pytest.mark.terraform
def test_a_sealed_plan_that_does_not_open_is_one_sentence_each(sealed: Team) -> None:
    sealed.good("plan", "common-main")
    other = Fernet.generate_key().decode()
    assert (
        "doesn't open: TANADA_PLAN_KEY is another key"
        in sealed.run("apply", "common-main", "--yes", TANADA_PLAN_KEY=other).errors
    )
    assert "is sealed: set TANADA_PLAN_KEY" in without(sealed).run("apply", "common-main", "--yes").errors
    assert "TANADA_PLAN_KEY is no key" in sealed.run("apply", "common-main", "--yes", TANADA_PLAN_KEY="x").errors

    record = sealed.root / ".tanada/plans/common-main/record.json"
    text = record.read_text()
    record.write_text(text.replace('"dirty": false', '"dirty": true'))
    assert "isn't the record that was sealed with the plan" in sealed.run("apply", "common-main", "--yes").errors
    record.write_text(text)

    file = sealed.root / ".tanada/plans/common-main/plan.tfplan.sealed"
    file.write_bytes(file.read_bytes()[:-9])
    ran = sealed.run("apply", "common-main", "--yes")
    assert ran.code == 2
    assert "or the file is damaged. Plan again: tanada plan common-main" in ran.errors
    assert "Traceback" not in ran.text
    assert not (sealed.root / "states" / "common-main.tfstate").exists()
    assert list((sealed.root / ".tanada" / "runs").iterdir()) == []


@pytest.mark.terraform
def test_with_a_key_a_plan_that_was_not_sealed_is_refused(sealed: Team) -> None:
    without(sealed).good("plan", "common-main")
    assert plans(sealed) == ["plan.tfplan", "record.json"]
    ran = sealed.run("apply", "common-main", "--yes")
    assert ran.code == 2
    assert "plan.tfplan isn't sealed, though TANADA_PLAN_KEY is set." in ran.errors
    sealed.good("plan", "common-main")
    assert plans(sealed) == ["plan.tfplan.sealed", "record.json"], "the open one goes"


@pytest.mark.terraform
def test_a_record_that_was_not_sealed_approves_nothing_of_apply_all(sealed: Team) -> None:
    sealed.good("plan", "common-main")
    record = sealed.root / ".tanada/plans/common-main/record.json"
    approved = json.loads(record.read_text())
    network = sealed.stacks["common-main"]["resource"]["terraform_data"]["network"]
    network["input"] = "10.9.0.0/16"
    sealed.write()
    without(sealed).good("plan", "common-main")
    other = json.loads(record.read_text())
    assert other["summary"]["fingerprint"] != approved["summary"]["fingerprint"]
    ran = sealed.run("apply", "--all", "--yes")
    assert ran.code == 2
    assert "plan.tfplan isn't sealed, though TANADA_PLAN_KEY is set." in ran.errors

    sealed.good("plan", "common-main")
    record.write_text(record.read_text().replace(other["summary"]["fingerprint"], "0" * 64))
    ran = sealed.run("apply", "--all", "--yes")
    assert ran.code == 2
    assert "isn't the record that was sealed with the plan" in ran.errors
    assert not (sealed.root / "states" / "common-main.tfstate").exists()


@pytest.mark.terraform
def test_ctrl_c_leaves_no_open_plan(sealed: Team, started: Callable[..., subprocess.Popen[str]]) -> None:
    sealed.apply("common-main")
    with hold(sealed, "common-main"):
        process = started("plan", "common-main")
        waits = "Waits for the lock of common-main: somebody unknown holds it."
        eventually(lambda: says(sealed.root / ".tanada/logs/common-main.log", waits), process)
        assert list(sealed.root.rglob("plan.tfplan")), "where terraform is about to write it"
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 130, output
    assert waits in output, "on the terminal too, and in the CI's log"
    assert list(sealed.root.rglob("*.tfplan*")) == []
