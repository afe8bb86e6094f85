"""Whether two values mean the same to a provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tanada.plan.values import Sealed, Unknown

_SCALARS = frozenset({str, bool, int, type(None)})


def empty(value: Any) -> bool:
    """Null, absent and empty are the same to most providers."""
    if isinstance(value, Mapping):
        return all(empty(item) for item in value.values())
    return value is None or (isinstance(value, str | list) and not value)


def same(before: Any, after: Any) -> bool:
    """Whether two values mean the same: null is empty, the order of a list's elements doesn't count."""
    if type(before) is type(after) and type(before) in _SCALARS:  # nearly always
        return bool(before == after)
    if isinstance(before, Sealed | Unknown) or isinstance(after, Sealed | Unknown):
        return _same_sealed(before, after)
    if empty(before) or empty(after):
        return empty(before) and empty(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(same(before.get(key), after.get(key)) for key in {**before, **after})
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and unmatched(before, after) == ([], [])
    return isinstance(before, bool) == isinstance(after, bool) and bool(before == after)


def _same_sealed(before: Any, after: Any) -> bool:
    """What is unknown is the same as nothing, and what is sealed only as what is sealed too."""
    return isinstance(before, Sealed) and isinstance(after, Sealed) and same(before.value, after.value)


def unmatched(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[int], list[int]]:
    """Positions of elements that have no equal on the other side; each element is an equal of one other at most."""
    if all(isinstance(item, str) for item in (*before, *after)):
        return _unmatched_texts(before, after)
    right = list(range(len(after)))
    left = []
    for index, item in enumerate(before):
        # At its own place first: lists seldom change much.
        nearby = [index] if index in right else []
        match = next((other for other in (*nearby, *right) if same(item, after[other])), None)
        if match is None:
            left.append(index)
        else:
            right.remove(match)
    return left, right


def _unmatched_texts(before: Sequence[str], after: Sequence[str]) -> tuple[list[int], list[int]]:
    places: dict[str, list[int]] = {}
    for index, item in enumerate(after):
        places.setdefault(item, []).append(index)
    left = []
    for index, item in enumerate(before):
        if places.get(item):
            places[item].pop(0)
        else:
            left.append(index)
    return left, sorted(index for rest in places.values() for index in rest)
