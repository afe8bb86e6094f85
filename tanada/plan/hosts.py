"""What names answer that people know, and whom they open to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from tanada.plan import entrances
from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks, of_type

_COMES_IN = re.compile(
    r".*\.(?P<service>.+)_from_(?P<group>(internal_)?load_balancers|load_balancer_.+)_port_[0-9]+(\[0\])?"
)
"""The address of a rule that lets load balancers in (modules/service.py)."""


def answered(changes: Sequence[Change]) -> Iterator[Caution]:
    """What the names answer that people know."""
    rules = of_type(changes, "aws_lb_listener_rule")
    left = [rule.after for rule in rules if entrances.forwards(rule.after)]
    # What the load balancer answers itself from now on is said where that is.
    own = {place for rule in rules if not entrances.forwards(rule.after) for place in entrances.places(rule.after)}
    running = {group for rule in rules if (group := entrances.group(rule.before))}
    for rule in (rule for rule in rules if entrances.group(rule.before)):
        for host in _names(rule.before):
            if {"create", "delete"} == set(rule.actions):
                if rule.before.get("listener_arn") != rule.after.get("listener_arn"):
                    yield Caution(
                        f"{host} may answer 503 for a minute or two while it moves to another load balancer: from when "
                        "its old tasks have stopped until DNS leads everybody to the new one",
                        "a domain answers 503 for a while",
                    )
            elif rule.goes:
                for path in (path for path in _paths(rule.before) if (host, path) not in own):
                    if not _listless(rule.before, host, left):
                        yield from _gone(host, path, left, running)
        if not entrances.forwards(rule.after):
            continue
        if rule.updates and entrances.group(rule.after) is None:  # of a group that is yet to be made
            for host in _names(rule.after):
                yield Caution(
                    f"{host} answers 503 until tasks behind another target group are well: it is led there at once",
                    "a domain answers 503 for a while",
                )
        if rule.updates and (new := sorted({*_names(rule.after)} - {*_names(rule.before)})):
            yield Caution(f"{', '.join(new)} takes the place of the domain that was answered, at once")


def opened(changes: Sequence[Change]) -> Iterator[Caution]:
    """Names that led to an internal load balancer, whose own begins with `internal-` (Elastic Load Balancing guide,
    "Application Load Balancers", scheme), and lead to another one."""
    for record in of_type(changes, "aws_route53_record"):
        if record.updates and _inside(record.before) and not _inside(record.after):
            yield Caution(
                f"{record.after.get('name')} opens to the internet: it was reached from inside the VPC alone",
                "a domain opens to the internet",
            )


def services(changes: Sequence[Change]) -> Iterator[Caution]:
    """Services that run, and that public load balancers come to for the first time. Where nothing tells who came to one
    (behind somebody's own, or applied up to 0.1.0 of November 2026), nothing is said."""
    running = {
        each.address.partition(".")[2].removesuffix("_service"): each.before
        for each in of_type(changes, "aws_ecs_service")
        if each.before and each.after
    }
    came: dict[str, set[str]] = {}
    new: dict[str, set[str]] = {}
    for rule in of_type(changes, "aws_vpc_security_group_ingress_rule"):
        if (found := _COMES_IN.fullmatch(rule.address)) is not None:
            (came if rule.before else new).setdefault(found["service"], set()).add(found["group"])
    for service, groups in new.items():
        before, earlier = running.get(service), came.get(service, set())
        if before is None or "load_balancers" not in groups or "load_balancers" in earlier:
            continue
        if not before.get("load_balancer"):
            yield Caution(f"{service} opens to the internet: it was private", "a service opens to the internet")
        elif earlier == {"internal_load_balancers"}:
            words = f"{service} opens to the internet: only internal load balancers led to it"
            yield Caution(words, "a service opens to the internet")


def _inside(record: Values) -> bool:
    return any(str(each.get("name")).startswith("internal-") for each in blocks(record, "alias"))


def _listless(rule: Values, host: str, left: Sequence[Values]) -> bool:
    """Whether a path loses its list of addresses alone: the same service answers the rest of the host."""
    there = [each for each in left if host in _names(each)]
    guarded = entrances.values(rule, "source_ip")
    return bool(guarded) and any(entrances.group(each) == entrances.group(rule) for each in there)


def _gone(host: str, path: str, left: Sequence[Values], running: Collection[Any]) -> Iterator[Caution]:
    """What a host, or one path of it, answers whose rule goes; well where another leads to tasks that run, the same or
    those of a service that answers already."""
    there = [each for each in left if host in _names(each)]
    others = [each for each in there if path in _paths(each)]
    if any(entrances.group(each) in running for each in others):
        return
    if others:
        yield Caution(
            f"{host}{path} answers 503 until tasks of the service that takes it over are well. A service that is "
            "only called otherwise keeps its tasks: say renamed_from",
            "a domain answers 503 for a while",
        )
    elif path and there:
        yield Caution(f"{host}{path} is left to what else answers at {host}")
    else:
        yield Caution(f"{host} is answered no more{', but for some paths' if there else ''}")


def _paths(rule: Values) -> list[str]:
    """Empty text where it takes all."""
    return entrances.values(rule, "path_pattern") or [""]


def _names(rule: Values) -> list[str]:
    return entrances.values(rule, "host_header")
