"""A stand-in for declarations and CDKTF: stacks whose text is their input, in no time."""

from __future__ import annotations

import hashlib
import os
import re
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
    """Counts how often it had to read the declaration, and notes the stacks that it had to make."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root, self.environ = root, environ
        self.read, self.made = 0, list[str]()

    @property
    def work(self) -> cache.Work:
        return cache.Work(meaning, self.declare, self.make)

    def declare(self, remembered: Mapping[str, str]) -> cache.Declared:
        """One stack a declared environment, and one of what all of them say."""
        self.read += 1
        texts = {
            file.relative_to(self.root).as_posix(): file.read_text(encoding="utf-8")
            for file in sorted([self.root / "system.yaml", *self.root.glob("*/*.yaml")])
        }
        system = without_comments(texts["system.yaml"])
        own = {name: remembered.get(name) or without_comments(text) for name, text in texts.items()}
        inputs = {"common": "".join(own.values())}
        inputs |= {f"environment-{Path(name).stem}": f"{system}{own[name]}" for name in own if name[0] == "e"}
        meanings = {name: meaning(text.encode()) or "" for name, text in texts.items() if name not in remembered}
        return cache.Declared(inputs, meanings, {name: own[name] for name in meanings})

    def make(self, inputs: Mapping[str, str], new: Path) -> None:
        """Each stack's file is its input."""
        self.made += inputs
        for name, text in inputs.items():
            (new / "stacks" / name).mkdir(parents=True)
            (new / "stacks" / name / "cdk.tf.json").write_text(text, encoding="utf-8")
        stacks = ",\n".join(f'    "{name}": {{\n      "length": {len(inputs[name])}\n    }}' for name in sorted(inputs))
        (new / "manifest.json").write_text(f'{{\n  "stacks": {{\n{stacks}\n  }},\n  "version": "0"\n}}')

    def __call__(self) -> dict[str, bytes]:
        """Synthesize through the cache; what then lies in `cdktf.out`."""
        cache.through(self.root, self.environ, self.work)
        return lying_in(self.root / "cdktf.out")

    def fresh(self, folder: Path) -> dict[str, bytes]:
        """What a synth from nothing gives."""
        other = Synth(self.root, self.environ)
        folder.mkdir(parents=True)
        other.make(other.declare({}).inputs, folder)
        return lying_in(folder)


def without_comments(text: str) -> str:
    return re.sub("#.*", "", text).strip()


def meaning(data: bytes) -> str | None:
    """None where it has a mistake."""
    text = without_comments(data.decode("utf-8"))
    return hashlib.sha256(text.encode()).hexdigest() if "!" not in text else None


def lying_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def environment(cache_home: Path, **more: str) -> dict[str, str]:
    """Variables of a process with a cache folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "TANADA_CACHE"}
    return {**kept, "XDG_CACHE_HOME": str(cache_home), **more}
