"""What a command says while Terraform works, and where its outcome leads."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tanada.cli.options import exit_code
from tanada.cli.output import Terminal, folded, steps
from tanada.cli.tables import show_outcomes
from tanada.declarations.inventory import Stack
from tanada.errors import TanadaError, TerraformError
from tanada.terraform import seal
from tanada.terraform.layout import Layout, Target
from tanada.terraform.outcome import Outcome
from tests.cli.program import GOOD, tanada
from tests.resources.test_unknown import COMMON

SAID = (
    "init",
    "aws_lb.x: Creating...",
    "aws_lb.x: Still creating... [10s elapsed]",
    "aws_lb.x: Still creating... [1m0s elapsed]",
    "aws_lb.x: Still creating... [01m10s elapsed]",
    "aws_lb.x: Still creating... [02m00s elapsed]",
    "aws_lb.x: Creation complete after 2m3s [id=x]",
)


def test_without_a_terminal_only_what_takes_minutes_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    report = steps("environment-test")
    for step in SAID:
        report(step)
    assert capsys.readouterr().err.splitlines() == [f"environment-test: {SAID[n]}" for n in (0, 3, 5)]


def test_verbose_says_everything(capsys: pytest.CaptureFixture[str]) -> None:
    report = steps("environment-test", verbose=True)
    for step in SAID:
        report(step)
    assert capsys.readouterr().err.splitlines() == [f"environment-test: {step}" for step in SAID]


def test_nobody_is_asked_about_what_nobody_reads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(_text: str) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("tanada.cli.output.tell", gone)
    monkeypatch.setattr(os, "dup2", lambda *_numbers: None)
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(fileno=lambda: 1))
    voice = Terminal()
    voice.say("27 to destroy")
    assert "What is said here goes nowhere from now on (Broken pipe)." in capsys.readouterr().err
    with pytest.raises(TanadaError, match="Nobody reads what this would do, so nobody can say yes to it"):
        voice.ask("Destroy it? Type yes: ")


ENVIRONMENT: Stack = replace(COMMON, name="environment-test", kind="environment", environment="test")
REVIEW = "x" * 56


@pytest.mark.parametrize(("offline", "flag"), [(True, " --offline"), (False, "")])
@pytest.mark.parametrize("width", [80, 60, 40])
def test_what_waits_is_told_what_to_do_and_nothing_is_cut(
    width: int,
    offline: bool,
    flag: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    waiting = Outcome(Target(ENVIRONMENT), "waits for common", "environment-test waits for common-main.")
    review = Outcome(Target(replace(COMMON, name="review", kind="review"), REVIEW), "no changes")
    show_outcomes([waiting, review], Layout(tmp_path), "local binary", offline=offline)
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= width
    assert "…" not in said
    assert "no changes" in said
    assert said.replace("Next", "").count("x") == 56
    told = f"Next: tanada plan common-main{flag}, then tanada apply common-main{flag}, then this again."
    assert " ".join(said.partition("\nNext")[2].split()) == told.removeprefix("Next")
    assert f"tanada plan common-main{flag}," in said, "a command stays whole"


def test_the_common_layer_that_was_planned_as_well_is_applied_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = replace(COMMON, protected=True)
    outcomes = [
        Outcome(Target(common), "changes"),
        Outcome(Target(replace(ENVIRONMENT, protected=True)), "changes", foreseen=True),
    ]
    show_outcomes(outcomes, Layout(tmp_path), "local binary", offline=True)
    said = capsys.readouterr().out
    assert "changes; waits for common-main" in said
    assert said.endswith(f"\nNext: tanada apply common-main --offline --protected {COMMON.account}, then this again.\n")
    assert [exit_code(outcomes), exit_code(outcomes, strict=True)] == [0, 1]


def test_a_sentence_goes_on_and_a_command_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    command = "tanada plan environment-test --image web=1.2 --offline"
    said = folded(
        f"environment-test is stale. Plan again: {command}, then look at it, for it is not what was approved."
    )
    assert said.splitlines() == [
        "environment-test is stale. Plan again:",
        f"    {command},",
        "    then look at it, for it is not what",
        "    was approved.",
    ]


def test_a_program_in_quotes_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    with pytest.raises(TerraformError) as refused:
        seal.key({seal.VARIABLE: "x"})
    assert seal._MAKE in folded(str(refused.value))


def test_each_mistake_is_folded_in_a_pipe_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    (tmp_path / "environments" / "test.yaml").write_text("account: main\ndomain: test.example.org\n")
    ran = tanada("check", folder=tmp_path)
    assert ran.returncode == 2
    assert max(map(len, ran.stderr.splitlines())) <= 80
    assert [line for line in ran.stderr.splitlines() if not line.startswith("    ")] == [
        "environments/test.yaml:2:9: domain: no zone of account main covers",
    ]


def test_lists_go_on_in_the_next_line_and_words_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    address = "aws_x." + "y" * 50
    listed = f"  + {', '.join(['2 aws_ecs_service'] * 4)}"
    said = folded(f"environment-test: 28 to create, 9 outputs to create\n{listed}\n    {address}").splitlines()
    assert said == [
        "environment-test: 28 to create, 9",
        "    outputs to create",
        "  + 2 aws_ecs_service, 2",
        "      aws_ecs_service, 2",
        "      aws_ecs_service, 2 aws_ecs_service",
        f"    {address}",
    ]
