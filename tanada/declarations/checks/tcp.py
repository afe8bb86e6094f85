"""Checks of what is reachable over TCP: its name is its own, and ECS and its security group take it."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.limits import or_raised
from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import allow, sites
from tanada.declared.answers import TARGET_GROUPS
from tanada.declared.hosts import hosts_of
from tanada.declared.rules import led_by_statics
from tanada.declared.service import Service
from tanada.declared.tcp import Tcp
from tanada.text import count, meant, one_of, quoted


def check_tcp(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, lambda scope: _scope(system, scope))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    domain = scope.domain or ""
    taken = {host: f"services.{name}" for name, each in scope.services.items() for host in hosts_of(each, domain)}
    taken |= dict.fromkeys(led_by_statics(scope.services, domain, scope.statics), "a redirect")
    taken |= dict.fromkeys(sites.hosts(scope.sites, domain), "a site")
    for name, service in scope.services.items():
        if (tcp := service.tcp) is None:
            continue
        loc = ("services", name, "tcp")
        if scope.kind == "environment" and scope.domain is None:
            yield mistake(scope.tree, loc, "a name leads to it, and the environment has no domain", at_key=True)
        if (other := taken.get(tcp.host)) is not None:
            sentence = f"{other} answers {tcp.host}.<domain> already; a name leads to one load balancer: say another"
            yield mistake(scope.tree, (*loc, "host"), sentence)
        taken.setdefault(tcp.host, f"services.{name}")
        yield from _deployed(scope, name, service, tcp)
        yield from _sets(scope, name, tcp)
        yield from _rules(system, scope, name, tcp)


def _deployed(scope: Scope, name: str, service: Service, tcp: Tcp) -> Iterator[Mistake]:
    loc = ("services", name, "tcp")
    if service.rollout.shifts:
        sentence = f"{service.rollout.strategy} moves requests between target groups of rules, and listeners of TCP "
        sentence += "have no rules; take tcp out, or say rollout: rolling"
        yield mistake(scope.tree, loc, sentence, at_key=True, because=[("services", name, "rollout")])
    behind = sum(len(http.load_balancer) for http in service.https.values())
    if not service.rollout.shifts and behind + len(tcp.ports) > TARGET_GROUPS:
        sentence = f"{len(tcp.ports)} ports and {behind} load balancers of http are a target group each, and ECS takes "
        yield mistake(scope.tree, (*loc, "ports"), f"{sentence}{TARGET_GROUPS} a service; say fewer")


def _sets(scope: Scope, name: str, tcp: Tcp) -> Iterator[Mistake]:
    """Names of sets that its account has none of."""
    if scope.layer is None:
        return
    there = scope.layer.addresses
    node = scope.tree.find(("services", name, "tcp", "allow"))
    listed = node is not None and isinstance(node.value, tuple)
    for index, source in enumerate(tcp.allow or ()):
        if allow.is_name(source):
            said = f"{one_of(there)}{meant(source, there)}" if there else "there are none; write the addresses"
            at = ("services", name, "tcp", "allow", *((index,) if listed else ()))
            yield mistake(scope.tree, at, f"{quoted(source)} is none of common.addresses; {said}")


def _rules(system: Scopes, scope: Scope, name: str, tcp: Tcp) -> Iterator[Mistake]:
    """Of the load balancer's group, one for each port and range; AWS counts those of IPv4 and of IPv6 apart (VPC guide,
    "Amazon VPC quotas")."""
    if scope.layer is None or (account := system.accounts.get(scope.account or "")) is None:
        return
    sets, limit = scope.layer.addresses, account.quotas.security_group_rules
    sources = {each for said in tcp.allow or () for each in (sets.get(said, ()) if allow.is_name(said) else (said,))}
    most = max(sum(allow.network(each).version == version for each in sources) for version in (4, 6)) * len(tcp.ports)
    if most > limit:
        sentence = (
            f"{len(sources)} ranges at {count(len(tcp.ports), 'port')} are {most} rules into a security group, and "
        )
        instead = or_raised("security_group_rules", str(scope.account), "say wider ranges")
        yield mistake(scope.tree, ("services", name, "tcp", "allow"), f"{sentence}AWS allows {limit}: {instead}")
