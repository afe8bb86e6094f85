"""Who may connect to whom, and to what is elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks, of_type
from tanada.text import count

_BETWEEN = re.compile(r"From (?P<caller>\S+) to (?P<callee>\S+)")
"""How modules/reach.py describes the rule between two services."""
_OUT = re.compile(r"From (?P<caller>\S+) to (?P<hosts>.+)")
"""… and one to what is elsewhere."""
_THEIRS = re.compile(r".*_to_sg-[0-9a-f]+_port_[0-9]+")
"""The address of one that is there in a group of others, too."""
_ADDRESSES = re.compile(r"[0-9.]+(?P<range>/[0-9]+)?")


def outbound(changes: Sequence[Change]) -> Iterator[Caution]:
    """The fixed addresses that partners let in."""
    addresses = of_type(changes, "aws_eip")
    new = sum("create" in each.actions for each in addresses)
    gone = sum("delete" in each.actions for each in addresses)
    left = sum(not each.goes for each in addresses)
    if not left and gone:
        words = (
            "no outbound address is fixed any more: tell partners. Tasks that run have no way out until their "
            "environment is applied after this, too"
        )
        yield Caution(words, "no outbound address is fixed any more")
    elif new:
        words = f"partners must allow {count(left, 'address')}, {new} of them new"
        more = "tasks leave from the new ones as soon as this is applied"
        yield Caution(f"{words}: {more} (output outbound_addresses)", words)
    elif gone:
        words = f"partners need allow {count(left, 'address')} now, {gone} fewer"
        yield Caution(f"{words} (output outbound_addresses)", words)


def doors(changes: Sequence[Change]) -> Iterator[Caution]:
    """The ports that services are reached at."""
    callers: dict[str, list[str]] = {}
    for rule in of_type(changes, "aws_vpc_security_group_ingress_rule"):
        between = _BETWEEN.fullmatch(str(rule.after.get("description")))
        if between and rule.updates and rule.before.get("from_port") != rule.after.get("from_port"):
            callers.setdefault(between["callee"], []).append(between["caller"])
    for callee, names in callers.items():
        yield Caution(
            f"{' and '.join(sorted(names))} can't reach {callee} until all of them are deployed: its port changes. "
            f"Without a gap: a second service with the new port, then what reaches it, then {callee} goes",
            "a service is out of reach for a while",
        )


def ways_out(changes: Sequence[Change]) -> Iterator[Caution]:
    """What services may connect to from now on outside of the system; of addresses no more than that they are some."""
    for rule in of_type(changes, "aws_vpc_security_group_egress_rule"):
        found = _OUT.fullmatch(str(rule.after.get("description")))
        opened = [rule.after.get(each) for each in ("cidr_ipv4", "cidr_ipv6")]
        theirs = _THEIRS.fullmatch(rule.address) is not None
        if found is None or "create" not in rule.actions or not (theirs or any(opened)):
            continue
        port = rule.after.get("from_port")
        hosts = ", ".join(map(_named, found["hosts"].split(", ")))
        to = f"{hosts} at port {port}" if " " in hosts else f"{hosts}:{port}"
        words = f"{found['caller']} may now connect to {to}"
        if theirs:
            yield Caution(f"{words}: the security group there, which is not ours, gets a rule that lets it in")
        elif {*opened} & {"0.0.0.0/0", "::/0"}:
            why = "a rule of a security group knows no names, so it opens the port to all of the internet"
            yield Caution(f"{words} (any address): {why}", f"{found['caller']} may reach any address at port {port}")
        else:
            yield Caution(words)


def _named(host: str) -> str:
    """A host as strangers may read it."""
    found = _ADDRESSES.fullmatch(host)
    return host if found is None else "a range of addresses" if found["range"] else "an address"


def worn(changes: Sequence[Change]) -> Iterator[Caution]:
    """Groups of others that a service begins to wear; with a load balancer comes one of ours."""
    for service in (each for each in of_type(changes, "aws_ecs_service") if each.updates):
        before, after = _groups(service.before), _groups(service.after)
        whose = service.address.partition(".")[2].removesuffix("_service")
        # With a network load balancer comes none: the service's own group lets it in.
        network = [each for each in of_type(changes, "aws_lb_target_group") if f".{whose}_tcp_" in each.address]
        was = len(blocks(service.before, "load_balancer")) > sum(bool(each.before) for each in network)
        is_ = len(blocks(service.after, "load_balancer")) > sum(bool(each.after) for each in network)
        more = len(after) - len(before) - (is_ - was)
        if before and more > 0:
            groups = "1 security group of others" if more == 1 else f"{more} security groups of others"
            yield Caution(
                f"{whose} wears {groups}: whatever its rules let in and out, now or later, is open to {whose}"
            )


def _groups(service: Values) -> Sequence[Any]:
    groups = next((each.get("security_groups") for each in blocks(service, "network_configuration")), None)
    return groups if isinstance(groups, (list, tuple)) else ()
