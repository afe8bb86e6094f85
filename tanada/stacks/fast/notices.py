"""What the fast path says when it steps aside: one line on stderr, each reason once a process."""

from __future__ import annotations

import sys

_said: set[str] = set()


def say(reason: str) -> None:
    """Say it, if it was not said yet."""
    if reason not in _said:
        _said.add(reason)
        sys.stderr.write(f"tanada: {reason}\n")
