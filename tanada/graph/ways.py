"""Who reaches whom: security group rules, listener rules, origins, policies, subscriptions and events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tanada.graph.emitted import Resource, blocks, fields
from tanada.graph.internet import INTERNET, OUT
from tanada.graph.model import Edge, Node
from tanada.graph.parts import RUNS, Parts, is_called

_WORN = ("security_groups", "vpc_security_group_ids", "security_group_ids")
_READS = re.compile(r":(Get|BatchGet|Query|Scan|Receive|ClientMount|ESHttpGet)")
_WRITES = re.compile(r":(Put|Update|Delete|BatchWrite|Send|Publish|ClientWrite|ESHttpP)")
BOTH = "read and write"
_SAID = re.compile(r"From \S+ to (.+)")
"""How rules to what exists say whom they are for."""


class Ways:
    """The edges of a stack's picture, and the hosts outside that its rules name."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._emitted = parts.emitted

    def edges(self) -> Iterator[Edge]:
        """All of them, some twice; some between what isn't drawn."""
        for entrance in sorted(self._parts.entrances.open):
            yield Edge(INTERNET, entrance)
        yield from self._listeners()
        yield from self._origins()
        yield from self._rules()
        yield from self._policies()
        yield from self._deliveries()
        yield Edge(OUT, INTERNET, "leaves")

    def outside(self) -> Iterator[Node]:
        """Hosts that rules name and that are nothing of ours."""
        for name, port in sorted(self._named()):
            yield Node(f"outside/{name}", name, "outside", f"port {port}" if port else "", None)

    def _listeners(self) -> Iterator[Edge]:
        services: dict[str, list[tuple[str, str]]] = {}
        for each in self._emitted.of("aws_ecs_service", where="own"):
            for target in blocks(each.body.get("load_balancer")):
                groups = [
                    target.get("target_group_arn"),
                    fields(target.get("advanced_configuration")).get("alternate_target_group_arn"),
                ]
                for group in self._emitted.addresses("own", groups):
                    services.setdefault(group, []).append((str(each.part), str(target.get("container_port", ""))))
        for balancer, rule in self._parts.entrances.rules:
            for group in self._parts.entrances.groups_of(rule):
                for service, port in services.get(group, ()):
                    yield Edge(balancer, service, label=port)

    def _origins(self) -> Iterator[Edge]:
        for each in self._emitted.of("aws_cloudfront_distribution", where="own"):
            for address in self._emitted.addresses("own", each.body.get("origin")):
                owner = self._parts.owner(address)
                if owner is not None:
                    yield Edge(each.address, owner)
        for each in self._emitted.of("aws_apigatewayv2_integration", where="own"):
            for api in self._owners(each.body.get("api_id")):
                yield from (Edge(api, balancer) for balancer in self._parts.entrances.leads_to(each))

    def _wearers(self) -> dict[str, set[str]]:
        """Whose traffic a security group's rules are about; that of a task run by hand is called as the task."""
        worn: dict[str, set[str]] = {}
        for part, resources in self._parts.by_part.items():
            for each in resources:
                if each.type != "aws_lb":
                    for group in self._emitted.addresses("own", list(_fields(each.body, _WORN))):
                        worn.setdefault(group, set()).add(part)
        for each in self._emitted.of("aws_security_group", where="own"):
            if each.path[0] == "(reach)":
                called = {part for part in self._parts.by_part if part.partition("/")[2] == each.path[-1]}
                worn.setdefault(each.address, set()).update(part for part in called if part.startswith(RUNS))
            elif each.part is not None:
                worn.setdefault(each.address, {each.part})
        return worn

    def _rules(self) -> Iterator[Edge]:
        worn = self._wearers()
        for each in self._emitted.of(
            "aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule", where="own"
        ):
            ours = self._of(each, "security_group_id", worn)
            theirs = self._of(each, "referenced_security_group_id", worn)
            out = each.type == "aws_vpc_security_group_egress_rule"
            for source in ours if out else theirs:
                for target in theirs if out else ours:
                    if source.startswith(RUNS):
                        yield Edge(source, target, label=_port(each.body))
                if out and source.startswith(RUNS):
                    for name in self._called(each):
                        store = self._store(name)
                        yield Edge(source, f"outside/{name}" if store is None else store, label=_port(each.body))

    def _of(self, rule: Resource, field: str, worn: dict[str, set[str]]) -> set[str]:
        groups = self._emitted.addresses(rule.where, rule.body.get(field))
        return {part for group in groups for part in worn.get(group, ())}

    def _called(self, rule: Resource) -> tuple[str, ...]:
        """Whom a rule to no group of ours is for, as it says itself."""
        reference = str(rule.body.get("referenced_security_group_id", "sg-"))
        said = _SAID.fullmatch(str(rule.body.get("description", "")))
        return tuple(said[1].split(", ")) if said and reference.startswith("sg-") else ()

    def _store(self, name: str) -> str | None:
        """The store that is declared by a name, or that is at a host."""
        if name in self._parts.there or f"stores/{name}" in self._parts.by_part:
            return f"stores/{name}"
        return next((f"stores/{store}" for store, at in self._parts.there.items() if at == name), None)

    def _named(self) -> set[tuple[str, str]]:
        ports: dict[str, set[str]] = {}
        for each in self._emitted.of("aws_vpc_security_group_egress_rule", where="own"):
            for name in self._called(each):
                if self._store(name) is None:
                    ports.setdefault(name, set()).add(_port(each.body))
        return {(name, ", ".join(sorted(each))) for name, each in ports.items()}

    def _policies(self) -> Iterator[Edge]:
        allowed: dict[tuple[str, str], list[str]] = {}
        for part, actions, resource in self._parts.statements:
            for target in self._meant(resource):
                allowed.setdefault((part, target), []).extend(actions)
        for (part, target), all_actions in allowed.items():
            yield Edge(part, target, label=_access(all_actions))

    def _meant(self, resource: str) -> Iterator[str]:
        """What a policy names: stores, made here or there already, and identities that mail is sent by."""
        yield from (owner for owner in self._owners(resource) if not owner.startswith(RUNS))
        if resource.startswith("arn:"):
            yield from (arn for arn in self._parts.mails if arn == resource)
            yield from (f"stores/{name}" for name, called in self._parts.there.items() if is_called(resource, called))

    def _deliveries(self) -> Iterator[Edge]:
        for each in self._emitted.of("aws_sns_topic_subscription", where="own"):
            for source in self._owners(each.body.get("topic_arn")):
                for target in self._owners(each.body.get("endpoint")):
                    yield Edge(source, target, "starts")
        for each in self._emitted.of("aws_cloudwatch_event_rule", where="own"):
            if each.part is not None:
                for source in self._owners(each.body.get("event_pattern")):
                    yield Edge(source, each.part, "starts")

    def _owners(self, value: Any) -> Iterator[str]:
        for address in self._emitted.addresses("own", value):
            owner = self._parts.owner(address)
            if owner is not None:
                yield owner


def _fields(value: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """The values of fields of these names, at any depth."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in names:
                yield each
            else:
                yield from _fields(each, names)
    elif isinstance(value, list):
        for each in value:
            yield from _fields(each, names)


def _port(rule: Any) -> str:
    first, last = rule.get("from_port"), rule.get("to_port")
    if not isinstance(first, int) or first < 0:
        return ""
    return str(first) if first == last else f"{first}–{last}"


def _access(actions: Sequence[str]) -> str:
    text = " ".join(actions)
    said = [word for word, pattern in (("read", _READS), ("write", _WRITES)) if pattern.search(text)]
    return BOTH if len(said) > 1 else "".join(said)
