"""Where a system's folder is."""

from __future__ import annotations

import os
from pathlib import Path

from tanada.errors import DeclarationError
from tanada.text import visible

SYSTEM_FILE = "system.yaml"


def find_root(start: Path) -> Path:
    """The folder of the system that a folder belongs to: the nearest one upwards with a system.yaml."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SYSTEM_FILE).is_file():
            return folder
        if (folder / SYSTEM_FILE).is_symlink():
            raise DeclarationError(
                f"{visible(str(folder / SYSTEM_FILE))} is a link that leads to no file: put the file itself there."
            )
    if other := next(iter(misnamed(start)), None):
        raise DeclarationError(f"{visible(other)} is not read; rename it to {SYSTEM_FILE}.")
    raise DeclarationError(
        f"No {SYSTEM_FILE} in {visible(str(start))} or in any folder above it; "
        "go to your system's folder, or write a new one with `tanada init NAME`."
    )


def misnamed(folder: Path) -> list[str]:
    """Files that look like the system's and are called otherwise."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.lower().startswith("system.")]
    except OSError:
        return []
    likely = (SYSTEM_FILE, "system.yml", "system.json")
    return sorted(name for name in names if name != SYSTEM_FILE and name.lower() in likely)
