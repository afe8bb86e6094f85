"""`tanada schema`: the JSON Schemas that give completion and checks in editors."""

from __future__ import annotations

from pathlib import Path

from tanada.cli.output import say
from tanada.declarations.root import find_root
from tanada.declarations.schema import files
from tanada.files import replace_files


def schema() -> None:
    """Write schemas/*.json of this Tanada beside system.yaml, for the `# yaml-language-server:` lines."""
    root = find_root(Path.cwd())
    texts = files()
    replace_files({root / "schemas" / name: text for name, text in texts.items()})
    for name in texts:
        say(f"schemas/{name}")
