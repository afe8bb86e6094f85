"""A system in a folder of its own, and commands run on it offline with the real terraform."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import forked

ROOT = Path(__file__).parents[1]
PROGRAM = ("main.py", ".terraform-version", ".terraform-image", ".terraform.lock.hcl")
"""What stands beside a team's declarations."""


@dataclass(frozen=True)
class OfflineSystem:
    root: Path

    @classmethod
    def new(cls, root: Path, declarations: Mapping[str, str]) -> OfflineSystem:
        """A folder with these declarations, by path."""
        root.mkdir(parents=True, exist_ok=True)
        for name in PROGRAM:
            shutil.copy(ROOT / name, root)
        system = cls(root)
        system.declare(declarations)
        return system

    def declare(self, declarations: Mapping[str, str]) -> None:
        """Let it say this from now on."""
        for folder in ("environments", "workspaces"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        for path, text in declarations.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        return forked.run(arguments, self.root, {**environ, "TANADA_TERRAFORM": "local", "CHECKPOINT_DISABLE": "1"})

    def must(self, *arguments: str) -> str:
        """Run what has to succeed; what it printed."""
        ran = self.run(*arguments)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def plan(self, *arguments: str) -> dict[str, Any]:
        """What `tanada plan --json` says of each target, by its label; it may have failed."""
        ran = self.run("plan", *arguments, "--offline", "--json")
        try:
            return dict(json.loads(ran.stdout)["stacks"])
        except ValueError:
            raise AssertionError(ran.stdout + ran.stderr) from None

    def states(self) -> dict[str, str]:
        """The text of each offline state, by its path below `.tanada/offline`."""
        offline = self.root / ".tanada" / "offline"
        return {str(file.relative_to(offline)): file.read_text() for file in sorted(offline.rglob("terraform.tfstate"))}

    def restore(self, states: Mapping[str, str]) -> None:
        """Put states there."""
        for path, text in states.items():
            file = self.root / ".tanada" / "offline" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
