"""What differs between two values, part by part: maps by key, lists by element, long texts by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tanada.plan.model import Difference
from tanada.plan.values import LONGEST, Element, Path, Printer, empty, same, shortened, unmatched

_IDENTITIES = (
    "name", "Name", "key", "Key", "id", "Id", "ID", "sid", "Sid", "container_name", "container_port", "containerPort",
    "container_path", "containerPath", "device_name", "capacity_provider", "capacityProvider", "priority",
    "rule_number", "from_port",
)  # fmt: skip
"""What tells the elements of a list apart, best first: an element keeps its identity wherever it stands."""

_LINES = 60
"""Lines of a difference of texts; more are counted."""
_LONG = 600
"""Lines that are still compared one by one (difflib takes quadratic time)."""
REWRITTEN = "(the same, written differently)"


class Labelled(dict[str, Any]):
    """A list whose elements have names: `container_definitions[web]`."""

    whole = True
    """An element that comes or goes is one difference; else each of its attributes is."""


class Spread(Labelled):
    """The same, but an element that comes or goes is told attribute by attribute."""

    whole = False


@dataclass(frozen=True)
class Pair:
    """A place where two values differ."""

    path: Path
    before: Any
    after: Any


def pairs(before: Any, after: Any, path: Path = ()) -> Iterator[Pair]:
    """Every smallest part that differs, in the order of keys and elements."""
    if _map_like(before, after):  # its parts tell whether it differs
        before, after = before or {}, after or {}
        kind = before if isinstance(before, Labelled) else after
        for key in sorted({**before, **after}, key=_natural):
            step = Element(key) if isinstance(kind, Labelled) else str(key)
            left, right = before.get(key), after.get(key)
            if isinstance(kind, Labelled) and kind.whole and (empty(left) or empty(right)):
                if not same(left, right):
                    yield Pair((*path, step), left, right)
            elif isinstance(kind, Spread):
                yield from pairs(left or {}, right or {}, (*path, step))
            else:
                yield from pairs(left, right, (*path, step))
    elif same(before, after):
        return
    elif _list_like(before, after):
        yield from _elements(before or [], after or [], path)
    else:
        yield Pair(path, before, after)


def _map_like(before: Any, after: Any) -> bool:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return True
    if isinstance(before, Mapping) and empty(after) and not isinstance(after, list):
        return isinstance(before, Labelled) or _flat(before)
    if isinstance(after, Mapping) and empty(before) and not isinstance(before, list):
        return isinstance(after, Labelled) or _flat(after)
    return False


def _flat(value: Mapping[str, Any]) -> bool:
    """Tags and the like, which read better key by key, also where all of them are new."""
    return not any(isinstance(item, Mapping | list) for item in value.values())


def _list_like(before: Any, after: Any) -> bool:
    return (isinstance(before, list) or before is None) and (isinstance(after, list) or after is None)


def _elements(before: Sequence[Any], after: Sequence[Any], path: Path) -> Iterator[Pair]:
    if (label := _identity(before, after)) is not None:
        yield from pairs(_labelled(before, label), _labelled(after, label), path)
        return
    if not before or not after:
        if all(isinstance(item, Mapping) for item in (*before, *after)):
            for index, (left, right) in enumerate(
                zip(before or [None] * len(after), after or [None] * len(before), strict=True)
            ):
                yield Pair((*path, Element(index)), left, right)
        else:
            yield Pair(path, before or None, after or None)
        return
    left, right = unmatched(before, after)
    for old, new in _matches(before, after, left, right):
        if old is None:
            assert new is not None
            yield Pair((*path, Element(new)), None, after[new])
        elif new is None:
            taken = old in right
            yield Pair((*path, Element(f"{old} before" if taken else old)), before[old], None)
        else:
            yield from pairs(before[old], after[new], (*path, Element(new)))


def _matches(
    before: Sequence[Any], after: Sequence[Any], left: list[int], right: list[int]
) -> list[tuple[int | None, int | None]]:
    """Which element became which: the one at the same place, else for blocks the most alike."""
    found: list[tuple[int | None, int | None]] = []
    lone_left, lone_right = list(left), list(right)
    for index in [index for index in left if index in right]:
        if not _block(before[index]) or not _block(after[index]) or _alike(before[index], after[index]):
            found.append((index, index))
            lone_left.remove(index)
            lone_right.remove(index)
    if len(before) == 1 and len(after) == 1 and lone_left and _block(before[0]) and _block(after[0]):
        return [(0, 0)]  # a block that may stand once
    if len(lone_left) * len(lone_right) <= 400:
        for index in list(lone_left):
            scores = [
                (_alike(before[index], after[other]), -other)
                for other in lone_right
                if _block(before[index]) and _block(after[other])
            ]
            if scores and max(scores)[0] > 0:
                other = -max(scores)[1]
                found.append((index, other))
                lone_left.remove(index)
                lone_right.remove(other)
    found += [(index, None) for index in lone_left]
    found += [(None, index) for index in lone_right]
    return sorted(found, key=lambda match: (match[1] if match[1] is not None else match[0] or 0, match[1] is None))


def _block(value: Any) -> bool:
    return isinstance(value, Mapping)


def _alike(before: Any, after: Any) -> int:
    return sum(1 for key, item in before.items() if not empty(item) and same(item, after.get(key)))


def _identity(before: Sequence[Any], after: Sequence[Any]) -> str | None:
    items = (*before, *after)
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    for name in _IDENTITIES:
        if all(_distinct([item.get(name) for item in side]) for side in (before, after)):
            # Two lone blocks are one that changed, identity and all.
            alone = len(before) == 1 and len(after) == 1
            return None if alone and before[0][name] != after[0][name] else name
    return None


def _distinct(values: Sequence[Any]) -> bool:
    return all(
        (isinstance(value, str) and value) or (isinstance(value, int) and not isinstance(value, bool))
        for value in values
    ) and len({str(value) for value in values}) == len(values)


def _labelled(items: Sequence[Any], name: str) -> Labelled:
    return Labelled({str(item[name]): item for item in items})


def _natural(key: object) -> tuple[int, int, str]:
    """Numbers by size, then names by letter."""
    text = str(key)
    return (0, int(text), text) if text.isascii() and text.isdigit() and len(text) < 20 else (1, 0, text)


def difference(pair: Pair, printer: Printer, *, forces_replacement: bool = False) -> Difference:
    """The pair as people read it."""
    before, after = _one_line(pair, printer)
    lines: tuple[str, ...] = ()
    if (
        _is_text(pair.before)
        and _is_text(pair.after)
        and any("\n" in (text or "") for text in (pair.before, pair.after))
    ):
        old, new = (printer.text(text or "").splitlines() for text in (pair.before, pair.after))
        lines = by_line(old, new)
        before = None if pair.before is None else _length(old)
        after = None if pair.after is None else _length(new)
    elif before == after and before is not None:
        if same(pair.before, pair.after):
            after = REWRITTEN  # a policy with other white space
        elif isinstance(pair.before, str) != isinstance(pair.after, str):  # "1" and 1
            before, after = (_as_json(value, before) for value in (pair.before, pair.after))
    return Difference(
        path=printer.path(pair.path), before=before, after=after, lines=lines, forces_replacement=forces_replacement
    )


def _one_line(pair: Pair, printer: Printer) -> tuple[str | None, str | None]:
    """Both values on one line; of two long ones the stretch where they begin to differ."""
    sides = (_pruned(pair.before, pair.after), _pruned(pair.after, pair.before))
    before, after = (None if value is None else printer.whole(value) for value in sides)
    if before is None or after is None or before == after or min(len(before), len(after)) <= LONGEST:
        return tuple(None if text is None else shortened(text) for text in (before, after))  # type: ignore[return-value]
    start = next((i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(before))
    return _stretch(before, start), _stretch(after, start)


def _stretch(text: str, start: int) -> str:
    """The text around a place; the dots and its length stand for the rest."""
    first = max(0, start - LONGEST // 4)
    if first < 20:
        return shortened(text)
    last = first + LONGEST // 2
    return f"… {text[first:last]}{' …' if last < len(text) else ''} ({len(text):,} characters)"


def _pruned(value: Any, other: Any) -> Any:
    """A block that comes or goes, without what isn't set in it."""
    if isinstance(value, Mapping) and empty(other):
        return {key: item for key, item in value.items() if not empty(item)}
    return value


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _as_json(value: Any, text: str) -> str:
    return f'"{text}"' if isinstance(value, str) else text


def _length(lines: Sequence[str]) -> str:
    return "(1 line)" if len(lines) == 1 else f"({len(lines)} lines)"


def by_line(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """What goes (`-`), what comes (`+`) and two lines around it; at most 60 lines."""
    if len(before) > _LONG or len(after) > _LONG:
        start = 0
        while start < min(len(before), len(after)) and before[start] == after[start]:
            start += 1
        end = 0
        while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
            end += 1
        old, new = before[start : len(before) - end], after[start : len(after) - end]
        lines = [f"-{line}" for line in old] + [f"+{line}" for line in new]
        if len(old) <= _LONG and len(new) <= _LONG:
            lines = _unified(old, new)
    else:
        lines = _unified(before, after)
    shown = [shortened(line) for line in lines[:_LINES]]
    if len(lines) > _LINES:
        shown.append(f" … {len(lines) - _LINES} more lines")
    return tuple(shown)


def _unified(before: Sequence[str], after: Sequence[str]) -> list[str]:
    lines = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
    return [" …" if line.startswith("@@") else line for line in lines][1:] if lines else []
