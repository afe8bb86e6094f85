"""Which differences of a plan's summary are what `patches` say. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from tanada.plan.configuration import without_keys
from tanada.plan.model import Difference, ResourceChange, Summary


def marked(summary: Summary, patches: Mapping[str, Collection[str]]) -> Summary:
    """The same summary; `patches` says by address the ways to what is patched: `slow_start`,
    `container_definitions[nginx].systemControls`."""
    if not patches:
        return summary
    changes = (_of(change, patches.get(without_keys(change.address), ())) for change in summary.changes)
    return replace(summary, changes=tuple(changes))


def _of(change: ResourceChange, ways: Collection[str]) -> ResourceChange:
    def patched(each: Difference) -> bool:
        return any(each.path == way or each.path.startswith((f"{way}.", f"{way}[")) for way in ways)

    return replace(change, differences=tuple(replace(each, patched=patched(each)) for each in change.differences))
