"""At most forty nodes: what there is most of, and matters least, becomes one that says how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from tanada.graph.model import Graph, Kind, Node, made

MOST = 40
_RANKS: tuple[Kind, ...] = ("outside", "task", "job", "shared", "store", "service", "entry", "environment")
"""What is folded first."""
FINE: tuple[Kind, ...] = _RANKS[:5]
_CALLED = {
    "outside": "hosts",
    "task": "tasks",
    "job": "jobs",
    "shared": "more",
    "store": "stores",
    "service": "services",
    "entry": "entrances",
    "environment": "environments",
}
_FIXED = ("internet",)


def folded(graph: Graph, most: int = MOST, ranks: Sequence[Kind] = _RANKS) -> Graph:
    """The graph with at most so many nodes, as far as the kinds that may be folded allow.

    Of one kind in one container those go first that have the fewest edges; who reached one of them reaches what they
    became. Nothing is left out: `members` has the names.
    """
    while len(graph.nodes) > most:
        group = _largest(graph, ranks)
        if group is None:
            break
        graph = _together(graph, group, len(graph.nodes) - most)
    return graph


def _largest(graph: Graph, ranks: Sequence[Kind]) -> list[Node] | None:
    groups: dict[tuple[Kind, str | None], list[Node]] = {}
    for node in graph.nodes:
        if node.id not in _FIXED:
            groups.setdefault((node.kind, node.place), []).append(node)
    for kind in ranks:
        if found := [nodes for (of, _), nodes in groups.items() if of == kind and len(nodes) > 1]:
            return max(found, key=len)
    return None


def _together(graph: Graph, group: list[Node], excess: int) -> Graph:
    """One less for each that goes, but for the one that they become."""
    ends = Counter(end for edge in graph.edges for end in (edge.source, edge.target))
    before = [node for node in group if node.members and node.id.startswith("more ")]
    single = sorted((node for node in group if node not in before), key=lambda node: (ends[node.id], node.id))
    going = single[: excess + (0 if before else 1)]
    gone = {node.id for node in (*going, *before)}
    names = sorted({*(node.name for node in going), *(name for node in before for name in node.members)})
    first = group[0]
    number = len(going) + sum(len(node.members) for node in before)
    one = Node(
        id=f"more {first.kind} {first.place}",
        name=f"{number} {_CALLED[first.kind]}" if len(gone) == len(group) else f"and {number} more",
        kind=first.kind,
        what=_CALLED[first.kind] if len(gone) != len(group) else "",
        place=first.place,
        details=tuple(names[:_NAMED]) if len(names) <= _NAMED else (*names[: _NAMED - 1], "…"),
        resources=sum(node.resources for node in (*going, *before)),
        members=tuple(names),
    )
    instead = dict.fromkeys(gone, one.id)
    return made(
        graph.title,
        iter(graph.containers),
        iter([*(node for node in graph.nodes if node.id not in gone), one]),
        (
            replace(edge, source=instead.get(edge.source, edge.source), target=instead.get(edge.target, edge.target))
            for edge in graph.edges
        ),
    )


_NAMED = 3
