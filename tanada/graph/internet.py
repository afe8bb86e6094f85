"""The internet, and the way out to it."""

from __future__ import annotations

from tanada.graph.emitted import Emitted
from tanada.graph.model import Node
from tanada.graph.places import PUBLIC
from tanada.text import count

INTERNET, OUT = "internet", "out"


def internet() -> Node:
    """Who comes in, and where the way out leads."""
    return Node(INTERNET, "Internet", "outside", "in and out", None)


def way_out(emitted: Emitted, *, private: bool) -> Node | None:
    """The NAT gateways, for what is private, or the internet gateway; None where it is somebody else's."""
    nats = list(emitted.of("aws_nat_gateway"))
    if nats and private:
        addresses = count(len(list(emitted.of("aws_eip"))), "fixed address")
        name = "NAT gateway" if len(nats) == 1 else "NAT gateways"
        return Node(OUT, name, "way_out", "the way out", PUBLIC, (addresses,))
    if list(emitted.of("aws_internet_gateway")):
        return Node(OUT, "Internet gateway", "way_out", "the way out", PUBLIC)
    return None
