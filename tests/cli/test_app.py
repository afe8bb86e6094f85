"""The command line itself: verbs, usage errors, exit codes."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module

import pytest

from tanada import __version__, cli
from tanada.cli.app import VERBS, command
from tanada.errors import TanadaError

from .program import ROOT, tanada


def test_help_names_every_verb_with_its_sentence() -> None:
    ended = tanada("--help", folder=ROOT)
    assert ended.returncode == 0
    for verb in VERBS:
        line = next(line for line in ended.stdout.splitlines() if line.split()[:1] == [verb])
        assert len(line.split()) > 3


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_function_of_its_name_in_its_own_file(verb: str) -> None:
    function = getattr(import_module(f"tanada.cli.{verb}"), verb)
    assert function.__doc__
    assert command(verb).name == verb


def test_every_file_with_a_function_of_its_name_is_a_verb() -> None:
    files = (ROOT / "tanada" / "cli").glob("*.py")
    assert {file.stem for file in files if f"\ndef {file.stem}(" in file.read_text()} == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_called_by_a_test(verb: str) -> None:
    called = re.compile(rf'(tanada|run|called|main)\(\s*"{verb}"|(?<![\w\])])\[\s*"{verb}"|tanada {verb}\b')
    files = (ROOT / "tests").rglob("test_*.py")
    assert any(called.search(file.read_text()) for file in files), f"tests/cli/test_{verb}.py: what users do with it"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_stands_in_a_guide(verb: str) -> None:
    guides = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    spoken = any(re.search(rf"tanada {verb}\b", guide.read_text()) for guide in guides)
    assert spoken, f"a line on tanada {verb} in README.md or a guide"


def test_the_version_is_printed() -> None:
    assert tanada("--version", folder=ROOT).stdout == f"tanada {__version__}\n"


@pytest.mark.parametrize("arguments", [["chek"], ["show"], ["check", "--nope"], ["show", "a", "b"]])
def test_usage_errors_are_exit_code_2_without_a_traceback(arguments: list[str]) -> None:
    ended = tanada(*arguments, folder=ROOT)
    assert ended.returncode == 2
    assert "Error: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_refusal_ends_with_its_own_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class StaleError(TanadaError):
        exit_code = 7

    def refuse(**_: object) -> None:
        raise StaleError("The plan is stale.")

    monkeypatch.setattr("tanada.cli.app.app", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 7
    assert capsys.readouterr().err == "The plan is stale.\n"


def test_ctrl_c_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tanada.cli.app.app", interrupt)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130


def test_a_reader_that_goes_away_is_no_error() -> None:
    program = "from tanada.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "show", "test"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in (1, 141)
