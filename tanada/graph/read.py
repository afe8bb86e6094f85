"""The picture of one stack."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.graph import common
from tanada.graph.emitted import Emitted, Json
from tanada.graph.folding import folded
from tanada.graph.model import Graph, Node, made
from tanada.graph.parts import Parts
from tanada.graph.places import Places
from tanada.graph.ways import Ways


def stack(title: str, account: str, own: Json, shared: Json | None) -> Graph:
    """What a stack of an environment consists of, with as much of the common one (`shared`) as leads to it or out of
    it; without one the common stack itself. `account` is how its box is called.
    """
    emitted = Emitted(own, shared)
    places = Places(emitted, account)
    if shared is None:
        return folded(made(title, places.containers(), common.nodes(emitted, places), common.edges(emitted)))
    parts = Parts(emitted, places)
    ways = Ways(parts)

    def nodes() -> Iterator[Node]:
        yield from parts.nodes()
        yield from ways.outside()

    return folded(made(title, places.containers(), nodes(), ways.edges()))
