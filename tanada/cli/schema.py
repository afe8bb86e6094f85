"""`tanada schema`: the JSON Schemas that give completion and checks in editors."""

from __future__ import annotations

from pathlib import Path

from tanada.cli.output import say
from tanada.declarations.root import find_root
from tanada.declarations.schema import files


def schema() -> None:
    """Write schemas/*.json of this Tanada beside system.yaml, for the `# yaml-language-server:` lines."""
    root = find_root(Path.cwd())
    (root / "schemas").mkdir(exist_ok=True)
    for name, text in files().items():
        (root / "schemas" / name).write_text(text, encoding="utf-8")
        say(f"schemas/{name}")
