"""What a comment leaves out, and in which order, until it fits a forge's limit; the dangerous part goes last.

| step | what goes |
| --- | --- |
| 1 | the ends of long values; lines of texts that stay as they are |
| 2 | addresses of what is created: types are counted |
| 3 | values of outputs and drift, details of warnings, errors past 20 lines |
| 4 | attributes of updates, and of replacements those that don't force them |
| 5 | addresses of updates, moves, imports, drift and lines of a configuration's difference: they are counted |
| 6 | links to the logs: of stacks without changes, then all |
| 7 | sections of stacks that are neither dangerous nor failed: their rows stay |
| 8 | rows of those stacks past 500, 200, 100, 50, 20, then all: one row counts them |
| 9 | names past 200, 50, 20 in a list, reasons past five |
| 10 | sections of dangerous and failed stacks: their lines above stay |
| 11 | dangerous lines of one stack past three, then past one: they are counted by what is lost |
| 12 | dangerous lines, or errors, of all stacks where they are more than 40: numbers, with 20 names each |
| 13 | the rows of these, then all but numbers and three names each |

Steps 1 to 5, 7 and 10 go from section to section, the least severe stack first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

ALL = 1 << 30


class Detail(IntEnum):
    """How much of a section is left out."""

    FULL = 0
    LINES = 1
    CREATED = 2
    SIDE = 3
    UPDATED = 4
    COUNTED = 5
    GONE = 6


@dataclass(frozen=True)
class Omissions:
    """What to leave out; sections are numbered by severity, the most severe is 0."""

    detail: Detail = Detail.FULL
    """Of every section …"""
    split: int = ALL
    """… but from this one on, one level more is left out."""
    gone: int = ALL
    """The section from which on there is none."""
    quiet_links: bool = True
    """Whether stacks without changes link to their logs."""
    links: bool = True
    rows: int = ALL
    """Rows of stacks that are neither dangerous nor failed."""
    names: int = ALL
    reasons: int = ALL
    each: int = ALL
    """Dangerous lines of one stack."""
    lines: int = ALL
    """Dangerous lines, or failures, that stay lines of their own."""

    def of(self, index: int) -> Detail:
        """The level of a section."""
        if index >= self.gone:
            return Detail.GONE
        return self.detail if index < self.split else Detail(self.detail + 1)


NOTHING = Omissions()
LEFT_OUT = {
    Detail.LINES: "ends of long values",
    Detail.CREATED: "addresses of what is created",
    Detail.SIDE: "values of outputs and drift",
    Detail.UPDATED: "attributes of updates",
    Detail.COUNTED: "addresses of updates",
    Detail.GONE: "sections of stacks",
}
"""For the reader: what each level leaves out."""


def steps(sections: int, grave: int) -> Iterator[Omissions]:
    """From nothing to all that can be left out; the first `grave` sections are dangerous or failed."""
    yield NOTHING
    for detail in list(Detail)[: Detail.COUNTED]:
        for split in range(sections - 1, -1, -1):
            yield Omissions(detail, split)
    omissions = Omissions(Detail.COUNTED, quiet_links=False)
    yield omissions
    omissions = replace(omissions, links=False)
    yield omissions
    for gone in range(sections - 1, grave - 1, -1):
        omissions = replace(omissions, gone=gone)
        yield omissions
    for rows in (500, 200, 100, 50, 20, 0):
        omissions = replace(omissions, rows=rows)
        yield omissions
    for names in (200, 50, 20):
        omissions = replace(omissions, names=names, reasons=5)
        yield omissions
    for gone in range(grave - 1, -1, -1):
        omissions = replace(omissions, gone=gone)
        yield omissions
    for each in (3, 1):
        omissions = replace(omissions, each=each)
        yield omissions
    yield replace(omissions, lines=40)
    omissions = replace(omissions, lines=0)
    yield omissions
    yield replace(omissions, names=3)


def size(body: str) -> int:
    """Bytes of UTF-8: never fewer than characters, code points or UTF-16 units, whichever a forge counts."""
    return len(body.encode("utf-8"))


def fit(render: Callable[[Omissions], str], sections: int, grave: int, limit: int) -> str | None:
    """The fullest text within the limit; None where not even the barest fits."""
    every = list(steps(sections, grave))
    low, high = 0, len(every) - 1
    fitting: str | None = None
    while low <= high:
        middle = (low + high) // 2
        body = render(every[middle])
        if size(body) <= limit:
            fitting, high = body, middle - 1
        else:
            low = middle + 1
    return fitting
