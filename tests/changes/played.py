"""One change of a declaration, planned and applied with the real terraform on what stood before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tanada import offline
from tanada.contract import state
from tanada.contract.state import State
from tanada.declarations.inventory import Stack as Declared
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.files import CONFIGURATION
from tanada.plan import Summary, summary
from tanada.stacks.app import synthesize
from tanada.terraform.answered import Neighbour, neighbours
from tests.changes.graph import Graph

STACKS = ("common-main", "environment-test")
TAGS = {"web": "4f2a91c", "backend": "77c0e1d"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What Terraform would do to one stack."""

    stack: str
    shown: Json
    """`terraform show -json` of it."""
    graph: Graph
    """What waits for what in its apply."""
    summary: Summary


@dataclass(frozen=True)
class Refused:
    """What Terraform says against planning one stack."""

    stack: str
    said: str


@dataclass
class Account:
    """One account offline: what is declared, emitted and applied lies in a folder."""

    root: Path
    provider: offline.Running | None = None

    def declare(self, declarations: Mapping[str, str]) -> None:
        """Write declarations in place of those that stand there, and the JSON that they make."""
        for folder in ("environments", "workspaces", "cdktf.out"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        for path, text in declarations.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.__dict__.pop("stacks", None)
        synthesize(load(self.root), self.root / "cdktf.out")

    @cached_property
    def stacks(self) -> dict[str, Declared]:
        """Those that are declared now."""
        return {stack.name: stack for stack in inventory(load(self.root))}

    @contextmanager
    def opened(self) -> Iterator[None]:
        """With the provider running."""
        with offline.start(self.root / "offline", container=False) as running:
            self.provider = running
            yield
        self.provider = None

    def copy(self, root: Path) -> Account:
        """The same account, in another folder."""
        shutil.copytree(self.root, root, symlinks=True)
        return Account(root)

    def terraform(self, stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        assert self.provider is not None
        folder = self.root / "offline" / stack
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        tags = {"TF_VAR_image_tags": json.dumps(TAGS)} if stack != "common-main" else {}
        environment = {**kept, **self.provider.environment_for(folder), **tags, "CHECKPOINT_DISABLE": "1"}
        return subprocess.run(
            ["terraform", f"-chdir={folder}", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def must(self, stack: str, *arguments: str) -> str:
        ran = self.terraform(stack, *arguments)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def prepare(self, stack: str) -> None:
        """Put what is emitted beside the stack's state."""
        folder = self.root / "offline" / stack
        common = self.root / "offline" / "common-main"
        offline.prepare(self.root / "cdktf.out" / "stacks" / stack, folder, {"common-main": common})
        if not (folder / ".terraform").is_dir():
            self.must(stack, "init", "-no-color")

    def plan(self, stack: str, *, destroy: bool = False) -> Plan | Refused:
        self.prepare(stack)
        whole = ("-destroy",) if destroy else ()
        ran = self.terraform(stack, "plan", "-no-color", "-input=false", "-out=plan", *whole)
        if ran.returncode:
            return Refused(stack, " ".join(ran.stderr.replace("│", " ").split()))
        shown = json.loads(self.must(stack, "show", "-json", "plan"))
        graph = Graph.read(self.must(stack, "graph", "-type=apply", "-plan=plan"))
        return Plan(stack, shown, graph, summary(shown, self.stacks[stack]))

    def make(self, stack: str) -> None:
        """Plan and apply in one go what is only there for what comes after it."""
        self.prepare(stack)
        self.must(stack, "apply", "-no-color", "-input=false", "-auto-approve")

    def emitted(self, stack: str) -> str:
        return (self.root / "cdktf.out" / "stacks" / stack / CONFIGURATION).read_text()

    def state(self, stack: str) -> State:
        """What its state says."""
        file = self.root / "offline" / stack / state.FILE
        return state.read(file.read_bytes() if file.is_file() else "")

    def state_of(self, stack: Declared) -> State:
        return self.state(stack.name)

    def neighbours(self, stack: str) -> tuple[Neighbour, ...]:
        return neighbours(load(self.root), self.stacks[stack])

    def apply(self, stack: str) -> str:
        """Carry out what was planned; what AWS would say against it."""
        ran = self.terraform(stack, "apply", "-no-color", "plan")
        return "" if ran.returncode == 0 else " ".join(ran.stderr.replace("│", " ").split())
