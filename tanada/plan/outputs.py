"""What happens to the outputs of a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tanada.plan.changes import action_of
from tanada.plan.differences import difference
from tanada.plan.marks import sides
from tanada.plan.model import Difference, OutputChange
from tanada.plan.pairs import Pair, pairs
from tanada.plan.source import Source


def output_changes(source: Source) -> tuple[OutputChange, ...]:
    """All but those that stay as they are, by name."""
    changes = []
    for name, change in sorted((source.plan.get("output_changes") or {}).items()):
        action = action_of(change["actions"], f"output {name}")
        if action != "no-op":
            changes.append(OutputChange(source.printer.text(name), action, _difference(source, name, change)))
    return tuple(changes)


def _difference(source: Source, name: str, change: Mapping[str, Any]) -> Difference:
    """Of maps and lists the parts that differ, line by line."""
    before, after = (source.normalizer.value(side, name) for side in sides(change))
    whole = difference(Pair((name,), before, after), source.printer)
    if whole.lines or not (_composite(before) and _composite(after)):
        return whole
    inner = [difference(pair, source.printer) for pair in pairs(before, after, (name,))]
    if len(inner) == 1:
        return inner[0]
    return replace(whole, lines=tuple(line for item in inner for line in _lines(item)))


def _composite(value: Any) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _lines(item: Difference) -> Iterator[str]:
    if item.lines:
        yield f" {item.path}:"
        yield from item.lines
        return
    if item.before is not None:
        yield f"-{item.path}: {item.before}"
    if item.after is not None:
        yield f"+{item.path}: {item.after}"
