"""The picture of a whole system: accounts with their entrances, and in each its environments with what runs there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlsplit

from tanada.graph import common, folding
from tanada.graph.emitted import Emitted, Json
from tanada.graph.internet import INTERNET, OUT, internet
from tanada.graph.model import Container, Edge, Graph, Kind, Node, made
from tanada.graph.parts import Parts
from tanada.graph.places import Places
from tanada.graph.ways import Ways
from tanada.text import count

_SHARED: tuple[Kind, ...] = ("entry", "way_out")


@dataclass(frozen=True)
class Part:
    """A stack of an environment, by the name of the environment."""

    name: str
    json: Json


@dataclass(frozen=True)
class Account:
    """An account with its common stack and its environments."""

    name: str
    called: str
    """How its box is called."""
    common: Json
    environments: tuple[Part, ...]


def system(title: str, accounts: Sequence[Account]) -> Graph:
    """All environments, each with its services and stores; where that is more than forty nodes, each as one."""
    fine = folding.folded(_drawn(title, accounts, fine=True), ranks=folding.FINE)
    if len(fine.nodes) <= folding.MOST:
        return fine
    return folding.folded(_drawn(title, accounts, fine=False))


def _drawn(title: str, accounts: Sequence[Account], *, fine: bool) -> Graph:
    containers: list[Container] = []
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for account in accounts:
        box = f"{account.name}/account"
        containers.append(Container(box, account.called))
        shared = Emitted(account.common, None)
        for node in common.nodes(shared, Places(shared, "")):
            if node.kind in _SHARED and node.id != common.ENDPOINTS:
                found = replace(node, id=_shared(account, node.id), place=box)
                nodes[found.id] = found
        edges += [
            replace(each, source=_shared(account, each.source), target=_shared(account, each.target))
            for each in common.edges(shared)
        ]
        for environment in account.environments:
            one = _Environment(account, environment)
            if fine:
                containers.append(Container(one.box, one.called, box))
            for node in one.nodes():
                before = nodes.get(node.id)
                badges = tuple(dict.fromkeys((*(before.badges if before else ()), *node.badges)))
                if before is not None:
                    nodes[node.id] = replace(before, badges=badges)
                elif fine or node.place is None:
                    nodes[node.id] = node
            if fine:
                edges += one.edges()
            else:
                nodes[one.box] = one.node()
                edges += one.edges_of_whole()
    ends = [{each.source, each.target} for each in edges]
    if any(INTERNET in pair and pair & nodes.keys() for pair in ends):
        nodes = {INTERNET: internet(), **nodes}
    return made(title, iter(containers), iter(nodes.values()), iter(edges))


def _shared(account: Account, id_: str) -> str:
    """The id of what stands in common, as environments know it; there is one internet."""
    if id_ == INTERNET:
        return id_
    return f"{account.name}/{id_.replace('own:', 'common:', 1) if id_.startswith('own:') else id_}"


class _Environment:
    """One environment in the picture of all."""

    def __init__(self, account: Account, part: Part) -> None:
        self._account, self._part = account, part
        self.box = f"{account.name}/{part.name}/network"
        self._emitted = Emitted(part.json, account.common)
        self._parts = Parts(self._emitted, Places(self._emitted, ""))
        self._ways = Ways(self._parts)

    @property
    def _host(self) -> str:
        url = self._emitted.output("own", "url")
        return self._emitted.plain(urlsplit(url).netloc) if isinstance(url, str) else ""

    @property
    def called(self) -> str:
        """Its name, and under which one finds it."""
        return " · ".join(filter(None, (self._part.name, self._host)))

    @cached_property
    def _own(self) -> tuple[Node, ...]:
        return tuple(self._parts.nodes())

    def _id(self, id_: str) -> str:
        if id_ == INTERNET or id_.startswith("outside/"):
            return id_
        if id_ == OUT or id_.startswith("common:"):
            return _shared(self._account, id_)
        return f"{self._account.name}/{self._part.name}/{id_}"

    def nodes(self) -> Iterator[Node]:
        """What is its own, in its box; entrances before it, and those that it shares, by which what stands before these
        is known."""
        for node in self._own:
            if node.id not in (INTERNET, OUT):
                place = f"{self._account.name}/account" if node.kind == "entry" else self.box
                yield replace(node, id=self._id(node.id), place=place)
        yield from self._ways.outside()

    def edges(self) -> list[Edge]:
        return [
            replace(each, source=self._id(each.source), target=self._id(each.target)) for each in self._ways.edges()
        ]

    def node(self) -> Node:
        """The whole of it as one."""
        kinds = {kind: sum(node.kind == kind for node in self._own) for kind in ("service", "job", "store")}
        details = (self._host, *(count(number, kind) for kind, number in kinds.items() if number))
        resources = sum(node.resources for node in self._own)
        place = f"{self._account.name}/account"
        return Node(
            self.box, self._part.name, "environment", "environment", place, tuple(filter(None, details)), (), resources
        )

    def edges_of_whole(self) -> list[Edge]:
        """Between it and what is shared or outside."""
        own = f"{self._account.name}/{self._part.name}/"
        return [
            replace(
                each,
                source=self.box if each.source.startswith(own) else each.source,
                target=self.box if each.target.startswith(own) else each.target,
                label="",
            )
            for each in self.edges()
        ]
