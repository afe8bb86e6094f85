"""Terraform's overlays: `before_sensitive`, `after_sensitive` and `after_unknown` lie over a change's two sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tanada.plan.values import Sealed, Unknown
from tanada.secrecy import SENSITIVE


def any_mark(marks: Any) -> bool:
    """Whether an overlay marks anything."""
    if marks is True or not marks:
        return marks is True
    if isinstance(marks, dict):
        return any(map(any_mark, marks.values()))
    if isinstance(marks, list):
        return any(map(any_mark, marks))
    return False


def marked(value: Any, marks: Any) -> Iterator[Any]:
    """The parts of a value that its overlay covers; the whole where the two don't fit each other."""
    if isinstance(marks, dict) and isinstance(value, dict):
        for key, mark in marks.items():
            if mark and key in value:
                yield from marked(value[key], mark)
    elif isinstance(marks, list) and isinstance(value, list):
        for item, mark in zip(value, marks, strict=False):
            if mark:
                yield from marked(item, mark)
    elif any_mark(marks):
        yield value


def sides(change: Mapping[str, Any]) -> tuple[Any, Any]:
    """Before and after of a change, masked; what is marked on one side is masked on both."""
    marks = both(change.get("before_sensitive"), change.get("after_sensitive"))
    after = with_unknown(change.get("after"), change.get("after_unknown"))
    return masked(change.get("before"), marks), masked(after, marks)


def with_unknown(value: Any, unknown: Any) -> Any:
    """The value with `Unknown` wherever its overlay `after_unknown` says so; Terraform leaves those out of `after`."""
    if not any_mark(unknown):
        return value
    if isinstance(unknown, dict) and (value is None or isinstance(value, dict)):
        value = value or {}
        return {**value, **{key: with_unknown(value.get(key), mark) for key, mark in unknown.items() if any_mark(mark)}}
    if isinstance(unknown, list) and (value is None or isinstance(value, list)):
        items = list(value or ())
        items += [None] * (len(unknown) - len(items))
        return [with_unknown(item, _mark(unknown, index)) for index, item in enumerate(items)]
    return Unknown()


def masked(value: Any, marks: Any) -> Any:
    """The value with `Sealed` wherever its overlay marks it; sealed as a whole where the two don't fit each other."""
    if not marks or value is None or isinstance(value, Unknown):
        return value
    if isinstance(marks, dict) and isinstance(value, dict):
        return {key: masked(item, marks.get(key)) for key, item in value.items()}
    if isinstance(marks, list) and isinstance(value, list):
        return [masked(item, _mark(marks, index)) for index, item in enumerate(value)]
    return Sealed(SENSITIVE, value) if any_mark(marks) else value


def both(first: Any, second: Any) -> Any:
    """One overlay of marks from two."""
    if not first or not second:
        return first or second
    if isinstance(first, dict) and isinstance(second, dict):
        return {key: both(first.get(key), second.get(key)) for key in {**first, **second}}
    if isinstance(first, list) and isinstance(second, list):
        return [both(_mark(first, index), _mark(second, index)) for index in range(max(len(first), len(second)))]
    # One marks the whole, or they have different shapes.
    return any_mark(first) or any_mark(second)


def _mark(marks: Sequence[Any], index: int) -> Any:
    """Nothing is marked past an overlay's end."""
    return marks[index] if index < len(marks) else None
