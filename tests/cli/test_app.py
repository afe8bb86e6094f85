"""The command line itself: verbs, usage errors, exit codes."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest
import typer
from typer.core import TyperArgument, TyperOption

from tanada import __version__, cli
from tanada.cli.app import VERBS, app, command, word
from tanada.errors import TanadaError
from tests.golden import held

from .program import ROOT, tanada


def test_help_names_every_verb_with_its_sentence() -> None:
    ended = tanada("--help", folder=ROOT)
    assert ended.returncode == 0
    for verb in VERBS:
        line = next(line for line in ended.stdout.splitlines() if line.split()[:1] == [verb])
        assert len(line.split()) > 3


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_function_of_its_name_in_its_own_file(verb: str) -> None:
    function = getattr(import_module(f"tanada.cli.{word(verb)}"), word(verb))
    assert function.__doc__
    assert command(verb).name == verb


def test_every_file_with_a_function_of_its_name_is_a_verb() -> None:
    files = (ROOT / "tanada" / "cli").glob("*.py")
    assert {file.stem for file in files if f"\ndef {file.stem}(" in file.read_text()} == set(map(word, VERBS))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_called_by_a_test(verb: str) -> None:
    called = re.compile(rf'(tanada|run|called|main)\(\s*"{verb}"|(?<![\w\])])\[\s*"{verb}"|tanada {verb}\b')
    files = (ROOT / "tests").rglob("test_*.py")
    assert any(called.search(file.read_text()) for file in files), f"tests/cli/test_{verb}.py: what users do with it"


def reference(verb: str) -> Iterator[str]:
    """A verb's section in the guide: what its `--help` says."""
    written = command(verb)
    arguments = [each for each in written.params if isinstance(each, TyperArgument)]
    options = [each for each in written.params if isinstance(each, TyperOption)]
    words = " ".join([f"tanada {verb}", *(_placeholder(each) for each in arguments)])
    yield f"## {verb}\n\n`{words}`\n\n{inspect.cleandoc(written.help or '')}\n\n"
    yield from (f"`{_placeholder(each)}`: {each.help}\n\n" for each in arguments if each.help)
    if options:
        yield "| option | meaning |\n| --- | --- |\n"
        for each in options:
            names = ", ".join((*each.opts, *each.secondary_opts))
            value = f" {each.metavar}".replace("|", "\\|") if each.metavar else ""  # as a table wants it
            yield f"| `{names}{value}` | {each.help} |\n"
        yield "\n"


def _placeholder(argument: TyperArgument) -> str:
    word = argument.metavar or str(argument.name).upper()
    return word if argument.required else f"[{word}]"


def test_the_guide_of_commands_says_what_their_help_says() -> None:
    sections = "".join(line for verb in VERBS for line in reference(verb))
    head = "What `tanada <verb> --help` says; how they work together: [Terraform](terraform.md), [CI](ci.md)."
    held(ROOT / "docs" / "commands.md", f"# Commands\n\n{head}\n\n{sections.rstrip()}\n")


def test_the_version_is_printed() -> None:
    assert tanada("--version", folder=ROOT).stdout == f"tanada {__version__}\n"


def test_a_verb_that_is_none_is_told_what_was_meant() -> None:
    ended = tanada("chek", folder=ROOT)
    assert (ended.returncode, ended.stderr) == (2, 'There is no command "chek"; did you mean "check"?\n')
    assert tanada("xyz", folder=ROOT).stderr == 'There is no command "xyz"; `tanada --help` lists them\n'


@pytest.mark.parametrize("arguments", [["-h"], ["plan", "-h"]])
def test_help_is_asked_for_in_either_way(arguments: list[str]) -> None:
    ended = tanada(*arguments, folder=ROOT)
    assert ended.returncode == 0
    assert ended.stdout == tanada(*arguments[:-1], "--help", folder=ROOT).stdout


def test_the_guide_is_at_hand() -> None:
    listed = tanada("guide", folder=ROOT).stdout
    assert {line.split()[0] for line in listed.splitlines()} == {
        page.relative_to(ROOT / "docs").with_suffix("").as_posix()
        for folder in (ROOT / "docs", ROOT / "docs" / "capabilities")
        for page in folder.glob("*.md")
        if page.stem != "README"
    }
    assert tanada("guide", "glossary", folder=ROOT).stdout == (ROOT / "docs" / "glossary.md").read_text()
    assert tanada("guide", "table", folder=ROOT).stdout == (ROOT / "docs" / "capabilities" / "table.md").read_text()
    ended = tanada("guide", "terrafrom", folder=ROOT)
    assert (ended.returncode, ended.stderr) == (2, 'There is no page "terrafrom"; did you mean "terraform"?\n')
    ended = tanada("guide", "capabilities/secret", folder=ROOT)
    assert ended.stderr == 'There is no page "capabilities/secret"; did you mean "capabilities/secrets"?\n'


@pytest.mark.parametrize("arguments", [["show"], ["check", "--nope"], ["show", "a", "b"]])
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


@pytest.mark.parametrize("words", ["show test", "compare", "--help", "plan --help"])
def test_a_reader_that_goes_away_is_no_error(words: str) -> None:
    program = "from tanada.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, *words.split()], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141, "1 says that Terraform failed"


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_no_type_of_python(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    command(verb)(["--help"], standalone_mode=False)
    said = capsys.readouterr().out
    assert not re.search(r"<(str|int|list|path)|list\[|range", said), said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan", "--jobs", "0"], "'--jobs': expected a number, 1 or more."),
        (["plan", "--jobs", "many"], "'--jobs': expected a whole number."),
        (["ci", "githb"], '\'CI\': "githb" is none; did you mean "github"?'),
        (["matrix", "--forge", "x"], "'--forge': \"x\" is none; expected one of github, gitlab"),
    ],
)
def test_a_value_that_is_none_is_said_in_our_words(arguments: list[str], sentence: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        command(arguments[0])(arguments[1:], standalone_mode=False)
    assert refused.value.format_message() == f"Invalid value for {sentence}"


@pytest.mark.parametrize(
    ("streams", "code", "said"),
    [
        (">&-", 0, ""),
        ("2>&-", 0, ""),
        ("<&-", 0, ""),
        (">/dev/full", 1, "What this prints, or writes, finds no room: no space left on device.\n"),
        ("2>/dev/full", 0, ""),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_bug(streams: str, code: int, said: str) -> None:
    program = "from tanada.cli import main; main()"
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -c "{program}" guide terraform {streams}', sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (ended.returncode, ended.stderr) == (code, said)


def test_an_option_before_its_command_is_told_where_it_belongs() -> None:
    ended = tanada("--offline", "plan", "test", folder=ROOT)
    expected = "Options stand behind their command: tanada plan --offline …\n"
    assert (ended.returncode, ended.stderr) == (2, expected)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("plan --stack test", "Stacks stand without an option: tanada plan NAME."),
        ("destroy --environment test", "Stacks stand without an option: tanada destroy NAME."),
        ("plan --all", "Where no stack is named, it is all: tanada plan."),
        ("plan --changed-since --offline", "--changed-since needs a value, and --offline stands behind it."),
        ("apply test --destroy --yes", "--destroy needs a value, and --yes stands behind it."),
    ],
)
def test_a_slip_in_a_command_line_is_told_what_to_write(line: str, said: str) -> None:
    with pytest.raises(TanadaError) as refused:
        app(line.split(), standalone_mode=False)
    assert str(refused.value) == said


def test_a_usage_error_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = tanada("ci", "gitea", folder=ROOT)
    assert max(map(len, ended.stderr.splitlines())) <= 80
    assert ended.stderr.endswith('"gitea" is none; expected one of github, gitlab,\n    jenkins, codebuild\n')
