"""Where things stand: the account, its network, and which of its subnets; read from routes, not from names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from tanada.graph.emitted import Emitted, Resource
from tanada.graph.model import Container

ACCOUNT, NETWORK, PUBLIC, PRIVATE = "account", "network", "public", "private"


class Places:
    """The containers of one stack's picture."""

    def __init__(self, emitted: Emitted, account: str) -> None:
        self._emitted = emitted
        self._account = account

    @cached_property
    def _public(self) -> frozenset[str]:
        """The subnets from which an internet gateway is the way out; of those that exist what their construct says."""
        tables = {
            address
            for route in self._emitted.of("aws_route")
            if any(
                "aws_internet_gateway." in each
                for each in self._emitted.addresses(route.where, route.body.get("gateway_id"))
            )
            for address in self._emitted.addresses(route.where, route.body.get("route_table_id"))
        }
        ours = {
            subnet
            for each in self._emitted.of("aws_route_table_association")
            if set(self._emitted.addresses(each.where, each.body.get("route_table_id"))) & tables
            for subnet in self._emitted.addresses(each.where, each.body.get("subnet_id"))
        }
        theirs = {each.address for each in self._given if each.path[-1].startswith("public")}
        return frozenset(ours | theirs)

    @cached_property
    def _given(self) -> list[Resource]:
        return [each for each in self._emitted.resources.values() if each.data and each.type == "aws_subnet"]

    @cached_property
    def _subnets(self) -> frozenset[str]:
        made = {each.address for each in self._emitted.of("aws_subnet")}
        return frozenset(made | {each.address for each in self._given})

    def of(self, resources: Sequence[Resource]) -> str | None:
        """The container of what these subnets are named by; None where they name none."""
        return self.of_values([(each.where, each.body) for each in resources])

    def of_values(self, values: Sequence[tuple[Any, Any]]) -> str | None:
        """The same of parts of bodies."""
        by_id = {str(each.body.get("id")): each.address for each in self._given}
        found: set[str] = set()
        for where, value in values:
            found |= set(self._emitted.addresses(where, value)) & self._subnets
            found |= {by_id[text] for _, text in self._emitted.texts(where, value) if text in by_id}
        if not found:
            return None
        return PUBLIC if found <= self._public else PRIVATE

    @cached_property
    def of_tasks(self) -> str:
        """Where tasks run for which nothing else is said."""
        place = self.of_values([("common", self._emitted.output("common", "task_subnet_ids"))])
        return place or self.of_values([("own", self._emitted.output("own", "task_subnet_ids"))]) or ACCOUNT

    def containers(self) -> Iterator[Container]:
        """All that there can be."""
        vpcs = list(self._emitted.of("aws_vpc"))
        given = next((each for each in self._emitted.resources.values() if each.data and each.type == "aws_vpc"), None)
        network = "VPC"
        if vpcs:
            network = f"VPC {vpcs[0].body.get('cidr_block', '')}".strip()
        elif given is not None:
            network = f"VPC {given.body.get('id', '')}, existing".strip()
        yield Container(ACCOUNT, self._account)
        yield Container(NETWORK, network, ACCOUNT)
        yield Container(PUBLIC, "Public subnets", NETWORK)
        yield Container(PRIVATE, "Private subnets", NETWORK)
