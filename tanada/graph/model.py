"""A picture as plain values: boxes in boxes, and arrows between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["entry", "service", "task", "job", "store", "shared", "environment", "way_out", "outside"]
Way = Literal["reaches", "starts", "leaves"]


@dataclass(frozen=True)
class Container:
    """A box around others: an account, a network, its public subnets."""

    id: str
    name: str
    inside: str | None = None
    """The container that it stands in."""


@dataclass(frozen=True)
class Node:
    """One thing, with all that belongs to it folded in."""

    id: str
    name: str
    kind: Kind
    what: str
    """What AWS calls it."""
    place: str | None
    """The container that it stands in; None beside all of them."""
    details: tuple[str, ...] = ()
    """Lines below: names of hosts, how many tasks."""
    badges: tuple[str, ...] = ()
    """What stands before it or belongs to it: `WAF`, `1 sidecar`."""
    resources: int = 0
    """How many Terraform resources it stands for: logs, roles and rules with what they are for."""
    members: tuple[str, ...] = ()
    """The names of those that were folded into it."""


@dataclass(frozen=True)
class Edge:
    """From the one that begins to the one that answers."""

    source: str
    target: str
    way: Way = "reaches"
    label: str = ""
    """A port, or how else."""


@dataclass(frozen=True)
class Graph:
    title: str
    containers: tuple[Container, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def made(title: str, containers: Iterator[Container], nodes: Iterator[Node], edges: Iterator[Edge]) -> Graph:
    """The picture of these: without containers that hold nothing and edges from or to nobody, in an order of its own.

    Edges between the same two are one, which has the labels of all.
    """
    all_nodes = tuple({node.id: node for node in nodes}.values())
    known = {node.id for node in all_nodes}
    by_ends: dict[tuple[str, str, Way], set[str]] = {}
    for edge in edges:
        if edge.source in known and edge.target in known and edge.source != edge.target:
            labels = by_ends.setdefault((edge.source, edge.target, edge.way), set())
            labels |= {edge.label} - {""}
    all_containers = {each.id: each for each in containers}
    held: set[str] = set()
    for node in all_nodes:
        place = node.place
        while place is not None and place not in held:
            held.add(place)
            place = all_containers[place].inside
    order = {node.id: number for number, node in enumerate(all_nodes)}
    return Graph(
        title,
        tuple(each for each in all_containers.values() if each.id in held),
        all_nodes,
        tuple(
            Edge(*ends, ", ".join(sorted(labels, key=_natural)))
            for ends, labels in sorted(
                by_ends.items(), key=lambda item: (order[item[0][0]], order[item[0][1]], item[0][2])
            )
        ),
    )


def _natural(label: str) -> tuple[int, str]:
    return (int(label) if label.isdecimal() else 1 << 16, label)
