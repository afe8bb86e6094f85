"""A picture that was laid out, as SVG: no script, nothing that is fetched; light or dark as its reader wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from tanada.graph import boxes
from tanada.graph.elk import Box, Laid
from tanada.graph.model import Container, Edge, Graph, Node
from tanada.graph.places import ACCOUNT, NETWORK, PRIVATE, PUBLIC
from tanada.text import count

_AROUND, _TITLE, _LEGEND = 16.0, 34.0, 30.0
_ROUND = 5.0
_STYLE = """\
text{font-family:-apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;fill:#1f2328}
.page{fill:#fff}.title{font-size:15px;font-weight:600}
.box{fill:#f6f8fa;stroke:#d1d9e0}.network{fill:#fff;stroke:#c3cdd8}
.public{fill:#f2f9f4;stroke:#c9e2d1}.private{fill:#f1f6fc;stroke:#c8d9ee}
.head{font-size:11px;font-weight:600;fill:#59636e}
.node{fill:#fff;stroke:#c3cdd8}.aside{fill:none;stroke:#c3cdd8;stroke-dasharray:4 3}
.name{font-size:13px;font-weight:600}.what,.detail,.legend{font-size:11px;fill:#59636e}.detail{fill:#3d444d}
.pill{font-size:10px;text-anchor:middle;fill:#6b4fa3}.pillbox{fill:#f3effb;stroke:#d9cdf0}
.bar-entry{fill:#8262c4}.bar-service{fill:#2f6fb5}.bar-task,.bar-job{fill:#7fa8d6}.bar-environment{fill:#2f6fb5}
.bar-store{fill:#2e8b6f}.bar-shared{fill:#a08a4b}.bar-way_out{fill:#818b98}
.edge{fill:none;stroke:#6e7781;stroke-width:1.3}.starts{stroke-dasharray:5 4}.leaves{stroke:#a3abb4}
.tip{fill:#6e7781}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.page{fill:#0d1117}
.box{fill:#151b23;stroke:#30363d}.network{fill:#0d1117;stroke:#3d444d}
.public{fill:#10201a;stroke:#254a37}.private{fill:#111d2d;stroke:#263f5e}
.head{fill:#9198a1}.node{fill:#1c2229;stroke:#444c56}.aside{stroke:#444c56}
.what,.legend{fill:#9198a1}.detail{fill:#b7bec6}
.pill{fill:#c8b6f0}.pillbox{fill:#261f38;stroke:#4a3d6b}
.bar-entry{fill:#a389dd}.bar-service,.bar-environment{fill:#5b9be0}.bar-task,.bar-job{fill:#3f6c9e}
.bar-store{fill:#46b08f}.bar-shared{fill:#b9a263}
.edge{stroke:#8b949e}.leaves{stroke:#59636e}.tip{fill:#8b949e}
}"""
_PLACES = {ACCOUNT: "box", NETWORK: "network", PUBLIC: "public", PRIVATE: "private"}


def svg(graph: Graph, laid: Laid) -> str:
    """The whole document, with a line's end."""
    wide = max(laid.width, 360.0) + 2 * _AROUND
    high = laid.height + _TITLE + _LEGEND + 2 * _AROUND
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(wide)} {_n(high)}" width="{_n(wide)}" '
        f'height="{_n(high)}" role="img" aria-labelledby="title description">',
        f'<title id="title">{_text(graph.title)}</title>',
        f'<desc id="description">{_text(described(graph))}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0.5 0.8 7.5 4 0.5 7.2z"/></marker></defs>',
        f'<rect class="page" width="{_n(wide)}" height="{_n(high)}" rx="8"/>',
        f'<text class="title" x="{_n(_AROUND)}" y="{_n(_AROUND + 12)}">{_text(graph.title)}</text>',
        f'<g transform="translate({_n(_AROUND)} {_n(_AROUND + _TITLE)})">',
    ]
    for container in graph.containers:
        lines += _container(container, laid.containers[container.id])
    for edge, points in zip(graph.edges, laid.edges, strict=True):
        lines += _edge(graph, edge, points)
    for node in graph.nodes:
        lines += _node(node, laid.nodes[node.id])
    lines += ["</g>", *_legend(graph, high - _AROUND), "</svg>"]
    return "\n".join(lines) + "\n"


def described(graph: Graph) -> str:
    """The same in sentences, for who can't see it."""
    names = {node.id: node.name for node in graph.nodes}
    said = [f"{node.name} ({node.what})" if node.what else node.name for node in graph.nodes]
    verbs = {"reaches": "reaches", "starts": "starts", "leaves": "leads to"}
    ways = [f"{names[edge.source]} {verbs[edge.way]} {names[edge.target]}" for edge in graph.edges]
    return ". ".join(filter(None, (", ".join(said), ", ".join(ways)))) + "." if said else "Nothing runs here."


def _container(container: Container, box: Box) -> Iterator[str]:
    style = _PLACES.get(container.id.rpartition("/")[2], "network")
    yield f'<rect class="{style}" {_at(box)} rx="6"/>'
    yield f'<text class="head" x="{_n(box.x + boxes.MARGIN)}" y="{_n(box.y + 19)}">{_text(container.name)}</text>'


def _node(node: Node, box: Box) -> Iterator[str]:
    aside = node.kind == "outside"
    yield f"<g><title>{_text(_whole(node))}</title>"
    yield f'<rect class="{"aside" if aside else "node"}" {_at(box)} rx="5"/>'
    if not aside:
        bar = f"M{_n(box.x + 5)} {_n(box.y)}h-1a4 4 0 0 0-4 4v{_n(box.height - 8)}a4 4 0 0 0 4 4h1z"
        yield f'<path class="bar-{node.kind}" d="{bar}"/>'
    for line in boxes.lines(node, box.width)[0]:
        x, y = box.x + line.x, box.y + line.y
        if line.style == "pill":
            yield (
                f'<rect class="pillbox" x="{_n(x)}" y="{_n(y)}" width="{_n(line.wide)}" '
                f'height="{_n(boxes.PILL_HIGH)}" rx="7.5"/>'
            )
            x, y = x + line.wide / 2, y + 11
        yield f'<text class="{line.style}" x="{_n(x)}" y="{_n(y)}">{_text(line.text)}</text>'
    yield "</g>"


def _whole(node: Node) -> str:
    """What a pointer that rests on it reads: also what was too long, and what was folded."""
    said = [f"{node.name}: {node.what}" if node.what else node.name, *node.details, *node.badges]
    if node.members:
        said.append(", ".join(node.members))
    if node.resources > 1:
        said.append(f"{count(node.resources, 'resource')} of Terraform's")
    return "\n".join(said)


def _edge(graph: Graph, edge: Edge, points: Sequence[tuple[float, float]]) -> Iterator[str]:
    if len(points) < 2:
        return
    names = {node.id: node.name for node in graph.nodes}
    label = f": {edge.label}" if edge.label else ""
    yield f"<g><title>{_text(f'{names[edge.source]} → {names[edge.target]}{label}')}</title>"
    style = "edge" if edge.way == "reaches" else f"edge {edge.way}"
    yield f'<path class="{style}" marker-end="url(#tip)" d="{_path(points)}"/></g>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    """From corner to corner, each of them round."""
    steps = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND, _far(before, corner) / 2, _far(corner, after) / 2)
        start, end = _toward(corner, before, radius), _toward(corner, after, radius)
        steps.append(f"L{_n(start[0])} {_n(start[1])}Q{_n(corner[0])} {_n(corner[1])} {_n(end[0])} {_n(end[1])}")
    steps.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(steps)


def _far(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _toward(corner: tuple[float, float], other: tuple[float, float], radius: float) -> tuple[float, float]:
    far = _far(corner, other) or 1.0
    return corner[0] + (other[0] - corner[0]) * radius / far, corner[1] + (other[1] - corner[1]) * radius / far


def _legend(graph: Graph, y: float) -> Iterator[str]:
    x = _AROUND
    said = {"reaches": "may reach", "starts": "starts, delivers to"}
    for way, words in said.items():
        if any(edge.way == way for edge in graph.edges):
            style = "edge" if way == "reaches" else f"edge {way}"
            yield f'<path class="{style}" marker-end="url(#tip)" d="M{_n(x)} {_n(y - 4)}h28"/>'
            yield f'<text class="legend" x="{_n(x + 36)}" y="{_n(y)}">{words}</text>'
            x += 130


def _at(box: Box) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """Within an element: no markup, and no sign that XML doesn't know."""
    known = "".join(
        sign for sign in text if sign in "\n\t" or (ord(sign) >= 0x20 and not 0xD800 <= ord(sign) <= 0xDFFF)
    )
    return escape(known)
