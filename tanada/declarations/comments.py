"""The comments of a YAML file: what stands beside a line is its reason."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.events import ScalarEvent

_COMMENT = re.compile(r"(?:^|\s)#(.*)")
"""YAML 1.2, 6.6: a comment stands at the start of a line or after white space."""

_MODELINE = re.compile(r"yaml-language-server:|(?:-\*-|vi:|vim:)")
"""What speaks to editors is no reason of anything."""


@dataclass(frozen=True, slots=True)
class Comments:
    """What a file's comments say, by line; lines count from 1."""

    beside: dict[int, str] = field(default_factory=dict)
    """Behind something."""
    alone: dict[int, str] = field(default_factory=dict)
    """On lines of their own."""

    def reason(self, *lines: int) -> str | None:
        """The comment behind the first of these lines that has one, else the block directly above the last."""
        for line in lines:
            if text := self.beside.get(line):
                return text
        block: list[str] = []
        above = lines[-1] - 1
        while above in self.alone:
            block.insert(0, self.alone[above])
            above -= 1
        return " ".join(filter(None, block)) or None


def comments(text: str) -> Comments:
    """The comments of a file's text, which must have been read without a mistake."""
    found = Comments()
    ends, hidden = _contents(text)
    # As ruamel.yaml counts lines (YAML 1.2, 5.4, and 1.1's breaks).
    for number, line in enumerate(re.split("\r\n|[\r\n\x85\u2028\u2029]", text), 1):
        if number in hidden:
            continue
        end = ends.get(number, 0)
        comment = _COMMENT.search(line, end)
        if comment is None or _MODELINE.match(words := comment[1].strip()):
            continue
        where = found.alone if not line[: comment.start()].strip() else found.beside
        where[number] = words
    return found


def _contents(text: str) -> tuple[dict[int, int], set[int]]:
    """Where the last text of each line ends, and the lines that are nothing but text: a "#" in them is none of ours."""
    ends: dict[int, int] = {}
    hidden: set[int] = set()
    for event in YAML(typ="safe", pure=True).parse(io.StringIO(text)):
        if not isinstance(event, ScalarEvent):
            continue
        first, last = event.start_mark.line + 1, event.end_mark.line + 1
        hidden.update(range(first + 1, last))
        if event.style not in ("|", ">"):
            ends[last] = max(ends.get(last, 0), event.end_mark.column)
            if last > first:
                ends[first] = len(text)
    return ends, hidden
