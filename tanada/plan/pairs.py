"""Where two values differ, part by part: maps by key, lists by element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tanada.plan.equality import empty, same, unmatched
from tanada.plan.values import Element, Steps

_IDENTITIES = (
    "name", "Name", "key", "Key", "id", "Id", "ID", "sid", "Sid", "container_name", "container_port", "containerPort",
    "container_path", "containerPath", "device_name", "capacity_provider", "capacityProvider", "priority",
    "rule_number", "from_port",
)  # fmt: skip
"""What tells the elements of a list apart, best first: an element keeps its identity wherever it stands."""
_MOST_COMPARED = 400
"""Pairs of elements that are compared to see which became which."""


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

    steps: Steps
    before: Any
    after: Any


def pairs(before: Any, after: Any, steps: Steps = ()) -> Iterator[Pair]:
    """Every smallest part that differs, in the order of keys and elements."""
    if _map_like(before, after):  # its parts tell whether it differs
        yield from _of_maps(before or {}, after or {}, steps)
    elif same(before, after):
        return
    elif _list_like(before, after):
        yield from _of_lists(before or [], after or [], steps)
    else:
        yield Pair(steps, before, after)


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


def _of_maps(before: Mapping[str, Any], after: Mapping[str, Any], steps: Steps) -> Iterator[Pair]:
    kind = before if isinstance(before, Labelled) else after
    for key in sorted({**before, **after}, key=_natural):
        step = Element(key) if isinstance(kind, Labelled) else str(key)
        left, right = before.get(key), after.get(key)
        if isinstance(kind, Labelled) and kind.whole and (empty(left) or empty(right)):
            if not same(left, right):
                yield Pair((*steps, step), left, right)
        elif isinstance(kind, Spread):
            yield from pairs(left or {}, right or {}, (*steps, step))
        else:
            yield from pairs(left, right, (*steps, step))


def _natural(key: object) -> tuple[int, int, str]:
    """Numbers by size, then names by letter."""
    text = str(key)
    return (0, int(text), text) if text.isascii() and text.isdigit() and len(text) < 20 else (1, 0, text)


def _of_lists(before: Sequence[Any], after: Sequence[Any], steps: Steps) -> Iterator[Pair]:
    if (label := _identity(before, after)) is not None:
        yield from pairs(_labelled(before, label), _labelled(after, label), steps)
        return
    if not before or not after:
        yield from _one_sided(before, after, steps)
        return
    left, right = unmatched(before, after)
    for old, new in _matches(before, after, left, right):
        if old is None:
            assert new is not None
            yield Pair((*steps, Element(new)), None, after[new])
        elif new is None:
            taken = old in right
            yield Pair((*steps, Element(f"{old} before" if taken else old)), before[old], None)
        else:
            yield from pairs(before[old], after[new], (*steps, Element(new)))


def _one_sided(before: Sequence[Any], after: Sequence[Any], steps: Steps) -> Iterator[Pair]:
    """A list that comes or goes: block by block, else as a whole."""
    if not all(isinstance(item, Mapping) for item in (*before, *after)):
        yield Pair(steps, before or None, after or None)
        return
    yield from (Pair((*steps, Element(index)), item, None) for index, item in enumerate(before))
    yield from (Pair((*steps, Element(index)), None, item) for index, item in enumerate(after))


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


def _matches(
    before: Sequence[Any], after: Sequence[Any], left: list[int], right: list[int]
) -> list[tuple[int | None, int | None]]:
    """Which element became which: the one at the same place, else for blocks the most alike."""
    if len(before) == len(after) == 1:
        return [(0, 0)]
    matches = [(index, index) for index in left if index in right and _may_be_one(before[index], after[index])]
    matches += _most_alike(before, after, *_lone(left, right, matches))
    lone_left, lone_right = _lone(left, right, matches)
    every = [*matches, *((index, None) for index in lone_left), *((None, index) for index in lone_right)]
    return sorted(every, key=lambda match: (match[1] if match[1] is not None else match[0] or 0, match[1] is None))


def _lone(left: list[int], right: list[int], matches: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Without those that have their match."""
    old, new = {match[0] for match in matches}, {match[1] for match in matches}
    return [index for index in left if index not in old], [index for index in right if index not in new]


def _may_be_one(before: Any, after: Any) -> bool:
    return not isinstance(before, Mapping) or not isinstance(after, Mapping) or _alike(before, after) > 0


def _most_alike(
    before: Sequence[Any], after: Sequence[Any], left: list[int], right: list[int]
) -> list[tuple[int, int]]:
    if len(left) * len(right) > _MOST_COMPARED:
        return []
    matches: list[tuple[int, int]] = []
    blocks = [index for index in right if isinstance(after[index], Mapping)]
    for index in left:
        if isinstance(before[index], Mapping):
            scores = ((_alike(before[index], after[other]), -other) for other in blocks)
            score, other = max(scores, default=(0, 0))
            if score > 0:
                matches.append((index, -other))
                blocks.remove(-other)
    return matches


def _alike(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """How many attributes are the same."""
    return sum(1 for key, item in before.items() if not empty(item) and same(item, after.get(key)))
