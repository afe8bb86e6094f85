"""The secrets of one output, and taking them out of its texts in whatever form they stand there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tanada.secrecy import credentials
from tanada.secrecy.credentials import OUR_WORDS, Span
from tanada.secrecy.views import View, encoded, views
from tanada.secrecy.words import SENSITIVE

SHORTEST = 4
"""Characters from which on a secret is looked for elsewhere: shorter ones turn up by chance everywhere."""
_LINE = 16
"""The same for one line of a text of several."""
_DEEPEST = 3
"""Encodings within one another that are still opened."""
_SHORT, _REMEMBERED = 200, 10_000
"""Plans and comments say the same short texts thousands of times."""
_OURS = re.compile("|".join(map(re.escape, OUR_WORDS)))


class Secrets:
    """The secret values of one plan, one declaration, one session; and beside them credentials that show themselves."""

    def __init__(self, values: Iterable[Any] = ()) -> None:
        """`values` are scalars as they stand in JSON."""
        self._values = tuple(values)
        self._removed: dict[str, str] = {}
        texts: set[str] = set()
        numbers: set[str] = set()
        for value in self._values:
            if isinstance(value, str):
                texts.update(_forms(value))
            elif isinstance(value, int | float) and not isinstance(value, bool):
                numbers.update(text for text in (str(value), json.dumps(value)) if len(text) >= SHORTEST)
        self._texts = _Needles(texts)
        self._encoded = _Needles(_in_bytes(texts))
        ordered = sorted(numbers, key=len, reverse=True)
        self._number = re.compile("|".join(rf"(?<![\d.]){re.escape(number)}(?!\d)" for number in ordered))
        self._documents = tuple(text for text in texts if text[0] in "{[" and _parses(text))

    def __or__(self, other: Secrets) -> Secrets:
        """Those of both."""
        return Secrets((*self._values, *other._values)) if self and other else self or other

    def __bool__(self) -> bool:
        return bool(self._values)

    def remove(self, text: str) -> str:
        """The text without any secret, and without credentials."""
        known = self._removed.get(text)
        if known is None:
            known = self._without(text)
            if len(text) < _SHORT and len(self._removed) < _REMEMBERED:
                self._removed[text] = known
        return known

    def _without(self, text: str) -> str:
        found = sorted(self._spans(text, 0))
        if not found:
            return text
        ours = [match.span() for match in _OURS.finditer(text)]
        parts, last = [], 0
        for start, end in _merged(span for span in found if not any(a <= span[0] and span[1] <= b for a, b in ours)):
            parts += [text[last:start], SENSITIVE]
            last = end
        return "".join([*parts, text[last:]])

    def holds(self, text: str) -> bool:
        """Whether anything of a text is secret."""
        return self.remove(text) != text

    def swallows(self, document: str) -> bool:
        """Whether a JSON text holds a whole secret JSON text, whose parts would no longer be known for secrets."""
        return any(secret in document for secret in self._documents)

    def _spans(self, text: str, depth: int) -> Iterator[Span]:
        for view in views(text):
            for start, end in self._seen(view, depth):
                if start < end:
                    yield view.span(start, end)

    def _seen(self, view: View, depth: int) -> Iterator[Span]:
        text = view.text
        yield from credentials.spans(text)
        yield from self._texts.spans(text)
        if self._number.pattern:
            yield from (match.span() for match in self._number.finditer(text))
        if self._texts and depth < _DEEPEST:
            for start, end, decoded in encoded(text):
                if decoded and self._within(decoded, depth + 1):
                    yield start, end

    def _within(self, decoded: str, depth: int) -> bool:
        """Whether what was decoded holds a secret, itself encoded or not."""
        if any(True for _ in self._encoded.spans(decoded)):
            return True
        readable = decoded.isascii() and len(decoded) > SHORTEST and decoded.isprintable()
        return readable and any(True for _ in self._known(decoded, depth))

    def _known(self, text: str, depth: int) -> Iterator[Span]:
        for view in views(text):
            yield from self._texts.spans(view.text)
            if depth < _DEEPEST:
                yield from ((a, b) for a, b, inner in encoded(view.text) if inner and self._within(inner, depth + 1))


class _Needles:
    """Texts that are looked for in others: by their first characters, for a plan may have thousands of both."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(sorted(texts, key=lambda text: (-len(text), text)))
        self._by_beginning: dict[str, list[str]] = {}
        for text in self._texts:
            self._by_beginning.setdefault(text[:SHORTEST], []).append(text)

    def __bool__(self) -> bool:
        return bool(self._texts)

    def spans(self, text: str) -> Iterator[Span]:
        """Where each stands."""
        if len(self._texts) <= 16:
            for needle in self._texts:
                start = text.find(needle)
                while start >= 0:
                    if _whole(needle, text, start):
                        yield start, start + len(needle)
                    start = text.find(needle, start + 1)
            return
        for start in range(len(text) - SHORTEST + 1):
            for needle in self._by_beginning.get(text[start : start + SHORTEST], ()):
                if text.startswith(needle, start) and _whole(needle, text, start):
                    yield start, start + len(needle)
                    break


def _in_bytes(texts: Iterable[str]) -> tuple[str, ...]:
    """Each in the bytes that are encoded: UTF-8, and UTF-16 as Windows has it; one character a byte."""
    encodings = ("utf-8", "utf-16-le")
    return tuple(sorted({text.encode(each, "surrogatepass").decode("latin-1") for text in texts for each in encodings}))


def _whole(needle: str, text: str, start: int) -> bool:
    """Whether digits are no part of a longer number."""
    end = start + len(needle)
    return not (needle.isdigit() and (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit()))


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may stand in texts: bare, without white space around it, its lines joined, line by line."""
    whole = " ".join(secret.split())
    for text in (secret, secret.strip(), whole, "".join(secret.splitlines()), whole.replace(" ", "+")):
        if len(text) >= SHORTEST and text.strip():
            yield text
    lines = secret.splitlines()
    if len(lines) > 1:
        for line in (line.strip() for line in lines):
            if len(line) >= _LINE and not line.startswith("-----"):
                yield line


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
