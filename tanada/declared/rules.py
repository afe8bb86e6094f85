"""Which rules an environment's load balancers have: of services, and of what they answer by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil
from types import MappingProxyType

from tanada.declared import allow, redirects
from tanada.declared.answers import answers
from tanada.declared.hosts import host_of, hosts_behind, led
from tanada.declared.http import Http
from tanada.declared.model import Need
from tanada.declared.paths import rank
from tanada.declared.redirects import Static
from tanada.declared.rule import RULES, Rule, competes
from tanada.declared.rule_numbers import order
from tanada.declared.service import Service

VALUES = 5
"""Hosts and paths together that one rule takes ("Condition values per rule"); Elastic Load Balancing guide, "Quotas for
your Application Load Balancers"."""
WILDCARDS = 5
"""Signs `*` and `?` that one rule takes (the same page)."""
MOST = 1000
"""Paths of an environment up to which rules are shared: of more, one each, so that reading what nobody can apply (AWS
raises rules to 1,000 a load balancer) takes no longer than reading anything else."""


def rules_of(
    services: Mapping[str, Service], domain: str, statics: Mapping[str, Static] = MappingProxyType({})
) -> tuple[Rule, ...]:
    """All of an environment, or of one review environment, the most specific first; before them what load balancers
    answer by themselves.

    Paths of a service share rules as long as no path of another one at the same host has to come in between, or of its
    own for other addresses.
    """
    ways = [way for name, service in services.items() for way in _ways(name, service, domain)]
    answered = [part for way in _statics(services, domain, statics) for part in _parts(way)]
    answered.sort(key=order)
    if len(ways) > MOST:
        return (*answered, *ways)
    ways.sort(key=lambda way: (rank(way.path), way.called, way.paths))
    groups: list[Rule] = []
    for way in ways:
        own = [
            index
            for index, group in enumerate(groups)
            if (*group.does, group.load_balancer) == (*way.does, way.load_balancer) and group.paths
        ]
        if way.paths and own and not _divided(groups[own[-1]], way, ways):
            groups[own[-1]] = replace(groups[own[-1]], paths=(*groups[own[-1]].paths, *way.paths))
        else:
            groups.append(way)
    parts = [part for group in groups for part in _parts(group)]
    return (*answered, *sorted(parts, key=order))


def _ways(name: str, service: Service, domain: str) -> Iterator[Rule]:
    """A rule for each of its paths."""
    for answer in answers(service):
        for balancer in answer.http.load_balancer:
            hosts = hosts_behind(answer.http, domain, balancer)
            for path, guard in guarded(answer.http):
                yield Rule(
                    name,
                    balancer,
                    hosts,
                    (path,) if path is not None else (),
                    service.called(name),
                    balancer == answer.http.load_balancer[0],
                    answer.sidecar,
                    guard,
                    sign_in=signed_in(answer.http, path),
                )


def guarded(http: Http) -> tuple[tuple[str | None, tuple[str, ...]], ...]:
    """Its paths, None for all that others leave, each with the addresses that get in there; none for everybody.

    A list of a path holds for all that lies in it, where none of a more specific one does. Paths where nobody has to
    sign in are among them. Behind CloudFront nobody's address is seen here: lists are kept there.
    """
    allowed = http.allow if http.cdn is None else {}
    lists = sorted((path for path in allowed if path != allow.ALL), key=rank)
    open_ = http.sign_in.except_ if http.sign_in is not None else ()
    found: list[tuple[str | None, tuple[str, ...]]] = []
    for path in dict.fromkeys((*(http.paths or (None,)), *lists, *open_)):
        around = (each for each in lists if path is not None and allow.covers(each, path))
        sources = allowed.get(next(around, allow.ALL), ())
        found.append((path, () if allow.open_to_all(sources) else tuple(dict.fromkeys(sources))))
    return tuple(found)


def signed_in(http: Http, path: str | None) -> int | None:
    """After how many seconds people sign in again at one of its paths; None where nobody has to."""
    asked = http.sign_in
    return asked.session if asked is not None and asked.asks(path) else None


def _statics(services: Mapping[str, Service], domain: str, statics: Mapping[str, Static]) -> Iterator[Rule]:
    """What load balancers answer by themselves: at every host of the environment, behind each that leads there, or at
    one host alone, wherever services answer it."""
    behind: dict[str, dict[str, None]] = {}
    for service in services.values():
        for http in service.https.values():
            for balancer in http.load_balancer:
                behind.setdefault(balancer, {}).update(dict.fromkeys(hosts_behind(http, domain, balancer)))
    for key, static in statics.items():
        at = redirects.asked(key, static)
        host = host_of(at.host, domain) if at.host is not None else None
        some = {
            each: tuple(hosts) if host is None else (host,) for each, hosts in behind.items() if host in (None, *hosts)
        }
        if host is not None and not some:
            some = {static.load_balancer: (host,)}
        for balancer, hosts in some.items():
            paths = (at.path,) if at.path is not None else ()
            yield Rule("", balancer, hosts, paths, key, static=static)


def led_by_statics(services: Mapping[str, Service], domain: str, statics: Mapping[str, Static]) -> dict[str, str]:
    """The load balancer that each host leads to which no service answers."""
    theirs = {host for service in services.values() for host in led(service, domain)}
    found: dict[str, str] = {}
    for rule in _statics(services, domain, statics):
        for host in rule.hosts:
            if host not in theirs:
                found.setdefault(host, rule.load_balancer)
    return found


def _divided(group: Rule, way: Rule, ways: Iterable[Rule]) -> bool:
    """Whether what `way` says must come behind something of another service that comes behind the group."""
    return any(
        rank(group.path) <= rank(other.path) < rank(way.path) and competes(other, way)
        for other in ways
        if other.does != way.does
    )


def _parts(rule: Rule) -> Iterator[Rule]:
    """The same in as few rules as AWS's limits allow. What lets some addresses in is followed by what refuses all
    others, for the same hosts and paths: so nobody falls through to what is less specific."""
    hosts, paths, sources = min(_sizes(rule), key=lambda size: _number(rule, *size))
    for some in paths:
        for start in range(0, len(rule.hosts), hosts):
            part = replace(rule, hosts=rule.hosts[start : start + hosts], paths=some)
            for number, first in enumerate(range(0, len(rule.guard), sources or 1)):
                yield replace(part, sources=rule.guard[first : first + sources], part=number)
            yield replace(part, refuses=bool(rule.guard))


def _sizes(rule: Rule) -> Iterator[tuple[int, list[tuple[str, ...]], int]]:
    """How many hosts, which paths and how many addresses its rules may have."""
    least = int(bool(rule.guard))
    for hosts in range(min(len(rule.hosts), VALUES - bool(rule.paths) - least), 0, -1):
        room = VALUES - hosts
        for sources in range(least, room - bool(rule.paths) + 1 if rule.guard else 1):
            yield hosts, _paths(rule.paths, room - sources), sources


def _number(rule: Rule, hosts: int, paths: Sequence[Sequence[str]], sources: int) -> int:
    """Rules that it takes so."""
    each = ceil(len(rule.guard) / sources) + 1 if sources else 1
    return ceil(len(rule.hosts) / hosts) * len(paths) * each


def _paths(paths: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """In lists of so many, none with too many wildcards."""
    lists: list[tuple[str, ...]] = [()]
    for path in paths:
        longer = (*lists[-1], path)
        if len(longer) <= most and wildcards(*longer) <= WILDCARDS:
            lists[-1] = longer
        else:
            lists.append((path,))
    return lists


def wildcards(*paths: str) -> int:
    return sum(path.count("*") + path.count("?") for path in paths)


def needs(
    services: Mapping[str, Service], domain: str, statics: Mapping[str, Static] = MappingProxyType({})
) -> Iterator[Need]:
    """What the rules of one environment use up."""
    count: dict[str, int] = {}
    for rule in rules_of(services, domain, statics):
        count[rule.load_balancer] = count.get(rule.load_balancer, 0) + 1
    for balancer, rules_ in count.items():
        yield Need(RULES, rules_, balancer)
