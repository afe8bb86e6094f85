"""How large a node's box is, and what is written where in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tanada.graph import metrics
from tanada.graph.model import Container, Graph, Node

HEAD, MARGIN = 30, 14
"""Of a container: room for its name, and at the other sides."""
NAME, SMALL, PILL = 13.0, 11.0, 10.0
"""Heights of letters."""
_LEAST, _MOST = 108.0, 168.0
_LEAST_OUTSIDE, _MOST_OUTSIDE = 74.0, 210.0
_LEFT, _RIGHT = 12.0, 9.0
_TOP, _BOTTOM = 8.0, 9.0
_NAME_LINE, _LINE, _PILL_LINE = 17.0, 14.5, 18.0
PILL_HIGH, _PILL_SIDES, _PILL_GAP = 15.0, 12.0, 4.0


@dataclass(frozen=True)
class Line:
    """A text, from its left and on its baseline, measured from the node's corner."""

    text: str
    x: float
    y: float
    style: str
    """`name`, `what`, `detail` or `pill`."""
    wide: float = 0
    """Of a pill, with its sides."""


def sizes(graph: Graph) -> dict[str, tuple[float, float]]:
    """Width and height of each node; all but what is outside are equally wide, so that they stand in columns."""
    needs = {node.id: _needs(node) for node in graph.nodes}
    outside = {node.id for node in graph.nodes if node.kind == "outside"}
    wide = _even(min(_MOST, max([_LEAST, *(need for id_, need in needs.items() if id_ not in outside)])))
    widths = {
        id_: _even(min(_MOST_OUTSIDE, max(_LEAST_OUTSIDE, need))) if id_ in outside else wide
        for id_, need in needs.items()
    }
    return {node.id: (widths[node.id], float(lines(node, widths[node.id])[1])) for node in graph.nodes}


def head(container: Container) -> float:
    """How wide a container is at least, for its name."""
    return _even(metrics.width(container.name, SMALL, bold=True) + 2 * MARGIN)


def _even(wide: float) -> float:
    return float(-(-wide // 2) * 2)


def lines(node: Node, wide: float) -> tuple[list[Line], float]:
    """What is written in a box so wide, and how high that is."""
    room = wide - _LEFT - _RIGHT
    y = _TOP + NAME
    found = [Line(metrics.fitted(node.name, NAME, room, bold=True), _LEFT, y, "name")]
    for style, text in (("what", node.what), *(("detail", each) for each in node.details)):
        if not text:
            continue
        y += _LINE if len(found) > 1 else _NAME_LINE
        found.append(Line(metrics.fitted(text, SMALL, room), _LEFT, y, style))
    if node.badges:
        y += 6
        for row in _rows(node, room):
            x = _LEFT
            for text, each in row:
                found.append(Line(text, x, y, "pill", each))
                x += each + _PILL_GAP
            y += _PILL_LINE
        y -= _PILL_LINE - PILL_HIGH
    return found, y + _BOTTOM - (0 if node.badges else 1)


def _rows(node: Node, room: float) -> Iterator[list[tuple[str, float]]]:
    """Pills side by side as far as there is room."""
    row: list[tuple[str, float]] = []
    used = 0.0
    for badge in node.badges:
        text = metrics.fitted(badge, PILL, room - _PILL_SIDES)
        wide = metrics.width(text, PILL) + _PILL_SIDES
        if row and used + wide > room:
            yield row
            row, used = [], 0.0
        row.append((text, wide))
        used += wide + _PILL_GAP
    yield row


def _needs(node: Node) -> float:
    texts = [metrics.width(node.name, NAME, bold=True)]
    texts += [metrics.width(each, SMALL) for each in (node.what, *node.details)]
    texts += [metrics.width(each, PILL) + _PILL_SIDES for each in node.badges]
    return max(texts) + _LEFT + _RIGHT
