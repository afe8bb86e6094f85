"""Where a system's folder is."""

from __future__ import annotations

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
    if (start / "system.yml").is_file():
        raise DeclarationError(f"system.yml is not read; rename it to {SYSTEM_FILE}.")
    raise DeclarationError(
        f"No {SYSTEM_FILE} in {visible(str(start))} or in any folder above it; "
        "go to your system's folder, or write a new one with `tanada init NAME`."
    )
