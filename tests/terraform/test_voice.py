"""Runs without a command line: what they say goes to the voice that is handed in, and nowhere else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from tanada.errors import StoppedError, TerraformError
from tanada.terraform import targets
from tanada.terraform.apply_all import Approved, apply_all
from tanada.terraform.apply_saved import apply_saved
from tanada.terraform.layout import Layout
from tanada.terraform.outcome import Outcome
from tanada.terraform.plan import PlanOptions, plan
from tanada.terraform.run import ChangeOptions, Run, confirm, running
from tanada.terraform.voice import Listener, OnStep
from tests.terraform.team import Team


@dataclass
class Recording:
    """A voice that keeps what it hears, and answers as it was told."""

    answer: str | None = None
    said: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    steps_of: dict[str, list[str]] = field(default_factory=dict)
    tables: list[list[str]] = field(default_factory=list)

    def note(self, text: str) -> None:
        self.noted.append(text)

    def say(self, text: str) -> None:
        self.said.append(text)

    def can_ask(self) -> bool:
        return self.answer is not None

    def ask(self, question: str) -> str:
        self.questions.append(question)
        return self.answer or ""

    @contextlib.contextmanager
    def synthesizing(self) -> Iterator[Listener]:
        self.note("Synthesizing.")
        yield Listener(said=self.note)

    def steps(self, label: str) -> OnStep:
        return self.steps_of.setdefault(label, []).append

    @contextlib.contextmanager
    def progress(self, _labels: Sequence[str]) -> Iterator[Callable[[str], OnStep]]:
        yield self.steps

    def applied(self, outcomes: Sequence[Outcome], _layout: Layout, _terraform: str) -> None:
        self.tables.append([f"{outcome.target.label}: {outcome.status}" for outcome in outcomes])


@pytest.mark.terraform
def test_a_plan_and_its_apply_speak_through_their_voice_alone(
    team: Team, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # boto3 looks nowhere else
        monkeypatch.setenv(name, team.environ[name])
    voice = Recording(answer="yes")
    with running(team.root / "environments", team.environ, voice) as run:
        plans = plan(run, PlanOptions(stacks=["common-main"]))
        assert [outcome.status for outcome in plans.outcomes] == ["changes"]
        apply_saved(run, targets.one(run.system, run.stacks, "common-main", None), ChangeOptions(no_synth=True))
        assert team.resources("common-main.tfstate") == ["network"]

        plan(run, PlanOptions(stacks=["common-main", "test"], images={"web": "one"}, no_synth=True))
        outcomes = apply_all(run, ChangeOptions(no_synth=True), Approved())
    assert [outcome.status for outcome in outcomes] == ["no changes", "applied"]
    assert voice.tables == [["common-main: no changes", "environment-test: applied"]]
    assert voice.questions == [
        "Apply this to common-main (local terraform 1.11.4)? Type yes: ",
        "Apply this to environment-test (local terraform 1.11.4)? Type yes: ",
    ]
    assert "common-main: applied: 1 created (local terraform 1.11.4)." in voice.said
    assert voice.noted[0] == "Terraform: local terraform 1.11.4.", "what needs no synth comes before it"
    assert "Synthesizing." in voice.noted
    assert voice.steps_of["environment-test"][:2] == ["init", "plan"]
    assert capfd.readouterr() == ("", "")


def test_any_other_answer_than_yes_changes_nothing(team: Team) -> None:
    for answer in ("no", "", "Yes"):
        voice = Recording(answer)
        with running(team.root, team.environ, voice) as run, pytest.raises(TerraformError, match=r"^Not confirmed"):
            confirm(run, "Really?", yes=False)
    silent = Recording()
    with running(team.root, team.environ, silent) as run:
        confirm(run, "Really?", yes=True)
    assert silent.questions == []


def test_a_run_that_was_interrupted_ends_with_one_sentence(team: Team) -> None:
    voice = Recording()

    def interrupted(run: Run) -> None:
        run.processes.stop()
        raise StoppedError("Interrupted.")

    with (
        pytest.raises(StoppedError, match=r"^Ended clean: nothing runs any more, and no lock is held\.$"),
        running(team.root, team.environ, voice) as run,
    ):
        interrupted(run)
    assert voice.noted == ["Interrupted."]
