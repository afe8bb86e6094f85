"""A stand-in for CDKTF: stacks whose text is made of all that a synth may depend on, in no time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from tanada import cache

SYSTEM = "system: kakei\n"


def team(folder: Path, *environments: str) -> Path:
    """A team's repository with some environments."""
    (folder / "environments").mkdir(parents=True)
    (folder / "workspaces").mkdir()
    (folder / "main.py").write_text("from tanada.stacks.app import main\n\nmain()\n")
    (folder / "system.yaml").write_text(SYSTEM)
    for name in environments:
        (folder / "environments" / f"{name}.yaml").write_text(f"domain: {name}.example.jp\n")
    return folder


class Synth:
    """Counts how often it had to make the stacks."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root, self.environ, self.made = root, environ, 0

    def make(self, new: Path) -> list[str]:
        """One stack a declared environment, of all the team's texts."""
        self.made += 1
        files = sorted([*self.root.glob("*.*"), *self.root.glob("*/*")])
        texts = [f"{file.relative_to(self.root)}: {file.read_text()}" for file in files if declares(file)]
        every = hashlib.sha256("".join(texts).encode()).hexdigest()
        stacks = [f"environment-{file.stem}" for file in files if file.parent.name == "environments"]
        for stack in stacks:
            (new / "stacks" / stack).mkdir(parents=True)
            (new / "stacks" / stack / "cdk.tf.json").write_text(f'{{"{stack}": "{every}"}}')
        new.mkdir(exist_ok=True)
        (new / "manifest.json").write_text(f'{{"stacks": "{stacks}"}}')
        return stacks

    def __call__(self) -> dict[str, bytes]:
        """Synthesize through the cache; what then lies in `cdktf.out`."""
        cache.through(self.root, self.environ, self.make)
        return lying_in(self.root / "cdktf.out")

    def fresh(self, folder: Path) -> dict[str, bytes]:
        """What a synth from nothing gives."""
        self.make(folder)
        self.made -= 1
        return lying_in(folder)


def declares(file: Path) -> bool:
    return file.suffix in (".yaml", ".py") and file.parent.name != "cdktf.out"


def lying_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def environment(cache_home: Path, **more: str) -> dict[str, str]:
    """Variables of a process with a cache folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "TANADA_CACHE"}
    return {**kept, "XDG_CACHE_HOME": str(cache_home), **more}
