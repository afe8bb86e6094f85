"""How wide a text is at most, in whatever sans-serif font a reader has: nobody can be asked, so it is guessed wide."""

from __future__ import annotations

import unicodedata

_NARROW, _WIDE = frozenset("ijlIft.,:;'|!()[]{}/ -·"), frozenset("mwMWQ@%&—<>")
_BOLD = 1.07


def width(text: str, size: float, *, bold: bool = False) -> float:
    """In pixels, of letters so many pixels high."""
    return sum(map(_letter, text)) * size * (_BOLD if bold else 1)


def _letter(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.05
    if sign in _NARROW:
        return 0.38
    if sign in _WIDE:
        return 0.98
    return 0.72 if sign.isupper() else 0.6


def fitted(text: str, size: float, longest: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits, with `…` behind it."""
    if width(text, size, bold=bold) <= longest:
        return text
    while text and width(f"{text}…", size, bold=bold) > longest:
        text = text[:-1]
    return f"{text.rstrip()}…"
