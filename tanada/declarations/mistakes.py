"""Mistakes in a declaration: where each stands and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tanada.text import visible

Loc = Sequence[str | int]
"""The way to a value from the top of a tree: keys of mappings and indexes of lists."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position in a file of the system; lines and columns count from 1, as editors do."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{visible(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that is wrong, in the sentence that the user reads."""

    place: Position
    path: str
    sentence: str
    rests_on: tuple[Loc, ...] = field(default=(), compare=False, repr=False)
    """The way to it in the merged tree, and to what else may have brought it about."""
    breaks: bool = field(default=False, compare=False)
    """Whether it stands at an override that is well by itself, and breaks something: maybe several things."""

    def __str__(self) -> str:
        return f"{self.place}: {self.path}: {self.sentence}" if self.path else f"{self.place}: {self.sentence}"
