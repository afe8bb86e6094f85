"""Where the runner keeps what: everything under `.tanada/`, which is never checked in, readable by its owner alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack  # models, which take their time to load

CONFIGURATION = "cdk.tf.json"
"""What CDKTF writes of a stack."""


@dataclass(frozen=True)
class Target:
    """A stack, or one workspace of the review stack: what has one state."""

    stack: Stack
    workspace: str | None = None

    @property
    def label(self) -> str:
        """`environment-test`, `review-kokuyou`."""
        return self.stack.name if self.workspace is None else f"{self.stack.name}-{self.workspace}"


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
    def runs(self) -> Path:
        """Folders that live as long as one run."""
        return self.own / "runs"


def private_folder(folder: Path) -> Path:
    """Make a folder, and those above it that are missing, that nobody else can look into."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def private_file(path: Path) -> int:
    """Open a file anew for writing, readable by its owner alone from its first moment."""
    private_folder(path.parent)
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def write_private(path: Path, content: bytes | str) -> None:
    """Write a file that only its owner may read, in the place of an older one; texts as UTF-8."""
    with os.fdopen(private_file(path), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
