"""The secrets of one output, and taking them out of its texts in whatever form they stand there."""

from __future__ import annotations

import functools
import json
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tanada.patterns import pattern
from tanada.secrecy import credentials
from tanada.secrecy.credentials import OUR_WORDS
from tanada.secrecy.urls import Span
from tanada.secrecy.views import encoded, views
from tanada.secrecy.words import SENSITIVE

SHORTEST = 4
"""Characters from which on a secret is looked for elsewhere: shorter ones turn up by chance everywhere."""
_LINE = 16
"""The same for one line of a text of several."""
_DEEPEST = 3
"""Encodings within one another that are still opened."""
_FEW = 16
"""Secrets that are looked for one by one."""
_TRIES, _AT_LEAST = 8, 200_000
"""Comparisons a character, and a text: where more were needed, the text is hidden as a whole."""
_SHORT, _REMEMBERED = 200, 10_000
"""Plans and comments say the same short texts thousands of times."""
_MARKED = "a value that is marked as sensitive elsewhere"
_FORM = "what looks like a credential, or a secret in another form"
_NUMBER = pattern(r"(?<![\d.])-?(?P<plain>(?P<whole>\d++)(?:\.\d++)?(?:[eE][+-]?\d++)?)")
_OURS = pattern("|".join(map(re.escape, OUR_WORDS)))


class Secrets:
    """The secret values of one plan, one declaration, one session; and beside them credentials that show themselves."""

    def __init__(self, marked: Iterable[Any] = (), named: Iterable[tuple[Any, str]] = ()) -> None:
        """Both are scalars as they stand in JSON: what somebody marked as secret, and what is so by its name alone.

        The latter with what it is: `the value of variable A_TOKEN, which is named like a secret`.
        """
        self._marked = tuple(marked)
        self._named = tuple(named)
        self._removed: dict[str, str] = {}
        texts: dict[str, str] = {}
        numbers: dict[str, str] = {}
        for value, what in (*((value, _MARKED) for value in self._marked), *self._named):
            if isinstance(value, str):
                for text in _forms(value):
                    texts.setdefault(text, what)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                for text in (str(value), json.dumps(value)):
                    if len(text) >= SHORTEST:
                        numbers.setdefault(text, what)
        self._what = texts | numbers
        self._texts = _Needles(texts)
        self._encoded = _Needles(_in_bytes(texts))
        self._numbers = frozenset(numbers)
        # A variable that says what a part of a policy says takes no policy away.
        documents = (text for text, what in texts.items() if what == _MARKED)
        self._documents = tuple(text for text in documents if text[0] in "{[" and _parses(text))

    @functools.cached_property
    def marked(self) -> Secrets:
        """Those that somebody marked."""
        return Secrets(self._marked) if self._named else self

    def __or__(self, other: Secrets) -> Secrets:
        """Those of both."""
        if not (self and other):
            return self or other
        return Secrets((*self._marked, *other._marked), (*self._named, *other._named))

    def __bool__(self) -> bool:
        return bool(self._marked or self._named)

    def remove(self, text: str) -> str:
        """The text without any secret, and without credentials."""
        known = self._removed.get(text)
        if known is None:
            known = self._without(text)
            if len(text) < _SHORT and len(self._removed) < _REMEMBERED:
                self._removed[text] = known
        return known

    def remove_known(self, text: str) -> str:
        """The text without any of these secrets; what looks like a credential stays."""
        return _without(text, self._spans(text, self._found_known)) if self else text

    def why(self, text: str) -> tuple[str, ...]:
        """What is removed from a text, in words; nothing where nothing is."""
        if not self.holds(text):
            return ()
        known = {
            self._what[view.text[start:end]]: None
            for view in views(text)
            for start, end in self._found_plain(view.text)
            if view.text[start:end] in self._what
        }
        return tuple(known) or (_FORM,)

    def _without(self, text: str) -> str:
        return _without(text, self._spans(text, self._found))

    def holds(self, text: str) -> bool:
        """Whether anything of a text is secret."""
        return self.remove(text) != text

    def swallows(self, document: str) -> bool:
        """Whether a JSON text holds a whole one that is marked, whose parts would no longer be known for secrets."""
        return any(secret in document for secret in self._documents)

    def _spans(self, text: str, found: Callable[[str], Iterable[Span]]) -> Iterator[Span]:
        for view in views(text):
            for start, end in found(view.text):
                if start < end:
                    yield view.span(start, end)

    def _found(self, text: str) -> Iterator[Span]:
        yield from credentials.spans(text)
        yield from self._found_known(text)

    def _found_known(self, text: str) -> Iterator[Span]:
        yield from self._found_plain(text)
        if self._texts:
            for start, end, decoded in encoded(text):
                if decoded and self._within(decoded, 1):
                    yield start, end

    def _found_plain(self, text: str) -> Iterator[Span]:
        yield from self._texts.spans(text)
        if self._numbers:
            yield from self._numbers_in(text)

    def _numbers_in(self, text: str) -> Iterator[Span]:
        if len(self._numbers) <= _FEW and not any(number in text for number in self._numbers):
            return
        for match in _NUMBER.finditer(text):
            start, end = match.span()
            # `-5` may be a minus or a dash, `5.` a part of 5.5 or the end of a sentence.
            for first, last in ((start, end), (match.start("plain"), end), (match.start("plain"), match.end("whole"))):
                if text[first:last] in self._numbers:
                    yield first, last
                    break

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
        self._texts = frozenset(texts)
        lengths: dict[str, set[int]] = {}
        for text in self._texts:
            lengths.setdefault(text[:SHORTEST], set()).add(len(text))
        self._lengths = {beginning: sorted(each, reverse=True) for beginning, each in lengths.items()}

    def __bool__(self) -> bool:
        return bool(self._texts)

    def spans(self, text: str) -> Iterator[Span]:
        """Where each stands, of those that begin at one place the longest; the whole text where that takes too long."""
        if len(self._texts) <= _FEW:
            for needle in self._texts:
                start = text.find(needle)
                while start >= 0:
                    if _whole(needle, text, start):
                        yield start, start + len(needle)
                    start = text.find(needle, start + 1)
            return
        tries = _AT_LEAST + _TRIES * len(text)
        for start in range(len(text) - SHORTEST + 1):
            lengths = self._lengths.get(text[start : start + SHORTEST])
            if lengths is None:
                continue
            tries -= len(lengths)
            if tries < 0:
                yield 0, len(text)
                return
            for length in lengths:
                needle = text[start : start + length]
                if needle in self._texts and _whole(needle, text, start):
                    yield start, start + len(needle)  # at the text's end the slice is a shorter one
                    break


def _without(text: str, spans: Iterable[Span]) -> str:
    found = sorted(spans)
    if not found:
        return text
    ours = [match.span() for match in _OURS.finditer(text)]
    parts, last = [], 0
    for start, end in _merged(span for span in found if not _inside(span, ours)):
        parts += [text[last:start], SENSITIVE]
        last = end
    return "".join([*parts, text[last:]])


def _in_bytes(texts: Iterable[str]) -> tuple[str, ...]:
    """Each in the bytes that are encoded: UTF-8, and UTF-16 as Windows has it; one character a byte."""
    encodings = ("utf-8", "utf-16-le")
    return tuple(sorted({text.encode(each, "surrogatepass").decode("latin-1") for text in texts for each in encodings}))


def _whole(needle: str, text: str, start: int) -> bool:
    """Whether digits are no part of a longer number."""
    end = start + len(needle)
    return not (needle.isdigit() and (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit()))


def _inside(span: Span, others: list[Span]) -> bool:
    """Whether a span lies in one of the others, which are in order and apart."""
    at = bisect_right(others, (span[0], sys.maxsize)) - 1
    return at >= 0 and span[1] <= others[at][1]


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
