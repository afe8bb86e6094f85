"""Values with a short form: a bare text that lies under a mapping is merged as what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tanada.declarations.model_info import kind_at
from tanada.declarations.tree import Node
from tanada.declared.blueprint import Blueprint
from tanada.declared.model import Model


def spelled_out(lower: Node, upper: Node) -> Node:
    """The lower node as a mapping, where it is a text that stands for one and the upper is a mapping; else as it is."""
    if not isinstance(lower.value, str) or not isinstance(upper.value, Mapping):
        return lower
    way = lower.path[1:] if lower.path[:1] == ("blueprint",) else lower.path
    kind = kind_at(Blueprint, way)
    if not isinstance(kind, type) or not issubclass(kind, Model) or kind.SHORT is None:
        return lower
    fields = kind.SHORT(lower.value)
    if not fields or ({*kind.EITHER} & {*fields} and {*kind.EITHER} & {*upper.value} - {*fields}):
        return lower
    return replace(lower, value={name: replace(lower, value=text) for name, text in fields.items()})
