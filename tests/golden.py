"""Golden files: what is made is held to what was reviewed; `make update` writes them anew, to be read like code."""

from __future__ import annotations

import os
from pathlib import Path

UPDATING = os.environ.get("TANADA_UPDATE") == "1"


def held(file: Path, text: str) -> None:
    """Assert that a file says exactly this; with TANADA_UPDATE=1 make it."""
    if UPDATING and (not file.is_file() or file.read_text(encoding="utf-8") != text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.is_file(), f"{file.name} is missing: make update writes it"
    assert text == file.read_text(encoding="utf-8"), "`make update` writes it anew; read the difference"
