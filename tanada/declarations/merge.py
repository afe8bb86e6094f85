"""Merging layers of a declaration: mappings merge key by key, short forms as what they mean; anything else replaces;
`null` removes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tanada.declarations.short_forms import spelled_out
from tanada.declarations.tree import BROKEN, Node, Removal


def merge(lower: Node, upper: Node) -> Node:
    """What holds when `upper` is laid over `lower`; a mapping of both keeps the place of the lower one."""
    if lower.value is BROKEN:
        return lower  # nothing is said of it again, whatever lies over it
    lower = spelled_out(lower, upper)
    if not isinstance(lower.value, Mapping) or not isinstance(upper.value, Mapping):
        return settled(upper)
    lower = settled(lower)
    values, removed = dict(lower.mapping), dict(lower.removed)
    for key, node in upper.mapping.items():
        if node.value is None:
            removed[key] = Removal(node, effective=values.pop(key, None) is not None)
            continue
        values[key] = merge(values[key], node) if key in values else settled(node)
        removed.pop(key, None)
    for key, removal in upper.removed.items():  # of what was merged before
        removed[key] = Removal(removal.by, effective=values.pop(key, None) is not None or removal.effective)
    return replace(lower, value=values, removed=removed)


def settled(node: Node) -> Node:
    """The lowest layer by itself: there is nothing to remove, so a `null` in a mapping is as if not written."""
    if not isinstance(node.value, Mapping):
        return node
    values = {key: settled(item) for key, item in node.value.items() if item.value is not None}
    vain = {key: Removal(item, effective=False) for key, item in node.value.items() if item.value is None}
    return replace(node, value=values, removed={**node.removed, **vain})
