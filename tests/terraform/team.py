"""A team's repository in miniature: real declarations and a real terraform, with stacks of `terraform_data` alone."""

from __future__ import annotations

import contextlib
import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    common: {network: {cidr: 10.1.0.0/16}, zones: [example.com]}
common:
  network: {cidr: 10.0.0.0/16}
  zones: [example.jp]
  images: [web]
blueprint:
  services:
    web: {image: web, port: 3000, http: {health: /healthz}}
"""
ENVIRONMENTS = {
    "test": "account: main\ndomain: test.example.jp\nremoval: delete\n",
    "www": "account: production\ndomain: www.example.com\n",
}
REVIEW = "account: main\ndomain: review.example.jp\nlimit: 2\n"

MAIN = '''\
"""Writes what settings.json says, in place of CDKTF."""
import json, pathlib, sys
settings = json.loads(pathlib.Path("settings.json").read_text())
if settings.get("refuse"):
    sys.exit(settings["refuse"])
for name, configuration in settings["stacks"].items():
    folder = pathlib.Path("cdktf.out/stacks") / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cdk.tf.json").write_text(json.dumps(configuration, indent=2, sort_keys=True))
'''


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
    named = [
        {
            "condition": '${terraform.workspace != "default"}',
            "error_message": "A review environment lives in a workspace: tanada plan review --workspace NAME.",
        }
    ]
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
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.environ,
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


Eventually = Callable[[Callable[[], bool]], None]
