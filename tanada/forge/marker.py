"""The hidden first line by which a comment or an issue of ours is found again, and keeping a comment the only one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from tanada.forge.base import Done


def marker(key: str, system: str) -> str:
    """`<!-- tanada:plan reference -->`: the key says what the text is about, the system whose it is."""
    return f"<!-- tanada:{_plain(key)} {_plain(system)} -->"


def _plain(text: str) -> str:
    """Without what would end an HTML comment, or the line."""
    return re.sub(r"[^\w.]+", "-", text)


def marked(marker: str, body: str, limit: int) -> str:
    """A text with its marker. One over the limit is a bug of ours: it was shortened before it came here."""
    text = f"{marker}\n{body}"
    assert len(text) <= limit, f"{len(text)} of {limit} characters"
    return text


def carries(marked: str, text: str | None) -> bool:
    """Whether a text's first line is this marker: one quoted further down makes no comment ours."""
    return (text or "").lstrip("\ufeff \t\r\n").split("\n", 1)[0].strip() == marked


def content(text: str) -> str:
    """A hidden second line for a text that is the same again when `text` is, whatever else in it differs: the time,
    the address of the run."""
    return f"<!-- tanada:content {hashlib.sha256(text.encode()).hexdigest()} -->"


def same(one: str | None, other: str) -> bool:
    """Whether two texts are the same to a reader; forges change line ends and the white space around a text.

    Where both have a content line, it alone decides.
    """
    before, after = _normal(one or ""), _normal(other)
    lines = [text.split("\n", 2)[1:2] for text in (before, after)]
    if all(line and line[0].startswith("<!-- tanada:content ") for line in lines):
        return lines[0] == lines[1]
    return before == after


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


class _HasBody(Protocol):
    @property
    def body(self) -> str: ...


Comment = TypeVar("Comment", bound=_HasBody)


class GoneError(Exception):
    """A comment that was listed a moment ago is there no more."""


_TRIES = 3
"""Whoever deletes a comment between list and edit does it once; a list that still names it then is a stale one."""


def keep_one(
    text: str,
    ours: Callable[[], Sequence[Comment]],
    create: Callable[[str], object],
    write: Callable[[Comment, str], object],
    remove: Callable[[Comment], object],
) -> Done:
    """Make our one comment say the text; `ours` lists those with its marker, the oldest first.

    `write` raises GoneError where the comment was deleted since: then it is made anew.
    """
    for _ in range(_TRIES):
        try:
            return _keep_one(text, ours, create, write, remove)
        except GoneError:
            continue
    create(text)
    return "created"


def _keep_one(
    text: str,
    ours: Callable[[], Sequence[Comment]],
    create: Callable[[str], object],
    write: Callable[[Comment, str], object],
    remove: Callable[[Comment], object],
) -> Done:
    done: Done = "unchanged"
    comments = ours()
    if not comments:
        create(text)
        done = "created"
        # Two jobs that both found none have both made one: whoever looks last settles it.
        comments = ours()
    for other in comments[1:]:
        remove(other)
    if comments and not same(comments[0].body, text):
        write(comments[0], text)
        done = "updated"
    return done
