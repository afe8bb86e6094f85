"""The comments of a YAML file: what stands beside a line is its reason."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.events import ScalarEvent

_COMMENT = re.compile(r"(?:^|\s)#(.*)")
"""YAML 1.2, 6.6: a comment stands at the start of a line or after white space."""
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ruamel.yaml counts as the end of a line."""
_TO_EDITORS = re.compile(r"yaml-language-server:|-\*-|vim?:")
"""How comments begin that are no reason of anything."""


@dataclass(frozen=True, slots=True)
class Comments:
    """What a file's comments say, by line; lines count from 1."""

    beside: dict[int, str] = field(default_factory=dict)
    """Behind something."""
    alone: dict[int, str] = field(default_factory=dict)
    """On lines of their own."""

    def reason(self, line: int) -> str | None:
        """The comment behind a line, else the block of comments directly above it."""
        if text := self.beside.get(line):
            return text
        above = line
        while above - 1 in self.alone:
            above -= 1
        return " ".join(filter(None, (self.alone[each] for each in range(above, line)))) or None


def comments(text: str) -> Comments:
    """The comments of a file's text, which must have been read without a mistake."""
    comments = Comments()
    ends, hidden = _contents(text)
    for number, line in enumerate(_BREAK.split(text), 1):
        comment = None if number in hidden else _COMMENT.search(line, ends.get(number, 0))
        if comment is None:
            continue
        words = comment[1].strip()
        if not _TO_EDITORS.match(words):
            where = comments.beside if line[: comment.start()].strip() else comments.alone
            where[number] = words
    return comments


def _contents(text: str) -> tuple[dict[int, int], set[int]]:
    """Where the last scalar of each line ends, and lines that are nothing but a scalar's: no "#" in them comments."""
    ends: dict[int, int] = {}
    hidden: set[int] = set()
    for event in YAML(typ="safe", pure=True).parse(io.StringIO(text)):
        if not isinstance(event, ScalarEvent):
            continue
        start, end = event.start_mark, event.end_mark
        block = event.style in ("|", ">")
        hidden.update(range(start.line + 2, end.line + 1))
        if not block:
            if end.line > start.line:
                hidden.add(start.line + 1)
            ends[end.line + 1] = max(ends.get(end.line + 1, 0), end.column)
    return ends, hidden
