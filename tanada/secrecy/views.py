"""A text as it reads decoded and unbroken, with the way back: each character knows where in the text it came from."""

from __future__ import annotations

import base64
import binascii
import functools
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tanada.patterns import pattern

_ESCAPES = pattern(r'\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/bfnrt])')
"""Of JSON (RFC 8259, 7); Go writes `<`, `>` and `&` as `\\u003c`, `\\u003e`, `\\u0026` (encoding/json, HTMLEscape)."""
_PERCENT = pattern(r"(?:%[0-9a-fA-F]{2})+")
_ENTITY = pattern(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_UNSEEN = pattern(r"\x1b\[[0-9;:]{0,40}[A-Za-z]|[\u00ad\u200b-\u200f\u2060-\u2064\u202a-\u202e\ufeff]+")
"""Colours (ECMA-48, CSI), and what no reader sees (Unicode, "Default_Ignorable_Code_Point"): a word goes on behind."""
_WIDTH = pattern(r"[\uff01-\uff9f]+")
"""Full-width letters and signs, half-width katakana (Unicode, "Halfwidth and Fullwidth Forms")."""
_BREAK = pattern(r"[ \t]{0,8}[│|╷╵]?[ \t]{0,8}\r?\n[ \t]*[│|╷╵]?[ \t]*")
"""The end of a line and what begins the next, as in Terraform's boxes."""
_SPACE = pattern(r"[\s│╷╵]+")
_TOKEN = pattern(r"[A-Za-z0-9+/_-]{6,}={0,2}")
"""What may be base64 (RFC 4648, both alphabets) or hex."""
_HEX = pattern(r"(?:[0-9a-fA-F]{2}){4,}")
_APART = pattern(
    r"(?<![0-9a-fA-F])[0-9a-fA-F]{2}(?:[ :-][0-9a-fA-F]{2}(?![0-9a-fA-F])){3,}+|(?:\\x[0-9a-fA-F]{2}){4,}+"
)
"""Hex as `xxd`, openssl and shells write it: `68 75 6e`, `68:75:6e`, `\\x68\\x75`."""
_STANDARD = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class View:
    """A text made from another."""

    text: str
    starts: list[int] | None = None
    """Where in the other text each character begins, and where it ends; None where it is the other text."""
    ends: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the other text that a part of this one was made from."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def replaced(self, pattern: re.Pattern[str], decode: Callable[[str], list[tuple[str, int, int]]]) -> View | None:
        """With each match as `decode` gives it: characters, each with its part of the match; None without a match."""
        if pattern.search(self.text) is None:
            return None
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        after = 0

        def take(characters: str, first: int) -> None:
            text.append(characters)
            last = first + len(characters)
            starts.extend(range(first, last) if self.starts is None else self.starts[first:last])
            ends.extend(range(first + 1, last + 1) if self.ends is None else self.ends[first:last])

        for match in pattern.finditer(self.text):
            take(self.text[after : match.start()], after)
            for character, begin, finish in decode(match[0]):
                start, end = self.span(match.start() + begin, match.start() + finish)
                text.append(character)
                starts += [start] * len(character)
                ends += [end] * len(character)
            after = match.end()
        take(self.text[after:], after)
        return View("".join(text), starts, ends)


def views(text: str) -> Iterator[View]:
    """The text, and what it reads as once it is decoded and its lines are joined; whatever is the same only once."""
    chain = [View(text)]
    for sign, form, decode in (
        ("\\", _ESCAPES, _unescaped),
        ("\\", _ESCAPES, _unescaped),  # JSON in JSON
        ("%", _PERCENT, _unquoted),
        ("%", _PERCENT, _unquoted),
        ("&", _ENTITY, _character),
        ("", _UNSEEN, _nothing),
        ("", _WIDTH, _usual),
    ):
        if sign in chain[-1].text and (view := chain[-1].replaced(form, decode)) is not None:
            chain.append(view)
    for view in chain:
        yield view
        if "\n" in view.text:
            yield from filter(None, (view.replaced(_BREAK, _nothing), view.replaced(_SPACE, _one_space)))


def encoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Where in a text something stands in base64 or hex, and what: wherever its first character may be."""
    for match in _APART.finditer(text):
        yield match.start(), match.end(), bytes.fromhex(re.sub(r"[ :x\\-]", "", match[0])).decode("latin-1")
    for match in _TOKEN.finditer(text):
        token = match[0]
        if _HEX.fullmatch(token):
            yield match.start(), match.end(), bytes.fromhex(token).decode("latin-1")
        else:
            for inner in _HEX.finditer(token):
                yield (
                    match.start() + inner.start(),
                    match.start() + inner.end(),
                    bytes.fromhex(inner[0]).decode("latin-1"),
                )
        standard = token.rstrip("=").translate(_STANDARD)
        for offset in range(4 if len(standard) > 11 else 1):
            yield match.start(), match.end(), _decoded(standard[offset:])


def _decoded(token: str) -> str:
    """One character a byte: what is looked for is encoded the same way."""
    token = token[: -1 if len(token) % 4 == 1 else None]
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


@functools.lru_cache(maxsize=1024)
def _unescaped(escape: str) -> list[tuple[str, int, int]]:
    return [(json.loads(f'"{escape}"'), 0, len(escape))]


def _unquoted(escapes: str) -> list[tuple[str, int, int]]:
    text = bytes.fromhex(escapes.replace("%", "")).decode("utf-8", "surrogateescape")
    characters, place = [], 0
    for character in text:
        width = 3 * len(character.encode("utf-8", "surrogateescape"))
        characters.append((character, place, place + width))
        place += width
    return characters


def _character(entity: str) -> list[tuple[str, int, int]]:
    return [(html.unescape(entity), 0, len(entity))]


def _usual(text: str) -> list[tuple[str, int, int]]:
    """`＝` is `=`, `ﾊ` and `ﾟ` are together `パ`."""
    marks = "\uff9e\uff9f"
    starts = [at for at, character in enumerate(text) if not at or character not in marks]
    ends = [*starts[1:], len(text)]
    characters = ((unicodedata.normalize("NFKC", text[at:end]), at, end) for at, end in zip(starts, ends, strict=True))
    # A katakana with a mark is one character; what stays two ends where its part ends.
    return [(character, at, end) for character, at, end in characters]


def _nothing(_: str) -> list[tuple[str, int, int]]:
    return []


def _one_space(space: str) -> list[tuple[str, int, int]]:
    return [(" ", 0, len(space))]
