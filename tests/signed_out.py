"""The default system where nobody signs in: for what is about something else, and where nobody keeps its secret."""

from __future__ import annotations

import re
from pathlib import Path


def signed_out(root: Path) -> None:
    """Write the declaration in a folder without its sign-in."""
    system = root / "system.yaml"
    text = system.read_text(encoding="utf-8")
    less = (
        re.sub(r"\n  sign_in: .*\n(    .*\n)+", "\n", text)
        .replace("      sign_in: null", "      #")
        .replace(", sign_in: true", "")
    )
    assert "sign_in" not in less
    assert less != text
    system.write_text(less, encoding="utf-8")
    for file in root.glob("environments/*.yaml"):
        said = file.read_text(encoding="utf-8")
        file.write_text(
            said.replace(", http: {sign_in: false}", "").replace("http: {sign_in: false}, ", ""), encoding="utf-8"
        )
