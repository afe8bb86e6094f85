"""The hidden first line by which a comment or an issue of ours is found again."""

from __future__ import annotations

import re


def marker(key: str, system: str) -> str:
    """`<!-- tanada:plan reference -->`: the key says what the text is about, the system whose it is."""
    return f"<!-- tanada:{_plain(key)} {_plain(system)} -->"


def _plain(text: str) -> str:
    """Without what would end an HTML comment, or the line."""
    return re.sub(r"[^\w.]+", "-", text)


def carries(marked: str, text: str | None) -> bool:
    """Whether a text's first line is this marker: one quoted further down makes no comment ours."""
    return (text or "").lstrip("\ufeff \t\r\n").split("\n", 1)[0].strip() == marked


def same(one: str | None, other: str) -> bool:
    """Whether two texts are the same to a reader; forges change line ends and the white space around a text."""
    return _normal(one or "") == _normal(other)


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
