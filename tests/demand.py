"""What 36 real ECS systems declare, and which test shows that Tanada has it: `python -m tests.demand` counts.

The rows are those of a reading of public repositories in November 2026, a short word a system. One could move in once
every capability that it declares is shown; what most of them could do without counts all the same.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "demand.csv"
ALL_BUT = "all but "
NOT_AT_RUN_TIME = ("image built by the same tool (Dockerfile, target, args)", "CodePipeline / CodeBuild")
"""What makes and delivers images, and is no part of what runs."""


@dataclass(frozen=True)
class Row:
    """One capability."""

    capability: str
    systems: frozenset[str]
    """Those that declare it."""
    shown_by: str
    """A test, as pytest names it; "" where there is none yet."""


def rows() -> tuple[Row, ...]:
    """All that was read."""
    with FILE.open(encoding="utf-8", newline="") as file:
        read = [(each["capability"], each["systems"], each["shown by"]) for each in csv.DictReader(file)]
    everyone = {word for _, systems, _ in read if systems != "all" for word in _words(systems)}
    return tuple(Row(name, frozenset(_named(systems, everyone)), shown) for name, systems, shown in read)


def _words(systems: str) -> list[str]:
    return re.split(r",\s*|\s+and\s+", systems.removeprefix(ALL_BUT))


def _named(systems: str, everyone: set[str]) -> set[str]:
    if systems == "all":
        return everyone
    words = {*_words(systems)}
    return everyone - words if systems.startswith(ALL_BUT) else words


def missing(of: tuple[Row, ...]) -> dict[str, tuple[str, ...]]:
    """By system the capabilities that no test shows."""
    everyone = sorted({system for row in of for system in row.systems})
    return {
        system: tuple(row.capability for row in of if system in row.systems and not row.shown_by) for system in everyone
    }


def lines() -> Iterator[str]:
    """What is counted."""
    read = rows()
    lacking = missing(read)
    shown = [row for row in read if row.shown_by]
    met = sum(len(row.systems) for row in shown)
    yield f"{len(shown)} of {len(read)} capabilities are shown by a test, {met} of {_wishes(read)} wishes of systems"
    yield f"{sum(not each for each in lacking.values())} of {len(lacking)} systems have all that they declare"
    running = [[each for each in lacks if each not in NOT_AT_RUN_TIME] for lacks in lacking.values()]
    whole = sum(not each for each in running)
    yield f"{whole} of {len(running)} have all that runs: whatever builds and delivers images aside"
    for most in (1, 2, 3, 5, 8):
        yield f"  {sum(len(each) <= most for each in lacking.values())} lack {most} or fewer"
    yield "what most of them lack:"
    for row in sorted((row for row in read if not row.shown_by), key=lambda row: -len(row.systems))[:12]:
        yield f"  {len(row.systems):2} {row.capability}"


def _wishes(of: tuple[Row, ...]) -> int:
    return sum(len(row.systems) for row in of)


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201 - a program of its own
