"""Path patterns of load balancers, with `*` and `?`: which is more specific, and which fit some path together."""

from __future__ import annotations

import re
from functools import cache


def is_exact(path: str) -> bool:
    """Whether it stands for itself alone."""
    return "*" not in path and "?" not in path


@cache
def rank(path: str | None) -> tuple[int, int]:
    """How early a path comes; those of one rank in any order."""
    if path is None:
        return 2, 0
    return (0, 0) if is_exact(path) else (1, -len(re.sub(r"[*?]", "", path)))


@cache
def meet(one: str | None, other: str | None) -> bool:
    """Whether some path fits both."""
    if one is None or other is None:
        return True
    if not one or not other:
        return set(one + other) <= {"*"}
    if "*" in (one[0], other[0]):
        star, rest = (one, other) if one[0] == "*" else (other, one)
        return meet(star[1:], rest) or meet(star, rest[1:])
    return (one[0] == other[0] or "?" in (one[0], other[0])) and meet(one[1:], other[1:])
