"""Small systems for tests, written to a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from tanada.declarations.loader import load
from tanada.declarations.mistakes import Mistake
from tanada.errors import DeclarationError

GOOD = Path(__file__).parent / "good"


def good(folder: Path, **files: str) -> Path:
    """The good system with some files replaced: `test="…"` is environments/test.yaml, `system`, `review` as named."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    for name, text in files.items():
        path = {"system": "system.yaml", "review": "workspaces/review.yaml"}.get(name, f"environments/{name}.yaml")
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def good_system() -> str:
    """The good system.yaml."""
    return (GOOD / "system.yaml").read_text(encoding="utf-8")


def mistakes(root: Path) -> tuple[Mistake, ...]:
    """What is wrong with the system in a folder."""
    try:
        load(root)
    except DeclarationError as error:
        return error.mistakes
    return ()
