"""Defaults that depend on the environment: the one table of them, and laying it below what is declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tanada.declarations.tree import Node


@dataclass(frozen=True, slots=True)
class Default:
    """What a field of every service is where the declaration does not say."""

    field: tuple[str, ...]
    value: str
    reason: str


PROTECTED: tuple[Default, ...] = (
    Default(("count",), "2", "the end of one task leaves another that answers"),
    Default(("exec",), "false", "nobody changes a running task by hand"),
    Default(("logs", "days"), "365", "what happened last year can still be read"),
)
"""For the services of an environment in a protected account."""

SOURCE = "default (protected account)"


def lay_below(tree: Node, defaults: Sequence[Default] = PROTECTED) -> Node:
    """An environment's tree with the defaults where it says nothing."""
    services = tree.mapping.get("services")
    if services is None:
        return tree
    filled: dict[str, Node] = {}
    for name, service in services.mapping.items():
        for default in defaults:
            service = _fill(service, default.field, default.value)
        filled[name] = service
    if not isinstance(services.value, Mapping):
        return tree
    return replace(tree, value={**tree.mapping, "services": replace(services, value=filled)})


def _fill(node: Node, field: tuple[str, ...], value: str) -> Node:
    """The node with the field added, where it is a mapping that lacks it."""
    if not isinstance(node.value, Mapping):
        return node
    first, rest = field[0], field[1:]
    below = node.mapping.get(first)
    if below is None:
        below = Node({} if rest else value, node.key, node.key, (*node.path, first), SOURCE)
    return replace(node, value={**node.mapping, first: _fill(below, rest, value) if rest else below})
