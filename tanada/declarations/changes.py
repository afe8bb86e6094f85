"""What differs between two declarations, stack by stack, each value at the line where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs, and the reason that stands beside it."""

    file: str
    line: int
    column: int
    path: str
    """The way to it in that file: `services.web.cpu`."""
    before: str | None
    """As it was written; a list or mapping as YAML in one line. None where there was none."""
    after: str | None
    comment: str | None = None
    """What stands beside the line in the YAML, else the comment directly above it."""
    old_line: bool = False
    """Nothing stands there any more: file and line are those of the declaration before."""
