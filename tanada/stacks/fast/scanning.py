"""Which submodules of the provider the code imports: read from its text, for Node starts before Python imports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

PROVIDER = "cdktf_cdktf_provider_aws"

_DOTTED = re.compile(rf"\b{PROVIDER}\.([a-z]\w*)")
_FROM_PACKAGE = re.compile(rf"^\s*from\s+{PROVIDER}\s+import\s+(\([^)]*\)|[^\n#]*)", re.MULTILINE)
_NAME = re.compile(r"\b([a-z]\w*)(?:\s+as\s+\w+)?")


def submodules(text: str) -> set[str]:
    """The submodules that a Python file names; one too many costs little, one too few a second start of Node."""
    names = set(_DOTTED.findall(text))
    for listed in _FROM_PACKAGE.findall(text):
        names.update(_NAME.findall(listed))
    return names


def scan(folders: Iterable[Path]) -> set[str]:
    """The submodules that the Python files in and below the folders name."""
    names: set[str] = set()
    for folder in folders:
        for file in folder.rglob("*.py"):
            try:
                names |= submodules(file.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError):
                continue  # not ours to report: the import of it will
    return names
