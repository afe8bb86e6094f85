"""What a synth asks of those who can read declarations and make stacks; the cache knows neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Meaning = Callable[[bytes], str | None]
"""Takes a file of a declaration; gives a hash of what it says, the same for other comments and another layout; None
where it has a mistake."""


@dataclass(frozen=True)
class Declared:
    """A declaration without a mistake."""

    inputs: Mapping[str, str]
    """By stack, in the inventory's order: all that it is made of."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """Of the files that were read, by name."""
    remembered: Mapping[str, str] = field(default_factory=dict)
    """Of those files: what need not be found out again as long as they, and system.yaml, say the same."""


@dataclass(frozen=True)
class Work:
    """The three steps, from the cheapest on."""

    meaning: Meaning
    declare: Callable[[Mapping[str, str]], Declared]
    """Reads the declaration, given what is remembered of its files; raises what is wrong with it."""
    make: Callable[[Mapping[str, str], Path], None]
    """Writes the stacks of these inputs, and CDKTF's manifest of them, into an empty folder."""
    prepare: Callable[[], object] = lambda: None
    """Called once the declaration says something new: what `make` needs may start while it is read."""
