"""`tanada diff --since` and `tanada matrix`, as a user and as CI run them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terraform.repository import ENVIRON, commit, git, repository
from tests.terraform.team import eventually

from .program import ROOT

PROGRAM = [sys.executable, "-c", "from tanada.cli import main; main()"]
MAIN = """\
import json, os, pathlib, time
while pathlib.Path("wait").exists():
    pathlib.Path(os.environ["STARTED"]).touch()
    time.sleep(0.05)
text = pathlib.Path("system.yaml").read_text()
port = next(line for line in text.splitlines() if "port:" in line).split()[1]
for name in ("common-main", "common-production", "environment-test", "environment-production", "review"):
    folder = pathlib.Path("cdktf.out/stacks") / name
    folder.mkdir(parents=True, exist_ok=True)
    own = {} if name.startswith("common") else {"resource": {"aws_x": {"web": {"port": port}}}}
    (folder / "cdk.tf.json").write_text(json.dumps(own))
"""


class Team:
    def __init__(self, folder: Path) -> None:
        self.root = repository(folder / "kakei")
        shutil.copytree(ROOT / "tests" / "declarations" / "good", self.root, dirs_exist_ok=True)
        (self.root / "main.py").write_text(MAIN)
        (self.root / ".gitignore").write_text("cdktf.out/\n.tanada/\n")
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.environ = {**ENVIRON, "TMPDIR": str(self.temporary), "STARTED": str(folder / "started")}
        self.base = commit(self.root)

    def edit(self, old: str, new: str) -> None:
        file = self.root / "system.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    def run(self, *arguments: str, folder: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *arguments],
            cwd=self.root / folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def says(self, *arguments: str) -> str:
        ran = self.run(*arguments)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def test_without_a_difference_stdout_is_empty(team: Team) -> None:
    ran = team.run("diff", "--since", "main", folder="environments")
    assert (ran.returncode, ran.stdout) == (0, "")
    compared = f"Compared with {team.base[:12]}, where HEAD and main parted.\n"
    assert ran.stderr == f"Synthesizing.\n{compared}No declared stack differs.\n"


def test_each_stack_shows_the_line_and_what_it_does(team: Team) -> None:
    team.edit("port: 3000", "port: 3001   # the image's new one")
    text = "  system.yaml:20: blueprint.services.web.port: 3000 → 3001  # the image's new one\n  ~ aws_x.web: port\n"
    assert team.says("diff", "--since", "main") == "".join(
        f"{stack}\n{text}" for stack in ("environment-production", "environment-test", "review")
    )


def test_names_are_for_programs(team: Team) -> None:
    team.edit("port: 3000", "port: 3001")
    assert team.says("diff", "--since", "main", "--names") == "environment-production\nenvironment-test\nreview\n"


def test_what_is_declared_no_more_is_said_aside(team: Team) -> None:
    (team.root / "environments" / "test.yaml").unlink()
    ran = team.run("diff", "--since", "main", "--names")
    assert ran.stdout == ""
    assert "Declared no more: environment-test.\n" in ran.stderr


def test_an_unknown_ref_is_one_sentence_and_exit_code_2(team: Team) -> None:
    ran = team.run("diff", "--since", "nope")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("There is no commit nope here, and no remote origin to ask;")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("ref", "sentence"),
    [
        ("", "A commit to compare with is needed: name a branch, a tag or a commit, such as main."),
        ("HEAD~99", "There is no commit HEAD~99 here; name a branch, a tag or a whole commit id."),
    ],
)
def test_what_can_be_no_ref_is_asked_of_nobody(team: Team, ref: str, sentence: str) -> None:
    ran = team.run("diff", "--since", ref)
    assert (ran.returncode, ran.stderr) == (2, f"{sentence}\n")


def test_ctrl_c_leaves_nothing_behind(team: Team) -> None:
    team.root.joinpath("wait").touch()
    git(team.root, "add", "--force", "wait")
    commit(team.root)
    team.root.joinpath("wait").unlink()
    # The base waits, the working tree doesn't.
    process = subprocess.Popen(
        [*PROGRAM, "diff", "--since", "main"],
        cwd=team.root,
        env=team.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        eventually(Path(team.environ["STARTED"]).exists, process)
        assert [each.name[:7] for each in team.temporary.iterdir()] == ["tanada-"]
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert (process.returncode, output) == (130, "")
    assert not list(team.temporary.iterdir())
    assert git(team.root, "worktree", "list").count("\n") == 0
    assert git(team.root, "status", "--porcelain") == "D wait"


# --- matrix ----------------------------------------------------------------------------------------------------------


def test_the_matrix_is_one_line_for_githubs_output(team: Team) -> None:
    ran = team.run("matrix", "--forge", "github", "--shards", "2")
    assert ran.stdout == (
        '{"include":[{"shard":"1","stacks":"common-main environment-production"},'
        '{"shard":"2","stacks":"common-production environment-test"}]}\n'
    )


def test_the_matrix_of_what_changed(team: Team) -> None:
    team.edit("port: 3000", "port: 3001")
    (job,) = json.loads(team.says("matrix", "--forge", "github", "--changed-since", "main"))["include"]
    assert job == {"shard": "1", "stacks": "environment-production environment-test"}


def test_what_is_not_created_is_no_job(team: Team) -> None:
    file = team.root / "environments" / "test.yaml"
    file.write_text(f"{file.read_text()}created: false\n")
    assert "environment-test" not in team.says("matrix", "--forge", "github")


def test_where_nothing_changed_the_matrix_is_empty(team: Team) -> None:
    assert team.says("matrix", "--forge", "github", "--changed-since", "main") == '{"include":[]}\n'
    assert team.says("matrix", "--forge", "gitlab", "--changed-since", "main").startswith('"nothing to plan":\n')


def test_where_a_stack_only_went_one_job_looks_for_what_it_left_behind(team: Team) -> None:
    git(team.root, "rm", "--quiet", "environments/test.yaml")
    (job,) = json.loads(team.says("matrix", "--forge", "github", "--changed-since", "main"))["include"]
    assert job == {"shard": "1", "stacks": "common-main"}


def test_gitlab_gets_yaml(team: Team) -> None:
    assert team.says("matrix", "--forge", "gitlab", "--shards", "4").count('  extends: ".tanada-plan"\n') == 4


@pytest.mark.parametrize("arguments", [["--shards", "257", "--forge", "github"], ["--forge", "gitea"], []])
def test_what_no_forge_takes_is_refused(team: Team, arguments: list[str]) -> None:
    assert team.run("matrix", *arguments).returncode == 2


# --- the real synth --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_default_systems_stacks_are_told_apart_and_nothing_is_made_twice(tmp_path: Path) -> None:
    root = repository(tmp_path / "kakei")
    for name in ("environments", "workspaces"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("system.yaml", "main.py", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    (root / ".gitignore").write_text("cdktf.out/\n")
    commit(root)
    node = tmp_path / "node"
    node.write_text(f'#!/bin/sh\ntouch {tmp_path}/started\nexec {shutil.which("node")} "$@"\n')
    node.chmod(0o755)
    environ = {name: value for name, value in ENVIRON.items() if name != "TANADA_CACHE"}
    environ |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "JSII_NODE": str(node), "PYTHONPATH": str(ROOT)}

    def diff() -> str:
        (tmp_path / "started").unlink(missing_ok=True)
        ran = subprocess.run(
            [*PROGRAM, "diff", "--since", "main"], cwd=root, env=environ, capture_output=True, text=True, timeout=300
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert diff() == ""
    assert not (tmp_path / "started").exists()
    file = root / "environments" / "production.yaml"
    file.write_text(file.read_text().replace("cpu: 512, memory: 1024", "cpu: 1024, memory: 2048"))
    expected = (
        "environment-production\n"
        "  environments/production.yaml:4: services.web.cpu: 512 → 1024\n"
        "  environments/production.yaml:4: services.web.memory: 1024 → 2048\n"
        "  ~ aws_ecs_task_definition.web_task_definition: cpu, memory\n"
    )
    assert diff() == expected
    assert (tmp_path / "started").exists()
    assert diff() == expected
    assert not (tmp_path / "started").exists()


def test_a_mistake_that_both_sides_have_is_said(tmp_path: Path) -> None:
    """Also beside a comment that differs."""
    root = repository(tmp_path / "kakei")
    for name in ("environments", "workspaces"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("system.yaml", "main.py", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    (root / "environments" / "test.yaml").write_text("acount: main\ndomain: test.example.jp\n")
    commit(root)
    with (root / "environments" / "test2.yaml").open("a") as file:
        file.write("# ours\n")
    environ = {**ENVIRON, "XDG_CACHE_HOME": str(tmp_path / "cache"), "TANADA_CACHE": "1", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([*PROGRAM, "diff", "--since", "main"], cwd=root, env=environ, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "environments/test.yaml:1:1: acount: unknown field" in ran.stderr
