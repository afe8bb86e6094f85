"""Tags that change on many resources at once, as one change: default tags reach everything that a stack has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tanada.plan.model import Difference, Drift, ResourceChange
from tanada.text import count

_TAG = re.compile(r'tags(?:_all)?(?:\.([A-Za-z_][A-Za-z0-9_-]*)|\["(.+)"\])')
"""The way to a tag as the printer writes it: `tags_all.owner`, `tags_all["cost centre"]`."""


@dataclass(frozen=True)
class Retagged:
    """Resources of which nothing but tags changes, and the same of each."""

    addresses: tuple[str, ...]
    tags: tuple[Difference, ...]

    def __str__(self) -> str:
        """`tags of 43 resources: owner added (ops@example.jp), cost-centre 1234 → 99`."""
        return f"tags of {count(len(self.addresses), 'resource')}: {', '.join(map(_said, self.tags))}"


def folded(changes: Iterable[ResourceChange]) -> tuple[list[Retagged], list[ResourceChange]]:
    """Those of which two or more change by the same tags alone, and all others as they are."""
    return _apart(changes, lambda change: change.differences if _in_place(change) else ())


def folded_drift(drift: Iterable[Drift]) -> tuple[list[Retagged], list[Drift]]:
    """The same of what changed outside Terraform: others tag all that there is, too."""
    return _apart(drift, lambda each: each.differences)


T = TypeVar("T", ResourceChange, Drift)


def _apart(items: Iterable[T], differing: Callable[[T], tuple[Difference, ...]]) -> tuple[list[Retagged], list[T]]:
    items = list(items)
    alike: dict[tuple[Difference, ...], list[str]] = {}
    for item in items:
        if _tags_alone(differences := differing(item)):
            alike.setdefault(differences, []).append(item.address)
    many = {tags: tuple(addresses) for tags, addresses in alike.items() if len(addresses) > 1}
    rest = [item for item in items if differing(item) not in many]
    return [Retagged(addresses, tags) for tags, addresses in many.items()], rest


def _in_place(change: ResourceChange) -> bool:
    moved = change.imported or change.previous_address or change.deposed
    return change.action == "update" and not (change.routine or moved)


def _tags_alone(differences: Sequence[Difference]) -> bool:
    return bool(differences) and all(
        _TAG.fullmatch(each.path) and not each.lines and not each.hidden for each in differences
    )


def _said(tag: Difference) -> str:
    found = _TAG.fullmatch(tag.path)
    key = (found[1] or found[2]) if found else tag.path
    if tag.before is None:
        return f"{key} added ({tag.after})"
    return f"{key} removed" if tag.after is None else f"{key} {tag.before} → {tag.after}"
