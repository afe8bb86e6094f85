"""Where the runner keeps what: everything under `.tanada/`, which is never checked in, readable by its owner alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.files import CONFIGURATION

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


@dataclass(frozen=True)
class Target:
    """A stack, or one workspace of the review stack: what has one state."""

    stack: Stack
    workspace: str | None = None

    @property
    def label(self) -> str:
        """`environment-test`, `review-kokuyou`."""
        return self.stack.name if self.workspace is None else f"{self.stack.name}-{self.workspace}"

    def named(self, *, offline: bool) -> str:
        """As `tanada terraform` takes it."""
        words = [self.stack.name, *(["--workspace", self.workspace] if self.workspace else [])]
        words += ["--protected", self.stack.account] if self.stack.protected else []
        return " ".join([*words, *(["--offline"] if offline else [])])


@dataclass(frozen=True)
class Layout:
    root: Path

    @property
    def synthesized(self) -> Path:
        return self.root / "cdktf.out" / "stacks"

    def stack(self, name: str) -> Path:
        return self.synthesized / name

    def configuration(self, name: str) -> Path:
        return self.stack(name) / CONFIGURATION

    @property
    def lock_file(self) -> Path:
        return self.root / ".terraform.lock.hcl"

    @property
    def own(self) -> Path:
        return self.root / ".tanada"

    def plans(self, target: Target) -> Path:
        folder = self.own / "plans" / target.stack.name
        return folder / target.workspace if target.workspace else folder

    def log(self, target: Target) -> Path:
        return self.own / "logs" / f"{target.label}.log"

    @property
    def reports(self) -> Path:
        """One report a target, of the last plan or apply of several stacks."""
        return self.own / "reports"

    @property
    def offline(self) -> Path:
        return self.own / "offline"

    @property
    def taken(self) -> Path:
        """What `tanada take` has put into this checkout."""
        return self.own / "taken"

    @property
    def runs(self) -> Path:
        """Folders that live as long as one run."""
        return self.own / "runs"

    def gone(self, name: str) -> Path:
        """What is made to take down a stack that is declared no more."""
        return self.own / "gone" / name

    def left(self, target: Target) -> Path:
        """What Terraform wrote that must not be lost."""
        return self.own / "left" / target.label
