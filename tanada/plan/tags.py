"""Tags that change on many resources at once, as one change: default tags reach everything that a stack has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tanada.plan.model import Difference, ResourceChange
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
    changes = list(changes)
    alike: dict[tuple[Difference, ...], list[str]] = {}
    for change in changes:
        if _tags_alone(change):
            alike.setdefault(change.differences, []).append(change.address)
    many = {tags for tags, addresses in alike.items() if len(addresses) > 1}
    rest = [change for change in changes if not (_tags_alone(change) and change.differences in many)]
    return [Retagged(tuple(alike[tags]), tags) for tags in alike if tags in many], rest


def _tags_alone(change: ResourceChange) -> bool:
    return (
        change.action == "update"
        and bool(change.differences)
        and not (change.routine or change.imported or change.previous_address or change.deposed)
        and all(_TAG.fullmatch(each.path) and not each.lines and not each.hidden for each in change.differences)
    )


def _said(tag: Difference) -> str:
    found = _TAG.fullmatch(tag.path)
    key = (found[1] or found[2]) if found else tag.path
    if tag.before is None:
        return f"{key} added ({tag.after})"
    return f"{key} removed" if tag.after is None else f"{key} {tag.before} → {tag.after}"
