"""Which service answers at which host and path: the rules of one environment's load balancers, in their order.

A load balancer takes the first rule that fits, by its number (Elastic Load Balancing guide, "Listener rules"), so the
most specific one stands first: an exact path before patterns, a longer pattern before a shorter one, a host alone last.
Rules of different hosts never compete: no host here has a wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import sha256
from math import ceil
from types import MappingProxyType

from tanada.declared import allow, redirects
from tanada.declared.http import Http
from tanada.declared.model import Need
from tanada.declared.redirects import Static
from tanada.declared.service import Service

DOMAIN = ""
"""Stands among hosts for the environment's own domain."""
VALUES = 5
"""Hosts and paths together that one rule takes ("Condition values per rule"); Elastic Load Balancing guide, "Quotas for
your Application Load Balancers"."""
WILDCARDS = 5
"""Signs `*` and `?` that one rule takes (the same page)."""
TARGET_GROUPS = 5
"""Of one service (ECS developer guide, "Registering multiple target groups with an Amazon ECS service")."""
MOST = 1000
"""Paths of an environment up to which rules are shared: of more, one each, so that reading what nobody can apply (AWS
raises rules to 1,000 a load balancer) takes no longer than reading anything else."""
FIRST, LAST = 1001, 40000
"""Numbers of permanent environments' rules: those below are the common layer's, those above AWS's provider gives, which
takes the highest that there is and one (`highestListenerRulePriority`, internal/service/elbv2/listener_rule.go)."""
BLOCK = 500
"""How many of them are one environment's."""


@dataclass(frozen=True)
class Rule:
    """One rule: a service answers at these hosts, and there at these paths, or at all that no other rule takes."""

    service: str
    load_balancer: str
    hosts: tuple[str, ...]
    """As they are declared, each in one form (`host_of`)."""
    paths: tuple[str, ...]
    called: str
    """What the service was called first: a new name moves nothing."""
    first: bool = True
    """Whether its names lead to this load balancer."""
    container: str | None = None
    """The sidecar that answers by itself; None: whichever answers for the service."""
    guard: tuple[str, ...] = ()
    """The addresses that get in there, all of them; none where everybody does."""
    sources: tuple[str, ...] = ()
    """Those of them that this rule is for."""
    part: int = 0
    """Which of several for them it is."""
    refuses: bool = False
    """Whether it is for everybody else, who gets 403: it stands right behind those that let in."""
    sign_in: int | None = None
    """After how many seconds people sign in again, who sign in before they are answered; None where nobody has to."""
    static: Static | None = None
    """What the load balancer answers by itself; then no service does."""

    @property
    def answers(self) -> tuple[str, str | None]:
        """Who answers."""
        return self.service, self.container

    @cached_property
    def does(self) -> tuple[object, ...]:
        """Who answers whom: rules that do the same never stand in each other's way."""
        return (*self.answers, self.guard, self.refuses, self.sign_in, self.called if self.static is not None else None)

    @property
    def path(self) -> str | None:
        """The most specific."""
        return self.paths[0] if self.paths else None

    @property
    def plain(self) -> bool:
        """Whether it is what a service has that says nothing of hosts and paths."""
        return self.hosts == (DOMAIN,) and not (self.paths or self.part or self.refuses or self.static)

    @property
    def word(self) -> str:
        """Eight letters that stand for hosts and paths, for a load balancer that is not the service's first, and for
        what of several rules for addresses this is: which ones moves nothing."""
        return letters(*self._where, *(("", "403") if self.refuses else ("", str(self.part)) if self.part else ()))

    @property
    def _where(self) -> tuple[str, ...]:
        key = (self.called, self.load_balancer, "") if self.static is not None else ()
        return (*key, *self.hosts, "", *self.paths, *(() if self.first else ("", self.load_balancer)))

    def within(self, width: int) -> int:
        """A place among as many, always the same; of rules for one list of addresses one place."""
        return _hashed(f"{self.called} {letters(*self._where)}") % width

    @property
    def order(self) -> tuple[object, ...]:
        """The most specific first; those that let in before the one that refuses, and of them the last first: a longer
        list gets rules before those that are there, of which none becomes another."""
        return (
            self.static is None,
            rank(self.path),
            self.static is not None and self.called.startswith("/"),  # behind what one host alone has of that path
            _place(self),
            self.called,
            letters(*self._where),
            self.refuses,
            -self.part,
            self.word,
        )


@dataclass(frozen=True)
class Answer:
    """Where a service's task answers behind load balancers."""

    container: str | None
    """Which container: a sidecar's name, None for the service's own."""
    port: int
    http: Http
    sidecar: str | None = None
    """The sidecar whose own way from outside it is; None for the service's."""


def answers(service: Service) -> tuple[Answer, ...]:
    """All that its task answers behind load balancers, the service's own first: whoever opens a port, asks for health
    or leads there looks here and nowhere else."""
    found = []
    for sidecar, http in service.https.items():
        container = sidecar if sidecar is not None else service.container
        port = service.answers_at if sidecar is None else service.sidecars[sidecar].port
        if port is not None:
            found.append(Answer(container if container in service.sidecars else None, port, http, sidecar))
    return tuple(found)


@dataclass(frozen=True)
class Opening:
    """A port of a service's tasks that a load balancer comes to."""

    load_balancer: str
    group: str
    """The word for the security group that it wears (`load_balancer.wears`)."""
    port: int


def openings(service: Service, worn: Mapping[str, str]) -> tuple[Opening, ...]:
    """All that load balancers come to, to lead there or to ask whether a task is well: each group's once, as EC2 takes
    no rule twice (InvalidPermission.Duplicate). `worn` is, by load balancer, the word for its group."""
    found: dict[tuple[str, int], Opening] = {}
    for answer in answers(service):
        for each in answer.http.load_balancer:
            for port in (answer.port, answer.http.health_check.port or answer.port):
                if each in worn:
                    found.setdefault((worn[each], port), Opening(each, worn[each], port))
    return tuple(found.values())


def letters(*texts: str) -> str:
    """Eight letters that stand for some texts."""
    digest = sha256("\n".join(texts).encode()).hexdigest()
    return digest[:8].translate(str.maketrans("0123456789", "ghijklmnop"))


def host_of(declared: str, domain: str) -> str:
    """The one form of a host: DOMAIN, a label below the domain, or a full name elsewhere."""
    if declared == domain:
        return DOMAIN
    label = declared.removesuffix(f".{domain}") if domain else declared
    return label if "." not in label else declared


def hosts_of(service: Service, domain: str) -> tuple[str, ...]:
    """Where a service answers; nowhere where it isn't public."""
    return tuple(led(service, domain))


def led(service: Service, domain: str) -> dict[str, str]:
    """The load balancer that each of its hosts leads to."""
    found: dict[str, str] = {}
    for http in service.https.values():
        for host, balancer in led_by(http, domain).items():
            found.setdefault(host, balancer)
    return found


def behind_cloudfront(services: Iterable[Service]) -> Iterator[Http]:
    """Of services and their sidecars, what is reached by CloudFront alone."""
    return (http for each in services for http in each.https.values() if http.cdn is not None)


def behind_api_gateway(services: Iterable[Service]) -> Iterator[Http]:
    """The same of API Gateway."""
    return (http for each in services for http in each.https.values() if http.api_gateway is not None)


def led_by(http: Http, domain: str) -> dict[str, str]:
    """Those of one way from outside: a name leads to one load balancer alone, so behind its second one it has names of
    their own, where its first ones are a label."""
    first, *others = http.load_balancer
    hosts = tuple(host_of(each, domain) for each in http.hosts) or (DOMAIN,)
    joined = {_joined(host, other): other for other in others for host in hosts if "." not in host}
    return {**dict.fromkeys(hosts, first), **joined}


def _joined(host: str, load_balancer: str) -> str:
    return load_balancer if host == DOMAIN else f"{host}-{load_balancer}"


def _behind(http: Http, domain: str, load_balancer: str) -> tuple[str, ...]:
    """The hosts that it answers at behind one load balancer: its first ones everywhere, for those who find it by
    another way, and those that lead there."""
    first = http.load_balancer[0]
    return tuple(host for host, balancer in led_by(http, domain).items() if balancer in (first, load_balancer))


def in_review(service: Service) -> Service:
    """The same in a review environment: a full name belongs to one environment alone, so it is left out there, and a
    service that has no other is private, as is a sidecar. Nobody is woken for it, so nobody asks from outside."""
    if service.tcp is not None:
        service = service.model_copy(update={"tcp": None})
    if not any(map(_left_out, service.https.values())):
        return service
    sidecars = {
        name: each.model_copy(update={"http": _with_labels(each.http)}) for name, each in service.sidecars.items()
    }
    return service.model_copy(update={"http": _with_labels(service.http), "sidecars": sidecars})


def _left_out(http: Http) -> bool:
    return bool(http.route53_health_check or http.cdn or http.api_gateway) or any("." in host for host in http.hosts)


def _with_labels(http: Http | None) -> Http | None:
    if http is None or not _left_out(http):
        return http
    labels = tuple(host for host in http.hosts if "." not in host)
    left = {"hosts": labels, "route53_health_check": None, "cdn": None, "api_gateway": None}
    return http.model_copy(update=left) if labels or not http.hosts else None


def is_exact(path: str) -> bool:
    """Whether it stands for itself alone."""
    return "*" not in path and "?" not in path


@cache
def rank(path: str | None) -> tuple[int, int]:
    """How early a path comes; those of one rank in any order."""
    if path is None:
        return 2, 0
    return (0, 0) if is_exact(path) else (1, -len(re.sub(r"[*?]", "", path)))


@cache
def meet(one: str | None, other: str | None) -> bool:
    """Whether some path fits both."""
    if one is None or other is None:
        return True
    if not one or not other:
        return set(one + other) <= {"*"}
    if "*" in (one[0], other[0]):
        star, rest = (one, other) if one[0] == "*" else (other, one)
        return meet(star[1:], rest) or meet(star, rest[1:])
    return (one[0] == other[0] or "?" in (one[0], other[0])) and meet(one[1:], other[1:])


def rules(
    services: Mapping[str, Service], domain: str, statics: Mapping[str, Static] = MappingProxyType({})
) -> tuple[Rule, ...]:
    """All of an environment, or of one review environment, the most specific first; before them what load balancers
    answer by themselves.

    Paths of a service share rules as long as no path of another one at the same host has to come in between, or of its
    own for other addresses.
    """
    ways = [way for name, service in services.items() for way in _ways(name, service, domain)]
    answered = [part for way in _statics(services, domain, statics) for part in _parts(way)]
    answered.sort(key=lambda rule: rule.order)
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
    return (*answered, *sorted(parts, key=lambda rule: rule.order))


def _ways(name: str, service: Service, domain: str) -> Iterator[Rule]:
    """A rule for each of its paths."""
    for answer in answers(service):
        for balancer in answer.http.load_balancer:
            hosts = _behind(answer.http, domain, balancer)
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


@dataclass(frozen=True)
class Signing:
    """Where people of an environment sign in."""

    hosts: tuple[str, ...]
    ends: tuple[tuple[str, str], ...]
    """Host and path of each page that one may be sent to who has signed out: the first one, and those by whole paths
    where nobody has to sign in."""


def signing(ordered: Sequence[Rule]) -> Signing:
    """Of all rules of an environment."""
    asking = [rule for rule in ordered if rule.sign_in is not None]
    hosts, services = {host for rule in asking for host in rule.hosts}, {rule.answers for rule in asking}
    ends = {
        (host, path)
        for rule in ordered
        if rule.sign_in is None and rule.static is None and rule.answers in services
        for host in hosts & {*rule.hosts}
        for path in rule.paths
        if is_exact(path)
    }
    return Signing(tuple(sorted(hosts)), tuple(sorted({*ends, *((host, "/") for host in hosts)})))


def _statics(services: Mapping[str, Service], domain: str, statics: Mapping[str, Static]) -> Iterator[Rule]:
    """What load balancers answer by themselves: at every host of the environment, behind each that leads there, or at
    one host alone, wherever services answer it."""
    behind: dict[str, dict[str, None]] = {}
    for service in services.values():
        for http in service.https.values():
            for balancer in http.load_balancer:
                behind.setdefault(balancer, {}).update(dict.fromkeys(_behind(http, domain, balancer)))
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


def competes(one: Rule, other: Rule) -> bool:
    """Whether some request fits both."""
    return (
        one.load_balancer == other.load_balancer
        and bool({*one.hosts} & {*other.hosts})
        and any(meet(mine, its) for mine in one.paths or (None,) for its in other.paths or (None,))
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


# Numbers

_EXACT, _SHORT, _LENGTH, _HOSTS = 60, 10, 28, 140
"""Of a block: for exact paths, for patterns of each length up to 28, and for hosts alone; those that are longer share
what is left."""
_STATIC = (12, 6, 6)
"""Of those for exact paths, the first ones: for what load balancers answer by themselves, of exact paths, patterns and
hosts alone. Services' rules there give way."""
_LONG = BLOCK - _EXACT - _SHORT * _LENGTH - _HOSTS
_LONGEST = 128


def _place(rule: Rule) -> int:
    """Where in a block it stands if it may: by itself alone, so that what else there is moves nothing."""
    kind, length = rank(rule.path)
    if rule.static is not None:
        first, patterns, hosts = _STATIC
        if kind == 1:
            return first + (_LONGEST + length) * patterns // _LONGEST
        return rule.within(first) if kind == 0 else first + patterns + rule.within(hosts)
    if kind == 0:
        return rule.within(_EXACT)
    if kind == 2:
        return BLOCK - _HOSTS + rule.within(_HOSTS)
    if -length > _LENGTH:
        return _EXACT + (_LONGEST + length) * _LONG // (_LONGEST - _LENGTH)
    return _EXACT + _LONG + (_LENGTH + length) * _SHORT + rule.within(_SHORT)


def first_number(environment: str) -> int:
    """Where the block of an environment begins, by its name alone: it stays whatever other environments come."""
    return FIRST + BLOCK * (_hashed(environment) % ((LAST - FIRST + 1) // BLOCK))


def numbers(ordered: Sequence[Rule], first: int) -> tuple[int, ...]:
    """The number of each rule, at most a block of them; rising, with room between.

    Two that would have the same take neighbours. A rule stands in Terraform at an address made of its number, so no
    plan ever gives a rule another number, or one that another still has (`PriorityInUse`).
    """
    assert len(ordered) <= BLOCK, "tanada check says so"
    places: list[int] = []
    for rule in ordered:
        places.append(max(_place(rule) - rule.part, places[-1] + 1 if places else 0))
    following = BLOCK
    for index in range(len(places) - 1, -1, -1):
        following = places[index] = min(places[index], following - 1)
    return tuple(first + place for place in places)


def _hashed(text: str) -> int:
    return int(sha256(text.encode()).hexdigest()[:8], 16)


# Limits

RULES = "aws_lb_listener_rule"


def needs(
    services: Mapping[str, Service], domain: str, statics: Mapping[str, Static] = MappingProxyType({})
) -> Iterator[Need]:
    """What the rules of one environment use up."""
    count: dict[str, int] = {}
    for rule in rules(services, domain, statics):
        count[rule.load_balancer] = count.get(rule.load_balancer, 0) + 1
    for balancer, rules_ in count.items():
        yield Need(RULES, rules_, balancer)


def numbered(needed: Iterable[Need]) -> frozenset[str]:
    """The load balancers on which a permanent environment's rules have numbers of its block: a rule that is its only
    one competes with none, and takes the next free number."""
    mine = [need for need in needed if need.type == RULES]
    if sum(need.number for need in mine) < 2:
        return frozenset()
    return frozenset(need.load_balancer for need in mine if need.load_balancer is not None)


def floors(environments: Iterable[Iterable[Need]], ours: Container[str]) -> Iterator[Need]:
    """The common layer's rule at LAST, on each load balancer of `ours` where one of its permanent environments has
    numbers; `environments` are what each of them needs. What takes the next free number takes one above it, none of
    theirs."""
    found = {each for needed in environments for each in numbered(needed)}
    for balancer in sorted(each for each in found if each in ours):
        yield Need(RULES, 1, balancer)
