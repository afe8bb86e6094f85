"""A picture as a Mermaid flowchart, which forges draw in Markdown; where things stand it decides itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tanada.graph.model import Container, Graph, Node
from tanada.graph.ways import BOTH

_ARROWS = {"reaches": "-->", "starts": "-.->", "leaves": "-->"}
_SHAPES = {"store": ("[(", ")]"), "outside": ("([", "])")}


def mermaid(graph: Graph) -> str:
    """The whole document, with a line's end."""
    ids = {node.id: f"n{number}" for number, node in enumerate(graph.nodes, 1)}
    boxes = {container.id: f"c{number}" for number, container in enumerate(graph.containers, 1)}
    lines = ["---", f"title: {json.dumps(graph.title, ensure_ascii=False)}", "---", "flowchart LR"]
    lines += _inside(graph, None, ids, boxes, "  ")
    for edge in graph.edges:
        label = f"|{_quoted(edge.label)}|" if edge.label not in ("", BOTH) else ""
        lines.append(f"  {ids[edge.source]} {_ARROWS[edge.way]}{label} {ids[edge.target]}")
    return "\n".join(lines) + "\n"


def _inside(graph: Graph, place: str | None, ids: dict[str, str], boxes: dict[str, str], indent: str) -> Iterator[str]:
    for node in graph.nodes:
        if node.place == place:
            opened, closed = _SHAPES.get(node.kind, ("[", "]"))
            yield f"{indent}{ids[node.id]}{opened}{_quoted(*_lines(node))}{closed}"
    for container in graph.containers:
        if container.inside == place:
            yield from _box(graph, container, ids, boxes, indent)


def _box(graph: Graph, container: Container, ids: dict[str, str], boxes: dict[str, str], indent: str) -> Iterator[str]:
    yield f"{indent}subgraph {boxes[container.id]} [{_quoted(container.name)}]"
    yield from _inside(graph, container.id, ids, boxes, f"{indent}  ")
    yield f"{indent}end"


def _lines(node: Node) -> Iterator[str]:
    yield node.name
    if node.what:
        yield node.what
    yield from node.details
    if node.badges:
        yield " · ".join(node.badges)


def _quoted(*lines: str) -> str:
    """A label; what Mermaid would read as its own as entities (mermaid.js.org, "Entity codes to escape characters")."""
    return '"' + "<br>".join("".join(_ENTITIES.get(sign, sign) for sign in line) for line in lines) + '"'


_ENTITIES = {sign: f"#{ord(sign)};" for sign in '"#<>&`|{}%$' + "\n\r\t"}
