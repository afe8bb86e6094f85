"""What is to be laid out, as ELK reads it, and what came of that (eclipse.dev/elk, "JSON Format")."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tanada.graph import boxes
from tanada.graph.model import Graph

_OPTIONS = {
    "elk.algorithm": "layered",
    "elk.direction": "RIGHT",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.json.shapeCoords": "ROOT",
    "elk.json.edgeCoords": "ROOT",
    "elk.randomSeed": "1",
    "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
    "elk.layered.crossingMinimization.forceNodeModelOrder": "false",
    "elk.layered.mergeEdges": "true",
    "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
    "elk.layered.thoroughness": "20",
}
_SPACING = {
    "elk.spacing.nodeNode": "14",
    "elk.spacing.componentComponent": "14",
    "elk.spacing.edgeNode": "12",
    "elk.spacing.edgeEdge": "8",
    "elk.layered.spacing.nodeNodeBetweenLayers": "34",
    "elk.layered.spacing.edgeNodeBetweenLayers": "12",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "8",
}
_CONTAINER = {
    "elk.padding": f"[top={boxes.HEAD},left={boxes.MARGIN},bottom={boxes.MARGIN},right={boxes.MARGIN}]",
    "elk.nodeSize.constraints": "MINIMUM_SIZE",
}


def asked(graph: Graph) -> dict[str, Any]:
    """The graph with the size of each node."""
    sizes = boxes.sizes(graph)
    edges = [
        # What leaves goes back to where all begins: the internet stays at the left, with a door for each direction.
        (f"edge {number}", f"{edge.target} out", edge.source)
        if edge.way == "leaves"
        else (f"edge {number}", edge.source, edge.target)
        for number, edge in enumerate(graph.edges)
    ]
    edges += [(f"row {number}", *ends) for number, ends in enumerate(_rows(graph))]
    return {
        "id": "root",
        "layoutOptions": _OPTIONS | _SPACING,
        "children": list(_children(graph, None, sizes)),
        "edges": [{"id": id_, "sources": [source], "targets": [target]} for id_, source, target in edges],
    }


def _rows(graph: Graph) -> Iterator[tuple[str, str]]:
    """Edges that nobody sees, of what has none of its own: it stands behind the containers beside it, else in rows."""
    joined = {end for edge in graph.edges for end in (edge.source, edge.target)}
    alone: dict[str | None, list[str]] = {}
    for node in graph.nodes:
        if node.id not in joined:
            alone.setdefault(node.place, []).append(node.id)
    for place, ids in alone.items():
        beside = [node.id for node in graph.nodes if _is_within(graph, node.place, place)]
        if beside:
            yield from ((beside[-1], each) for each in ids)
            continue
        columns = min(_COLUMNS, math.isqrt(len(ids)))
        for number, (one, other) in enumerate(pairwise(ids), 1):
            if number % columns:
                yield one, other


def _is_within(graph: Graph, inner: str | None, outer: str | None) -> bool:
    """Whether a container is in another, at any depth; all are in what has no container."""
    inside = {each.id: each.inside for each in graph.containers}
    while inner is not None:
        inner = inside[inner]
        if inner == outer:
            return True
    return False


_COLUMNS = 4


def _children(graph: Graph, place: str | None, sizes: Mapping[str, tuple[float, float]]) -> Iterator[dict[str, Any]]:
    for node in graph.nodes:
        if node.place == place:
            wide, high = sizes[node.id]
            found: dict[str, Any] = {"id": node.id, "width": wide, "height": high}
            if any(edge.way == "leaves" and edge.target == node.id for edge in graph.edges):
                found["layoutOptions"] = {"elk.portConstraints": "FIXED_SIDE"}
                found["ports"] = [{"id": f"{node.id} out", "layoutOptions": {"elk.port.side": "EAST"}}]
            yield found
    for container in graph.containers:
        if container.inside == place:
            yield {
                "id": f"box {container.id}",
                "layoutOptions": _CONTAINER | _SPACING | {"elk.nodeSize.minimum": f"({boxes.head(container)},0)"},
                "children": list(_children(graph, container.id, sizes)),
            }


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Laid:
    """Where all is."""

    width: float
    height: float
    nodes: Mapping[str, Box]
    containers: Mapping[str, Box]
    edges: tuple[tuple[tuple[float, float], ...], ...]
    """The points of each edge, in the graph's order."""


def answered(graph: Graph, answer: Mapping[str, Any]) -> Laid:
    """ELK's answer, rounded."""
    found: dict[str, Box] = {}

    def walk(children: list[Mapping[str, Any]]) -> None:
        for each in children:
            found[each["id"]] = Box(*(_rounded(each.get(field, 0)) for field in ("x", "y", "width", "height")))
            walk(each.get("children", []))

    walk(answer.get("children", []))
    lines: dict[str, tuple[tuple[float, float], ...]] = {}

    def collect(part: Mapping[str, Any]) -> None:
        for edge in part.get("edges", []):
            lines[edge["id"]] = _straight(
                (_rounded(point["x"]), _rounded(point["y"]))
                for section in edge.get("sections", [])
                for point in (section["startPoint"], *section.get("bendPoints", []), section["endPoint"])
            )
        for each in part.get("children", []):
            collect(each)

    collect(answer)
    return Laid(
        _rounded(answer.get("width", 0)),
        _rounded(answer.get("height", 0)),
        {node.id: found[node.id] for node in graph.nodes},
        {each.id: found[f"box {each.id}"] for each in graph.containers},
        tuple(
            line[::-1] if edge.way == "leaves" else line
            for number, edge in enumerate(graph.edges)
            for line in [lines.get(f"edge {number}", ())]
        ),
    )


def _straight(points: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Without slopes of a pixel, which ELK leaves where an edge passes a container's side."""
    found: list[tuple[float, float]] = []
    for x, y in points:
        if found and abs(y - found[-1][1]) < _SLOPE:
            y = found[-1][1]
        elif found and abs(x - found[-1][0]) < _SLOPE:
            x = found[-1][0]
        found.append((x, y))
    return tuple(found)


_SLOPE = 3.0


def _rounded(value: float) -> float:
    return round(float(value), 1)
