"""The step that runs a task: what its end means for the services that wait for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tanada.aws import tasks as in_aws
from tanada.contract.tasks import Ended
from tanada.errors import StoppedError, TaskFailedError
from tanada.plan import Step
from tanada.secrecy import Secrets
from tanada.terraform import tasks
from tests.aws.test_registry import TEST
from tests.contract.test_tasks import HOW, plan

STEP = Step(task="migrate", before=("web", "worker"))


class Heard:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.note = self.say = self.lines.append


def step(ended: Ended, monkeypatch: pytest.MonkeyPatch, *, stopped: bool = False, due: bool = True) -> list[str]:
    """What is said while it runs."""
    voice = Heard()

    def run_to_end(stack: Any, system: str, task: Any, hear: Any, clock: Any, _environ: Any) -> Ended:
        assert (stack, system, task, clock.stopped()) == (TEST, "kakei", HOW, stopped)
        hear("migrating\x1b[2J with s3cr3t-s3cr3t")
        return ended

    monkeypatch.setattr(in_aws, "run_to_end", run_to_end)
    run = SimpleNamespace(voice=voice, processes=SimpleNamespace(stopped=stopped))
    target = SimpleNamespace(stack=TEST, label="environment-test")
    context = SimpleNamespace(offline=False, says="terraform", environ={})
    session = SimpleNamespace(target=target, context=context, secrets=Secrets(("s3cr3t-s3cr3t",)))
    tasks.run(cast(Any, run), cast(Any, session), STEP, plan(["create"] if due else ["no-op"]))
    return voice.lines


def test_its_log_is_heard_without_secrets_and_with_nothing_that_steers_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, end = step(Ended(0), monkeypatch)
    assert log.startswith("environment-test: migrate | migrating")
    assert "s3cr3t" not in log
    assert "\x1b" not in log
    assert end == "environment-test: migrate ended with 0 (terraform)."


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Ended(3, "Essential container in task exited"), "ended with exit code 3 (Essential container in task exited)"),
        (Ended(None, "CannotPullContainerError"), "did not run to its end (CannotPullContainerError)"),
    ],
)
def test_one_that_fails_leaves_the_services_as_they_are(
    ended: Ended, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TaskFailedError) as raised:
        step(ended, monkeypatch)
    sentence = f"environment-test: migrate {said}, so web and worker stay as they are. Its log is in /l."
    assert str(raised.value).startswith(sentence)
    assert raised.value.exit_code == 1
    assert raised.value.messages[0].summary.startswith(sentence)


def test_interrupted_it_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoppedError, match=r"migrate was stopped, and web and worker stay as they are\.$"):
        step(Ended(None, "the apply was interrupted"), monkeypatch, stopped=True)


def test_nothing_runs_that_the_plan_asks_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert step(Ended(1), monkeypatch, due=False) == []
