"""To be reachable from outside over TCP: a network load balancer of a service's own, in permanent environments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

from tanada.declared.allow import Sources
from tanada.declared.fields import Name, Port, Seconds, Text, expected
from tanada.declared.model import Model, Need

OWN = "(own)"
"""Stands among load balancers, by their names, for one of a service's own."""
_SAMPLE = "a port from 1 to 65535"
_MOST_PORT = 65535


def _listens(text: str) -> str:
    if int(text) > _MOST_PORT:
        raise expected(_SAMPLE)
    return text


Listens = Annotated[str, Text(r"^[1-9][0-9]{0,4}$", _SAMPLE, longest=5), AfterValidator(_listens)]


def _some(ports: dict[str, int]) -> dict[str, int]:
    if not ports:
        raise expected("one port at least; tcp: null takes it away")
    return ports


class Tcp(Model):
    """To be reachable from outside over TCP."""

    ports: Annotated[dict[Listens, Port], AfterValidator(_some)]
    """The ports that it is reached at, each with the one that its container listens on: `{22: 2222}`."""
    host: Name
    """Where it answers: `ssh` is `ssh.<domain>`, a name that nothing else of the environment has."""
    allow: Sources | None = None
    """Who gets in from outside: addresses, ranges, sets of `common.addresses`; left out, everybody."""
    idle_timeout: Annotated[int, Seconds(60, 6000)] = 350
    """How long a connection may say nothing, at most `100m`."""


def entered(needed: Iterable[Need]) -> bool:
    """Whether what needs this has a load balancer of its own."""
    return any(need.load_balancer == OWN for need in needed)
