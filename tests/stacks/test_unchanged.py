"""`main.py` and `tanada synth` where nothing has changed: the same bytes, without CDKTF, without Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tanada.terraform import synth as synthesizing

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HEAVY = ("boto3", "cdktf", "constructs", "grpc", "jinja2", "jsii", "modules", "pydantic", "rich", "ruamel")
LOADED = f"""
import atexit, sys
atexit.register(lambda: print("loaded", *sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr))
"""
MAIN = f"{LOADED}import runpy; runpy.run_path('main.py', run_name='__main__')"
TANADA = f"{LOADED}from tanada.cli import main; main()"


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.json"))}


def written(folder: Path) -> dict[str, int]:
    """By stack, when its file was written."""
    return {file.parent.name: file.stat().st_mtime_ns for file in folder.rglob("cdk.tf.json")}


class Team:
    """A copy of the default system, a cache of its own, and a Node that notes when it is started."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "team"
        self.root.mkdir()
        for name in ("environments", "workspaces"):
            shutil.copytree(ROOT / name, self.root / name)
        for name in ("system.yaml", "main.py", ".terraform-version"):
            shutil.copy(ROOT / name, self.root / name)
        self.started = folder / "started"
        node = folder / "node"
        node.write_text(f'#!/bin/sh\ntouch {self.started}\nexec {shutil.which("node")} "$@"\n')
        node.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name != "TANADA_CACHE"}
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.environ = {**kept, "XDG_CACHE_HOME": str(folder / "cache"), "JSII_NODE": str(node), "PYTHONPATH": path}

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.started.unlink(missing_ok=True)
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=self.root,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
        )


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """Synthesized once."""
    made = Team(tmp_path_factory.mktemp("unchanged"))
    ran = made.run(MAIN)
    assert ran.returncode == 0, ran.stderr
    assert made.started.exists()
    return made


def test_main_unchanged_gives_a_fresh_synths_bytes_without_node_and_cdktf(team: Team, synthesized: Path) -> None:
    assert files(team.root / "cdktf.out") == files(synthesized)
    shutil.rmtree(team.root / "cdktf.out")
    ran = team.run(MAIN)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "loaded\n")
    assert not team.started.exists()
    assert files(team.root / "cdktf.out") == files(synthesized)


def test_the_command_line_unchanged_starts_no_process_and_names_the_stacks(team: Team, synthesized: Path) -> None:
    (team.root / "cdktf.out" / "manifest.json").unlink()
    ran = team.run(TANADA, "synth")
    assert ran.returncode == 0
    assert "Nothing has changed since the last synth.\n" in ran.stderr
    assert "Synthesizing" not in ran.stderr
    assert ran.stderr.endswith("loaded\n")
    assert not team.started.exists()
    assert ran.stdout.splitlines() == [
        f"cdktf.out/stacks/{stack}/cdk.tf.json"
        for stack in (
            "common-main",
            "common-production",
            "environment-production",
            "environment-test",
            "environment-test2",
            "review",
        )
    ]
    assert files(team.root / "cdktf.out") == files(synthesized)


def test_no_cache_makes_everything_anew(team: Team, synthesized: Path) -> None:
    ran = team.run(TANADA, "synth", "--no-cache")
    assert ran.returncode == 0
    assert team.started.exists()
    assert "Synthesizing." in ran.stderr
    assert files(team.root / "cdktf.out") == files(synthesized)


def test_a_mistake_is_reported_every_time(team: Team) -> None:
    file = team.root / "environments" / "test.yaml"
    before = file.read_text()
    file.write_text("account: mian\ndomain: test.example.jp\n")
    try:
        for _ in range(2):
            ran = team.run(MAIN)
            assert ran.returncode == 2
            assert ran.stderr.startswith("environments/test.yaml:1:10: ")
    finally:
        file.write_text(before)


def test_a_main_of_ones_own_is_always_run(team: Team) -> None:
    file = team.root / "main.py"
    before = file.read_text()
    file.write_text(f"{before}print('and more')\n")
    try:
        assert synthesizing.unchanged(team.root, team.environ) is None
    finally:
        file.write_text(before)


@pytest.fixture
def edited(team: Team) -> Iterator[Callable[[str, str, str], None]]:
    """Replaces a text in a file of the team, until the test's end."""
    before: dict[Path, str] = {}

    def edit(name: str, old: str, new: str) -> None:
        file = team.root / name
        text = before.setdefault(file, file.read_text())
        assert old in text
        file.write_text(text.replace(old, new, 1))

    yield edit
    for file, text in before.items():
        file.write_text(text)


Edited = Callable[[str, str, str], None]


@pytest.mark.parametrize("program", [MAIN, TANADA])
def test_another_comment_starts_no_node_and_builds_no_model(
    team: Team, synthesized: Path, edited: Edited, program: str
) -> None:
    edited("system.yaml", "system: kakei", f"# {len(program)}\nsystem:   'kakei'")
    edited("environments/test.yaml", "account", "# ours\naccount")
    shutil.rmtree(team.root / "cdktf.out")
    ran = team.run(program, *(["synth"] if program == TANADA else []))
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.endswith("loaded ruamel\n")
    assert not team.started.exists()
    assert files(team.root / "cdktf.out") == files(synthesized)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("workspaces/review.yaml", "limit: 20", "limit: 7"),
        ("system.yaml", "accounts:\n  main:\n", "accounts:\n  main:\n    quotas: {iam_roles: 2000}\n"),
        ("system.yaml", "  load_balancers: {public: {}}         # shared by all services that are public\n", ""),
    ],
)
def test_what_no_stack_is_made_of_makes_none(
    team: Team, synthesized: Path, edited: Edited, file: str, old: str, new: str
) -> None:
    team.run(MAIN)
    before = written(team.root / "cdktf.out")
    edited(file, old, new)
    ran = team.run(MAIN)
    assert ran.returncode == 0, ran.stderr
    assert written(team.root / "cdktf.out") == before
    assert files(team.root / "cdktf.out") == files(synthesized)


def test_an_edit_of_one_environment_writes_that_one_alone(team: Team, synthesized: Path, edited: Edited) -> None:
    team.run(MAIN)
    before = written(team.root / "cdktf.out")
    edited("environments/test.yaml", "account: main", "account: main\nremoval: delete")
    ran = team.run(MAIN)
    assert ran.returncode == 0, ran.stderr
    assert team.started.exists()
    new = written(team.root / "cdktf.out")
    assert [name for name, time in before.items() if new[name] != time] == ["environment-test"]
    differing = files(team.root / "cdktf.out").items() - files(synthesized).items()
    assert [name for name, _ in differing] == ["stacks/environment-test/cdk.tf.json"]
