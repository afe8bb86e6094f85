"""A requirements file, requirement by requirement, and the one line of it that installs Tanada.

The format is pip's (pip's documentation, "Requirements File Format"); what Tanada ships is uv's output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FOLDER = "vendor"
"""Beside requirements.txt, in the team's repository."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?=\s*(?:[\[=@<>!~;(\\]|$))")
_WHEEL = re.compile(r"(?:^|[/\s])([A-Za-z0-9_.]+)-([A-Za-z0-9_.!+]+)(?:-[A-Za-z0-9_.]+){3,4}\.whl")
"""Name, version and tags of a wheel's file (packaging.python.org, "Binary distribution format")."""
_VENDORED = re.compile(rf"\./{FOLDER}/[^/\s]+\.whl --hash=sha256:[0-9a-f]{{64}}")
"""As `line` writes it, whole: a marker would make pip pass it over, and take another."""
_VERSION = re.compile(r"===?\s*([A-Za-z0-9_.!+-]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?![0-9a-f])")


@dataclass(frozen=True)
class Pin:
    """What a requirements file says of Tanada."""

    version: str
    hashes: tuple[str, ...]
    """SHA-256 in hex, of files that pip would take."""
    vendored: bool
    """Whether it is a file of `vendor/`, and nothing of an index or elsewhere."""


def line(name: str, digest: str) -> str:
    """The line that installs a wheel of `vendor/`, and no file but this one."""
    return f"./{FOLDER}/{name} --hash=sha256:{digest}\n"


def requirements(text: str) -> dict[str, str]:
    """Each requirement with its lines (hashes, and the comments below it), by its name; options and comments of their
    own by their text.
    """
    found: dict[str, str] = {}
    key, continued = "", False
    for each in text.splitlines(keepends=True):
        stripped = each.strip()
        comment = stripped.startswith("#")
        begins = bool(stripped) and not (comment and each[0].isspace())
        if not continued and (begins or not key):
            key = _key(stripped)
        # Twice the same name: for other platforms.
        found[key] = found.get(key, "") + (each if each.endswith("\n") else f"{each}\n")
        continued = stripped.endswith("\\") and not comment
    return found


def _key(stripped: str) -> str:
    """The normalized name (packaging.python.org, "Names and normalization")."""
    if stripped.startswith(("#", "-")):
        return stripped
    matched = _WHEEL.search(stripped.partition("#")[0])
    name = matched[1] if matched else found[0] if (found := _NAME.match(stripped)) else stripped
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> Pin | None:
    """What it says of Tanada; None where it says nothing that is one version."""
    return pin_of(requirements(text).get("tanada", ""))


def pin_of(own: str) -> Pin | None:
    """What the lines of Tanada say."""
    wheel = _WHEEL.search(own)
    version = wheel[2] if wheel else found[1] if (found := _VERSION.search(own)) else None
    return None if version is None else Pin(version, tuple(_HASH.findall(own)), _is_vendored(own))


def _is_vendored(entry: str) -> bool:
    lines = [text for each in entry.splitlines() if (text := each.strip()) and not text.startswith("#")]
    return len(lines) == 1 and _VENDORED.fullmatch(lines[0]) is not None
