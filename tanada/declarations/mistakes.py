"""Mistakes in a declaration: where each stands and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field

from tanada.text import visible


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
    sentence: str = field(compare=True)

    def __str__(self) -> str:
        return f"{self.place}: {self.path}: {self.sentence}" if self.path else f"{self.place}: {self.sentence}"
