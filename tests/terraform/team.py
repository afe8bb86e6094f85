"""A team's repository in miniature: real declarations and a real terraform, with stacks of `terraform_data` alone."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanada import sentences
from tests import forked

COMMAND = [sys.executable, "-c", "from tanada.cli import main; main()"]

SYSTEM = """\
system: kakei
tanada: "0.1"
accounts:
  main: {id: 111111111111, region: ap-northeast-1}
  production:
    id: 222222222222
    region: ap-northeast-1
    protected: true
    common: {network: {cidr: 10.1.0.0/16}, hosted_zones: [example.com]}
common:
  network: {cidr: 10.0.0.0/16}
  hosted_zones: [example.jp]
  images: [web]
blueprint:
  services:
    web: {image: web, port: 3000, http: {health_check: /healthz}}
"""
ENVIRONMENTS = {
    "test": "account: main\ndomain: test.example.jp\nremoval: delete\n",
    "www": "account: production\ndomain: www.example.com\n",
}
REVIEW = "account: main\ndomain: review.example.jp\nlimit: 2\n"

MAIN = forked.STAND_IN


def backend(name: str) -> dict[str, Any]:
    states = "../../../states"
    local = {"path": f"{states}/{name}.tfstate", "workspace_dir": f"{states}/{name}.d"}
    return {"backend": {"local": local}}


def common(name: str = "common-main") -> dict[str, Any]:
    return {
        "terraform": backend(name),
        "resource": {"terraform_data": {"network": {"input": "10.0.0.0/16"}}},
        "output": {"contract": {"value": 1}},
    }


def environment(name: str, account: str = "main", **resources: Any) -> dict[str, Any]:
    reads = {"backend": "local", "config": {"path": f"../../../states/common-{account}.tfstate"}}
    return {
        "terraform": backend(name),
        "variable": {"image_tags": {"type": "map(string)", "default": {}}},
        "data": {"terraform_remote_state": {"common": reads}},
        "resource": {
            "terraform_data": {
                "web": {"input": "${var.image_tags}"},
                "link": {"input": "${data.terraform_remote_state.common.outputs.contract}"},
                **resources,
            }
        },
        "output": {"image_tags": {"value": "${var.image_tags}"}},
    }


def review() -> dict[str, Any]:
    named = [{"condition": '${terraform.workspace != "default"}', "error_message": sentences.REVIEW_WORKSPACE}]
    return environment("review", web={"input": "${terraform.workspace}", "lifecycle": {"precondition": named}})


@dataclass(frozen=True)
class Ran:
    code: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        return self.output + self.errors


@dataclass
class Team:
    """The repository, and the command run in it."""

    root: Path
    environ: dict[str, str]
    stacks: dict[str, Any] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        return [*COMMAND, *arguments]

    def run(self, *arguments: str, **environ: str) -> Ran:
        done = forked.run(arguments, self.root, {**self.environ, **environ})
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, step: str | None = None) -> subprocess.Popen[str]:
        """`step` is the shell of a CI's step, started as forges do it, whose `tanada` is this command instead."""
        command, environ = self.command(*arguments), self.environ
        if step is not None:
            program, script = self.root.parent / "bin" / "tanada", self.root.parent / "step.sh"
            program.parent.mkdir()
            program.write_text(f"#!/bin/sh\nexec {shlex.join(command)}\n")
            program.chmod(0o755)
            script.write_text(step)
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
            environ = {**environ, "PATH": f"{program.parent}:{environ['PATH']}"}
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def good(self, *arguments: str, **environ: str) -> Ran:
        ran = self.run(*arguments, **environ)
        assert ran.code == 0, ran.text
        return ran

    def write(self, **more: Any) -> None:
        (self.root / "settings.json").write_text(json.dumps({"stacks": self.stacks, **more}))

    def apply(self, stack: str, *arguments: str) -> None:
        """Plan and apply."""
        workspace = [a for a in arguments if a == "--workspace" or arguments[arguments.index(a) - 1] == "--workspace"]
        image = [] if stack.startswith("common") else ["--image", "web=one"]
        self.good("plan", stack, *image, *workspace)
        self.good("apply", stack, "--yes", *arguments)

    def given(self, *stacks: str, workspaces: Sequence[str] = ()) -> None:
        """As after `apply` of stacks as a new team has them, and of review in workspaces; takes no time."""
        states = {f"{stack}.tfstate": stack for stack in stacks}
        states |= {f"review.d/{name}/terraform.tfstate": "review" for name in workspaces}
        for name, stack in states.items():
            path = self.root / "states" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_applied()[stack])

    def state(self, name: str) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.root / "states" / name).read_text())
        return data

    def resources(self, name: str) -> list[str]:
        """What a state holds, data sources left out."""
        return sorted(entry["name"] for entry in self.state(name)["resources"] if entry["mode"] == "managed")

    def git(self, *arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.jp", *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
        )


_OTHERS = ("AWS_", "TF_", "TANADA_", "GITHUB_", "GITLAB_", "CI", "JENKINS_", "CODEBUILD_")
"""Variables of the machine that would change what a command does, whatever CI runs these tests."""


def new_team(folder: Path) -> Team:
    """A repository in a folder, of which nothing was applied yet."""
    root = folder / "kakei"
    for name in ("environments", "workspaces", "states"):
        (root / name).mkdir(parents=True)
    (root / "system.yaml").write_text(SYSTEM)
    for name, text in ENVIRONMENTS.items():
        (root / "environments" / f"{name}.yaml").write_text(text)
    (root / "workspaces" / "review.yaml").write_text(REVIEW)
    (root / "main.py").write_text(MAIN)
    pinned = Path(__file__).parents[2] / ".terraform-version"
    (root / ".terraform-version").write_text(pinned.read_text())
    (root / ".gitignore").write_text(".tanada/\ncdktf.out/\nstates/\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
    team = Team(
        root,
        environ={
            **kept,
            "HOME": str(folder),
            "TANADA_TERRAFORM": "local",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",  # nobody answers, so nobody says whose these are
        },
        stacks={
            "common-main": common(),
            "common-production": common("common-production"),
            "environment-test": environment("environment-test"),
            "environment-www": environment("environment-www", "production"),
            "review": review(),
        },
    )
    team.write()
    return team


@functools.cache
def _applied() -> Mapping[str, bytes]:
    """The states of a new team that was applied: made by the real thing, once in a run of tests, for it takes long."""
    with tempfile.TemporaryDirectory() as folder:
        team = new_team(Path(folder))
        for stack in ("common-main", "common-production", "environment-test"):
            team.apply(stack, *(["--protected", "production"] if stack == "common-production" else []))
        team.apply("review", "--workspace", "one")
        states = {stack: f"{stack}.tfstate" for stack in ("common-main", "common-production", "environment-test")}
        states["review"] = "review.d/one/terraform.tfstate"
        return {stack: (team.root / "states" / file).read_bytes() for stack, file in states.items()}


def says(log: Path, text: str) -> bool:
    """Whether a log holds a text; each run writes it anew."""
    try:
        return text in log.read_text()
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def hold(team: Team, *stacks: str) -> Iterator[None]:
    """Hold the locks of states that are there, as other runs would: terraform waits for them."""
    with contextlib.ExitStack() as held:
        for stack in stacks:
            file = held.enter_context((team.root / "states" / f"{stack}.tfstate").open("r+"))
            fcntl.lockf(file, fcntl.LOCK_EX)
            (team.root / "states" / f".{stack}.tfstate.lock.info").write_text(
                '{"ID": "1", "Operation": "OperationTypeApply"}'
            )
        yield


def eventually(so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is so, however slow the machine: as long as the process lives that is to make it so."""
    while not so():
        assert process.poll() is None, f"it ended with {process.returncode} before it came to be"
        time.sleep(0.02)
