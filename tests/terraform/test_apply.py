"""`tanada apply`: saved plans that are fresh, confirmed, and lose nothing that is kept."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tanada.contract.environment import deployed, image_tag_outputs
from tanada.templates.workflows import workflows
from tests.templates.ci.systems import system
from tests.terraform.team import Team, eventually, hold, says
from tests.terraform.test_plan import record

pytestmark = pytest.mark.terraform


def test_apply_carries_out_the_saved_plan_once(team: Team) -> None:
    team.stacks["common-main"]["output"]["records_elsewhere"] = {"value": {"www.example.org": "alb-1.example.com"}}
    team.write()
    team.good("plan", "common-main")
    ran = team.good("apply", "common-main", "--yes")
    assert "common-main: applied: 1 created (local terraform 1.11.4)." in ran.output
    elsewhere = "www.example.org lies in no zone of the declaration: its DNS has to lead to alb-1.example.com."
    assert f"common-main: {elsewhere}" in ran.output
    assert team.resources("common-main.tfstate") == ["network"]
    again = team.run("apply", "common-main", "--yes")
    assert again.code == 2
    assert "There is no saved plan of common-main: run tanada plan common-main first." in again.errors


def test_a_plan_without_changes_applies_to_nothing(team: Team) -> None:
    team.given("common-main")
    team.good("plan", "common-main")
    assert "common-main: nothing to do" in team.good("apply", "common-main", "--yes").output


def test_without_a_terminal_and_without_yes_nothing_is_applied(team: Team) -> None:
    team.good("plan", "common-main")
    ran = team.run("apply", "common-main")
    assert ran.code == 2
    assert "There is no terminal to ask for confirmation: add --yes." in ran.errors
    assert not (team.root / "states" / "common-main.tfstate").exists()


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("y", 2), ("", 2)])
def test_at_a_terminal_the_word_yes_is_asked_for(team: Team, answer: str, code: int) -> None:
    team.good("plan", "common-main")
    terminal, other = os.openpty()
    process = subprocess.Popen(
        team.command("apply", "common-main"),
        cwd=team.root,
        env=team.environ,
        stdin=other,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.write(terminal, f"{answer}\n".encode())
    output, _ = process.communicate(timeout=300)
    os.close(terminal)
    os.close(other)
    assert process.returncode == code, output
    assert "Apply this to common-main (local terraform 1.11.4)? Type yes:" in output
    assert (team.root / "states" / "common-main.tfstate").exists() == (code == 0)


@contextmanager
def asked(team: Team) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """An apply of a saved plan that waits for the answer, and its terminal."""
    team.good("plan", "common-main")
    terminal, other = os.openpty()
    process = subprocess.Popen(
        team.command("apply", "common-main"), cwd=team.root, env=team.environ, stdin=other, stdout=other, stderr=other
    )
    os.close(other)  # so that reading ends with the process
    try:
        read_until(terminal, b"Type yes:")
        yield process, terminal
    finally:
        os.close(terminal)


def read_until(terminal: int, words: bytes) -> None:
    """Raises OSError where the process has ended and nothing more comes."""
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 4096)


def test_ctrl_c_at_the_question_changes_nothing(team: Team) -> None:
    with asked(team) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(300) == 130
    assert not (team.root / "states" / "common-main.tfstate").exists()


def test_what_takes_the_plans_place_at_the_question_is_not_applied(team: Team) -> None:
    with asked(team) as (process, terminal):
        (team.root / ".tanada" / "plans" / "common-main" / "plan.tfplan").write_bytes(b"another plan")
        os.write(terminal, b"yes\n")
        read_until(terminal, b"applied:")
        assert process.wait(300) == 0
    assert (team.root / "states" / "common-main.tfstate").exists()


def stale(team: Team, stack: str = "common-main") -> str:
    ran = team.run("apply", stack, "--yes")
    assert ran.code == 2, ran.text
    return ran.errors


def test_a_plan_of_another_configuration_is_stale(team: Team) -> None:
    team.good("plan", "common-main")
    team.stacks["common-main"]["resource"]["terraform_data"]["second"] = {"input": 2}
    team.write()
    text = stale(team)
    assert "The plan of common-main is stale: the configuration (cdk.tf.json or the lock file) was " in text
    assert "Plan again: tanada plan common-main" in text


def test_a_plan_of_another_commit_is_stale(team: Team) -> None:
    team.git("init")
    team.git("add", ".")
    team.git("commit", "-m", "first")
    team.given("common-main", "environment-test")
    team.good("plan", "environment-test", "--image", "web=two")
    team.git("commit", "--allow-empty", "-m", "second")
    text = stale(team, "environment-test")
    assert "is stale: the commit was " in text
    assert "Plan again: tanada plan environment-test --image web=two" in text
    assert "Synthesizing" not in text, "that is known before it"

    ran = team.good("plan", "environment-test")
    assert "environment-test takes web two, which an earlier plan was given" in ran.text
    assert record(team, "environment-test")["image_tags"] == {"web": "two"}
    ran = team.good("plan", "environment-test", GITLAB_CI="true", CI="true")
    assert record(team, "environment-test")["image_tags"] == {"web": "one"}, "a job takes what it is told"


def test_a_first_plan_is_stale_once_there_is_a_state(team: Team) -> None:
    team.good("plan", "common-main")
    saved = {path.name: path.read_bytes() for path in (team.root / ".tanada/plans/common-main").iterdir()}
    team.good("apply", "common-main", "--yes")
    for name, data in saved.items():
        (team.root / ".tanada/plans/common-main" / name).write_bytes(data)
    text = stale(team)
    assert "the state's lineage was none and is" in text
    assert "the state's serial was none and is" in text


def test_a_plan_of_an_older_state_is_stale(team: Team) -> None:
    team.given("common-main")
    team.stacks["common-main"]["output"]["contract"]["value"] = 2
    team.write()
    team.good("plan", "common-main")
    state = team.root / "states" / "common-main.tfstate"
    data = json.loads(state.read_text())
    state.write_text(json.dumps({**data, "serial": data["serial"] + 1}))
    assert f"the state's serial was {data['serial']} and is {data['serial'] + 1}" in stale(team)


def test_a_plan_of_another_terraform_is_stale(team: Team) -> None:
    team.good("plan", "common-main")
    record = team.root / ".tanada/plans/common-main/record.json"
    record.write_text(record.read_text().replace('"1.11.4"', '"1.11.3"'))
    assert "Terraform's version was 1.11.3 and is 1.11.4" in stale(team)


def test_a_record_that_cannot_be_read_is_no_traceback(team: Team) -> None:
    team.good("plan", "common-main")
    (team.root / ".tanada/plans/common-main/record.json").write_text("{")
    assert "record.json can't be read: plan again with tanada plan common-main." in stale(team)


def test_a_protected_account_wants_its_name(team: Team) -> None:
    team.good("plan", "common-production")
    ran = team.run("apply", "common-production", "--yes")
    assert ran.code == 2
    assert "belongs to the protected account production: add --protected production." in ran.errors
    wrong = team.run("apply", "common-production", "--yes", "--protected", "main")
    assert "common-production belongs to the account production." in wrong.errors
    team.good("apply", "common-production", "--yes", "--protected", "production")


def test_one_command_line_serves_a_loop_over_stacks(team: Team) -> None:
    """Words that don't fit a stack are a note, as long as they fit any."""
    for stack in ("common-main", "common-production", "environment-test"):
        planned = team.good("plan", stack, "--image", "web=one", "--protected", "production")
        applied = team.good("apply", stack, "--yes", "--protected", "production")
        assert ("--image web=…: not used here, only by other stacks." in planned.errors) == (
            stack != "environment-test"
        )
        assert ("--protected production: not used here" in applied.errors) == (stack != "common-production")
    for verb in (("plan",), ("destroy", "--yes")):
        assert team.run(*verb, "environment-test", "--protected", "prod").code == 2
    destroyed = team.good("destroy", "environment-test", "--yes", "--protected", "production")
    assert "--protected production: not used here; environment-test belongs to the account main." in destroyed.errors


def test_an_apply_that_fails_says_why_and_uses_up_the_plan(team: Team) -> None:
    failing = {"local-exec": {"command": "exit 3"}}
    team.stacks["common-main"]["resource"]["terraform_data"]["network"]["provisioner"] = [failing]
    team.write()
    team.good("plan", "common-main")
    ran = team.run("apply", "common-main", "--yes")
    assert ran.code == 1
    assert "Error running command 'exit 3'" in " ".join(ran.errors.split())
    assert list((team.root / ".tanada/plans/common-main").iterdir()) == []


def lock(team: Team) -> Path:
    return team.root / "states" / ".common-main.tfstate.lock.info"


def saved_in_jenkins() -> str:
    """The shell of the step that applies what the step before it has planned."""
    [text] = workflows("jenkins", system("jenkins")).values()
    [step] = re.findall(r"\bsh '''((?:(?!''').)*exec tanada apply --all --yes.*?)'''", text, re.S)
    return re.sub(r"\\(.)", r"\1", step)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_during_an_apply_leaves_no_lock_no_process_and_no_folder(
    team: Team, number: signal.Signals, started: Callable[..., subprocess.Popen[str]]
) -> None:
    slow = {"local-exec": {"command": "exec sleep 60"}}
    team.stacks["common-main"]["resource"]["terraform_data"]["network"]["provisioner"] = [slow]
    team.write()
    team.good("plan", "common-main")
    step = saved_in_jenkins() if number is signal.SIGTERM else None
    process = started("apply", "common-main", "--yes", step=step)
    # Not earlier: an interrupt between Terraform's lock and its first resource stops nothing (seen on 1.11.4).
    log = team.root / ".tanada" / "logs" / "common-main.log"
    eventually(lambda: says(log, "Executing:"), process)
    assert lock(team).exists()
    if step:
        process.send_signal(number)  # as a forge does: to the shell of the job's step
    else:
        os.killpg(process.pid, number)  # as a terminal does: to the whole group
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 130, output
    assert "Interrupted: waiting for what runs to end; terraform releases its locks." in output
    assert "Ended clean" in output
    assert not lock(team).exists()
    assert list((team.root / ".tanada" / "runs").iterdir()) == []
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(team.root) not in running
    team.stacks["common-main"]["resource"]["terraform_data"]["network"].pop("provisioner")
    team.write()
    team.apply("common-main")


def test_ctrl_c_during_plans_ends_all_of_them(team: Team, started: Callable[..., subprocess.Popen[str]]) -> None:
    names = ("common-main", "common-production")
    team.given(*names)
    team.good("plan", *names)
    with hold(team, *names):
        process = started("plan", *names, "--jobs", "2", "--no-synth")
        logs = [team.root / ".tanada" / "logs" / f"{name}.log" for name in names]
        eventually(lambda: all(says(log, "Acquiring state lock") for log in logs), process)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 130, output
    assert output.count("interrupted") == 2
    assert "Ended clean" not in output, "a lock lies there"
    assert "Ended: nothing of this run runs any more. common-" in output
    for name in names:
        assert f"{name} is locked by somebody unknown. When nothing of that runs any more" in output
        word = " --protected production" if name == "common-production" else ""
        assert f"tanada terraform {name}{word} -- force-unlock 1" in output
    assert list((team.root / ".tanada" / "runs").iterdir()) == []
    for name in names:
        assert list((team.root / ".tanada" / "plans" / name).iterdir()) == []


def test_ctrl_c_while_synthesizing_is_no_traceback(team: Team, started: Callable[..., subprocess.Popen[str]]) -> None:
    main = team.root / "main.py"
    main.write_text("import pathlib, time\npathlib.Path('began').touch()\ntime.sleep(60)\n")
    process = started("plan", "common-main")
    eventually((team.root / "began").exists, process)
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Interrupted while synthesizing." in output
    assert "Traceback" not in output


def test_a_tag_whose_deployment_failed_is_not_the_one_last_applied_and_others_are(team: Team) -> None:
    """The shape of an environment: a definition for each tag, and a service that runs it, which may fail."""
    fails = [{"local-exec": {"command": 'test "$TAG" != bad', "environment": {"TAG": "${var.image_tags.web}"}}}]
    stack = team.stacks["environment-test"]
    stack["resource"]["terraform_data"] = {
        **{f"{image}_definition": {"triggers_replace": f"${{var.image_tags.{image}}}"} for image in ("web", "job")},
        "web": {"triggers_replace": "${terraform_data.web_definition.id}", "provisioner": fails},
        "job": {"input": "${terraform_data.job_definition.id}"},
    }
    tags = {
        "web": deployed(["terraform_data.web.triggers_replace"], "var.image_tags.web"),
        "job": deployed(["terraform_data.job.input"], "var.image_tags.job"),
    }
    stack["output"] = {
        "image_tags": {"value": tags},
        **{name: {"value": value} for name, value in image_tag_outputs(tags).items()},
    }
    system = team.root / "system.yaml"
    system.write_text(system.read_text().replace("[web]", "[web, job]") + "    job: {image: job}\n")
    team.given("common-main")
    team.write()
    team.good("plan", "environment-test", "--image", "web=good", "--image", "job=one")
    team.good("apply", "environment-test", "--yes")

    team.good("plan", "environment-test", "--image", "web=bad", "--image", "job=two")
    failed = team.run("apply", "environment-test", "--yes")
    assert failed.code == 1
    assert "the next plan takes what worked before (web good)" in plain(failed.text)
    assert "tanada plan environment-test --image job=two --image web=bad" in plain(failed.text)
    assert tags_of_plan(team, "web: bad failed (", "UTC), good runs", "--image web=bad") == {
        "web": "good",
        "job": "two",
    }

    # Tried again its definition is there, so Terraform knows the output at plan, and stores it though the apply fails.
    team.good("plan", "environment-test", "--image", "web=bad")
    assert team.run("apply", "environment-test", "--yes").code == 1
    assert team.state("environment-test.tfstate")["outputs"]["image_tag_web"]["value"] == "bad"
    assert tags_of_plan(team, "web: bad failed (") == {"web": "good", "job": "two"}

    team.good("plan", "environment-test", "--image", "web=better")
    team.good("apply", "environment-test", "--yes")
    refused = team.run("rollback", "test", "web", "--yes", "--image", "web=bad")
    assert refused.code == 2
    assert "--image web=bad: nothing says that it ever worked in environment-test; known are better (" in refused.errors
    back = team.good("rollback", "test", "--yes", "--no-synth")
    assert "environment-test: web: back from better to good." in plain(back.output)
    assert team.state("environment-test.tfstate")["outputs"]["image_tag_web"]["value"] == "good"
    refused = team.run("rollback", "test", "web", "--yes", "--no-synth")
    assert refused.code == 2
    assert "environment-test: no tag of web is known that worked before the one that runs" in plain(refused.errors)


def plain(text: str) -> str:
    return " ".join(text.split())


def tags_of_plan(team: Team, *said: str) -> dict[str, str]:
    """What a plan without `--image` takes, once it has said something."""
    text = plain(team.good("plan", "environment-test").text)
    for each in said:
        assert each in text
    tags: dict[str, str] = record(team, "environment-test")["image_tags"]
    return tags
