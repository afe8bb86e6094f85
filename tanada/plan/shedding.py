"""What a comment leaves out, and in which order, until it fits a forge's limit; the dangerous part goes last.

Order: first, level by level, each stack's section (the least severe stack first), then the page around them.

| level | of a section | what goes |
| --- | --- | --- |
| 1 | LINES | the ends of long values; lines of texts that stay as they are |
| 2 | CREATED | addresses of what is created: types are counted |
| 3 | SIDE | values of outputs and drift, details of warnings, errors past 20 lines |
| 4 | UPDATED | attributes of updates and of what is not dangerous |
| 5 | COUNTED | addresses of updates, moves, imports, drift and of a configuration's difference: types are counted |
| 6 | GONE | the section; its row, its line among the dangers and its errors stay above |

| level | of the page | what goes |
| --- | --- | --- |
| 1 | LINKS | links to the logs |
| 2 | ROWS | rows of stacks that are neither dangerous nor failed: one row counts them |
| 3 | NAMES | names past 20 in a list, reasons past five |
| 4 | DANGERS | dangerous lines and failures past 40 become numbers by what is lost, with 20 names each |
| 5 | NUMBERS | all but numbers and three names each |
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple


class Detail(IntEnum):
    """How much of a section is left out."""

    FULL = 0
    LINES = 1
    CREATED = 2
    SIDE = 3
    UPDATED = 4
    COUNTED = 5
    GONE = 6


class Around(IntEnum):
    """How much of the page around the sections is left out."""

    FULL = 0
    LINKS = 1
    ROWS = 2
    NAMES = 3
    DANGERS = 4
    NUMBERS = 5


LEFT_OUT = {
    Detail.LINES: "long values are cut",
    Detail.CREATED: "what is created is counted by type",
    Detail.SIDE: "values of outputs and drift are left out",
    Detail.UPDATED: "attributes of updates are left out",
    Detail.COUNTED: "updates are counted by type",
    Detail.GONE: "sections of stacks are left out",
}
"""For the reader: what each level leaves out."""


class Shed(NamedTuple):
    """What to leave out: sections before `split` stand at `detail`, the others one level further."""

    detail: Detail
    split: int
    around: Around

    def of(self, index: int) -> Detail:
        """The level of the section at an index (the most severe has 0)."""
        return self.detail if index < self.split or self.detail == Detail.GONE else Detail(self.detail + 1)


NOTHING = Shed(Detail.FULL, 1 << 30, Around.FULL)


def shed(step: int, sections: int) -> Shed:
    """The step-th way to shed, of `steps(sections)`: each leaves out a little more than the one before."""
    if step > Detail.GONE * sections:
        return Shed(Detail.GONE, 0, Around(step - Detail.GONE * sections))
    if not sections:
        return NOTHING
    level, gone = divmod(step, sections)
    return Shed(Detail(level), sections - gone if gone else 1 << 30, Around.FULL)


def steps(sections: int) -> int:
    """How many ways to shed there are besides shedding nothing."""
    return Detail.GONE * sections + Around.NUMBERS


def size(body: str) -> int:
    """Bytes of UTF-8: never fewer than characters, code points or UTF-16 units, whichever a forge counts."""
    return len(body.encode("utf-8"))


def fit(render: Callable[[Shed], str], sections: int, limit: int) -> tuple[str, Shed] | None:
    """The fullest text within the limit; None where not even the barest fits."""
    low, high = 0, steps(sections)
    fitting: tuple[str, Shed] | None = None
    while low <= high:
        middle = (low + high) // 2 if low else low  # nothing shed is tried first: most comments fit
        way = shed(middle, sections)
        body = render(way)
        if size(body) <= limit:
            fitting, high = (body, way), middle - 1
        else:
            low = middle + 1
    return fitting
