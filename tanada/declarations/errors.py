"""Mistakes in a declaration: where each stands and what it says, and the one error that carries them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from tanada.errors import TanadaError


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file of the system; lines and columns count from 1, as editors do."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{printable(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that is wrong, in the sentence that the user reads."""

    place: Place
    path: str
    sentence: str = field(compare=True)

    def __str__(self) -> str:
        return f"{self.place}: {self.path}: {self.sentence}" if self.path else f"{self.place}: {self.sentence}"


class DeclarationError(TanadaError):
    """All mistakes of all files of a system, each once, by file and line; its text is the lines to print."""

    def __init__(self, message: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(message)
        self.mistakes = mistakes

    @classmethod
    def of(cls, mistakes: Iterable[Mistake]) -> DeclarationError:
        ordered = tuple(sorted(set(mistakes)))
        return cls("\n".join(map(str, ordered)), ordered)


def printable(text: str) -> str:
    """The text with whatever would move a terminal's cursor or hide itself written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def quoted(value: str) -> str:
    """A value of the user's as it stands in a sentence."""
    return f'"{printable(value if len(value) <= 60 else value[:57] + "…")}"'


def one_of(words: Iterable[str]) -> str:
    """The known words, as the middle of a sentence."""
    known = tuple(words)
    if not known:
        return "none is declared"
    return f"expected {'one of ' if len(known) > 1 else ''}{', '.join(known)}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; of numbers the nearest one."""
    words = {each.lower(): each for each in known}
    numbers = [int(each) for each in words if each.isdecimal()]
    if numbers and word.isdecimal() and len(word) < 19:
        return str(min(numbers, key=lambda number: abs(number - int(word))))
    word = word[:60].lower()
    found = difflib.get_close_matches(word, words, n=3, cutoff=0.6)
    # Letters in another order are the likelier slip than other letters ("prot" is port, not spot).
    best = next((each for each in found if sorted(each) == sorted(word)), found[0] if found else None)
    return words[best] if best is not None else None


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that offers the nearest known word, or nothing."""
    found = nearest(word, known)
    return f'; did you mean "{found}"?' if found else ""
