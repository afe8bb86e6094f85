"""No text of others is a command to the CI that reads the log, whichever way it gets there.

What counts as one is told by readers written after actions/runner's `ActionCommand.cs` and GitLab's documentation.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tanada.cli.log import Harmless
from tests.cli.program import ROOT
from tests.templates.ci.test_checked import shell
from tests.terraform.test_changes_since import Team, team  # noqa: F401 - a fixture

COMMANDS = {"error", "warning", "notice", "debug", "add-mask", "set-output", "set-env", "add-path", "stop-commands"}
COMMANDS |= {"group", "endgroup", "save-state", "add-matcher", "remove-matcher", "echo"}
TEXTS = [
    "::error::x",
    "  \t::error file=a,line=1::x",
    "\u3000\xa0::add-mask::a",
    "::ERROR::x",
    "before\r::set-output name=way::plan",
    "before\n::stop-commands::x\nafter",
    "any ##[error]x",
    "###[add-mask]x",
    "##[set-output name=a;]b",
    "\ufeff::error::x",
    "\x0b::error::x",
    "\x85::error::x",
    "\u2028::error::x",
    "\x1b[0m::error::x",
    "#\x1b[31m#[error]x",
    ":\x1b[31m:error::x",
    "section_start:1560896352:evil\r\x1b[0K\x1b[8mhidden",
    "section_end:1560896352:evil\r\x1b[0K",
    "\x1b[2J\x9b2Jgone",
]


def taken(log: str) -> list[str]:
    """The lines that GitHub's runner or GitLab's page take for commands, and those that steer what shows them."""
    found = []
    for line in re.split(r"\r\n|\n|\r", log.removeprefix("\ufeff")):
        message = line.lstrip(
            " \t\n\r\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\u180e\ufeff\u2000\u2001\u2002"
        )
        end = message.find("::", 2)
        if message.startswith("::") and end > 0 and message[2:end].split(" ")[0].lower() in COMMANDS:
            found.append(line)
        at = line.find("##[")
        close = line.find("]", at)
        if at >= 0 and close > 0 and line[at + 3 : close].split(" ")[0].lower() in COMMANDS:
            found.append(line)
    found += re.findall(r"section_(?:start|end):\d+:[\w.-]+\r\x1b\[0K", log)
    return found + re.findall("[\x1b\x9b]", log)


@pytest.mark.parametrize("text", TEXTS)
def test_each_is_taken_for_something_until_it_is_broken(text: str) -> None:
    assert taken(text) or text.startswith(("\x0b", "\x1b", ":\x1b", "#\x1b"))
    assert taken(Harmless()(text)) == []


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_of_a_text_are_broken_as_the_whole_is(text: str) -> None:
    for size in (1, 2, 3):
        whole = Harmless()
        pieces = "".join(whole(text[at : at + size]) for at in range(0, len(text), size))
        assert taken(pieces) == []
        long = Harmless()
        printed = long("x" * 100) + "".join(long(text[at : at + size]) for at in range(0, len(text), size))
        assert taken(printed) == []


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:iam::123456789012:role/x ::\n",
        "a :: b\n",
        "environments/test.yaml:3: ##\n",
        "日本語 ✓\n",
        "",
        "# a\n\n",
    ],
)
def test_what_is_no_command_stays_as_it_is(text: str) -> None:
    assert Harmless()(text) == text
    whole = Harmless()
    assert "".join(map(whole, text)) == text


def test_a_long_line_in_pieces_costs_what_its_length_does() -> None:
    whole = Harmless()
    assert "".join(whole("ab##") for _ in range(20_000)) == 20_000 * "ab##"
    assert whole("[error]x") == "\\[error]x"


# ------------------------------------------------------------------------------------------------ whatever prints it


def printed(
    program: str, environ: Mapping[str, str], folder: Path = ROOT, *, both: bool = False, stdin: str = ""
) -> str:
    """What a process that begins as `tanada` does prints, stdout first; `both`: into one pipe."""
    clean = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS", "GITLAB_CI")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        input=stdin.encode(),
        env={**clean, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if both else subprocess.PIPE,
        check=False,
        timeout=120,
    )
    return (done.stdout + (done.stderr or b"")).decode()


GUARDED = "import os, sys\nfrom tanada.cli import log\nlog.guard(os.environ)\n"
EVIL = "x\\r::error::a\\n::add-mask::b\\n##[error]c\\n"
WAYS = {
    "print": f"print('{EVIL}')",
    "stderr": f"sys.stderr.write('{EVIL}')",
    "bytes": f"sys.stdout.buffer.write(b'{EVIL}')",
    "typer": f"import typer\ntyper.echo('{EVIL}')\ntyper.echo('{EVIL}', err=True)",
    "typer in ASCII": f"import typer\ntyper.echo('\\u3000::error::x\\n{EVIL}')",
    "rich": f"from tanada.cli.tables import console\nconsole(stderr=False).print('{EVIL}', markup=False)",
    "traceback": f"raise ValueError('{EVIL}')",
    "thread": (
        f"import threading\ndef fail(): raise ValueError('{EVIL}')\n"
        "t = threading.Thread(target=fail)\nt.start()\nt.join()"
    ),
    "warning": f"import warnings\nwarnings.warn('{EVIL}')",
    "pieces": "print(':', end='')\nprint(':error::x')",
    "process": (
        "import tempfile\nfrom pathlib import Path\nfrom tanada.terraform.process import Processes\n"
        "code = 'import sys; print(sys.argv[1]); print(sys.argv[1], file=sys.stderr)'\n"
        "Processes().run_attached([sys.executable, '-c', code, '" + EVIL + "'], cwd=Path.cwd(), environment=os.environ,"
        " said=Path(tempfile.mkdtemp()), streams=log.streams())"
    ),
}


@pytest.mark.parametrize("ci", ["GITHUB_ACTIONS", "GITLAB_CI"])
@pytest.mark.parametrize("way", WAYS)
def test_however_it_is_printed_it_is_no_command(way: str, ci: str) -> None:
    more: dict[str, str] = {"PYTHONIOENCODING": "ascii"} if "ASCII" in way else {}
    assert taken(printed(f"import os, sys\nfrom tanada.cli import log\n{WAYS[way]}", more))
    said = printed(GUARDED + WAYS[way], {ci: "true", **more})
    assert "error" in said
    assert taken(said) == []


def test_a_line_that_two_streams_make_is_no_command() -> None:
    program = "sys.stdout.write(':')\nsys.stdout.flush()\nsys.stderr.write(':error::x')"
    assert taken(printed(f"import sys\n{program}", {}, both=True)) == ["::error::x"]
    assert taken(printed(GUARDED + program, {"CI": "true"}, both=True)) == []


def test_a_file_gets_what_was_printed(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        subprocess.run(
            [sys.executable, "-c", f"{GUARDED}print('::error::x')"],
            env={**os.environ, "CI": "1"},
            stdout=file,
            check=True,
        )
    assert (tmp_path / "out").read_text() == "::error::x\n"


def tanada(folder: Path, *words: str, stdin: str = "") -> str:
    program = f"import sys\nsys.argv[1:] = {list(words)!r}\nfrom tanada.cli import main\nmain()"
    return printed(program, {"GITHUB_ACTIONS": "true", "TANADA_TERRAFORM": "local"}, folder, stdin=stdin)


def test_a_declarations_text_is_no_command(team: Team) -> None:  # noqa: F811
    team.write("environments/##[error]x.yaml", "account: main\ndomain: x.example.jp\n")
    team.replace("system.yaml", "images: [web]", 'images: [web, "a\\n::error::b"]')
    said = tanada(team.root, "check")
    assert "error" in said
    assert taken(said) == []


def test_a_name_on_the_command_line_is_no_command(team: Team) -> None:  # noqa: F811
    for word in ("x\n::error::b", "##[error]x"):
        said = tanada(team.root, "plan", word)
        assert "error" in said
        assert taken(said) == []


@pytest.mark.terraform
def test_a_terraform_that_is_handed_through_gives_no_command(team: Team) -> None:  # noqa: F811
    team.write(".terraform-version", "1.11.4\n")
    question = '"x\\n::error::a\\n##[error]b\\n"\n'
    said = tanada(team.root, "terraform", "test", "--offline", "--", "console", stdin=question)
    assert "EOT" in said
    assert ":\\:error::a" in said
    assert taken(said) == []


@pytest.mark.parametrize("variant", ["default", "many"])
def test_what_a_job_hands_on_is_one_line_whatever_was_printed(variant: str, tmp_path: Path) -> None:
    """A second line of GITHUB_OUTPUT or GITHUB_ENV is another value (GitHub's documentation, "Workflow commands")."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("tanada", "git"):
        (tools / name).write_text("#!/bin/sh\nprintf 'plan x\\nway=evil\\rBASH_ENV=evil\\nX<<EOF\\nevil\\nEOF\\n'\n")
        (tools / name).chmod(0o755)
    written = 0
    for _, text in shell("github", variant):
        if not re.search(r"GITHUB_(OUTPUT|ENV)", text) or "rm -rf .tanada" in text:
            continue
        files = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        environ = {"PATH": f"{tools}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path), "GITHUB_TOKEN": "x"}
        environ |= {"COMMIT": "x", "BASE": "x", "GITHUB_EVENT_NAME": "workflow_run", "GITHUB_SERVER_URL": "https://x"}
        environ |= {name: str(file) for name, file in files.items()}
        place = tmp_path / f"work-{written}"
        (place / "cdktf.out").mkdir(parents=True)
        subprocess.run(["bash", "-eo", "pipefail", "-c", text], cwd=place, env=environ, check=True, capture_output=True)
        lines = [line for name in ("GITHUB_OUTPUT", "GITHUB_ENV") for line in files[name].read_text().splitlines()]
        names = [line.split("=")[0] for line in lines]
        assert names
        assert len(names) == len({*names})
        assert {*names} <= {"way", "offline", "OFFLINE", "matrix"}
        written += 1
    assert written >= 3
