"""Checks of hosts and paths: each is answered by one service, covered by a zone and a certificate, and AWS takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tanada.declarations.checks.domains import CERTIFICATE_NAME, too_long
from tanada.declarations.checks.redirects import where
from tanada.declarations.checks.services import of_http
from tanada.declarations.domains import certified, covering, covers_names, full_name, reachable, zone_of
from tanada.declarations.mistakes import Loc, Mistake, Position
from tanada.declarations.scopes import Known, Scope, Scopes, each_once, in_some
from tanada.declarations.tree import mistake, repeated
from tanada.declared import rule_numbers
from tanada.declared.answers import Answer, answers
from tanada.declared.hosts import DOMAIN, host_of, led_by
from tanada.declared.http import Http
from tanada.declared.rules import guarded
from tanada.literal import REFERENCE, references
from tanada.text import listed, quoted

HOST_LENGTH = 128
"""Characters (Elastic Load Balancing API reference, HostHeaderConditionConfig)."""
LABEL_LENGTH = 63
"""RFC 1035, 2.3.4."""


def check_hosts(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _scope)
    yield from _together(
        system.top.at.file,
        ((scope, each) for scope in system.instances if scope.kind == "environment" for each in _names(scope)),
    )
    yield from _twice(system)
    yield from _priorities(system)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        for sidecar, http in service.https.items():
            yield from _repeated(scope, of_http(name, sidecar), http)
    yield from _same(scope)
    yield from _balancers(scope)
    made = len(scope.rules)
    if made > rule_numbers.BLOCK:
        sentence = (
            f"hosts and paths make {made} rules, and an environment has numbers for {rule_numbers.BLOCK}; say fewer"
        )
        yield mistake(scope.tree, ["services"], sentence, at_key=True)


def _public(scope: Scope) -> Iterator[tuple[str, Answer]]:
    """Those that have a rule, by the service's name."""
    for name, service in scope.services.items():
        for answer in answers(service):
            yield name, answer


def _who(name: str, answer: Answer) -> str:
    """What a sentence calls it."""
    return name if answer.sidecar is None else f"{name}.{answer.sidecar}"


def _repeated(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    for field in ("hosts", "paths"):
        values = getattr(http, field)
        hosts = [host_of(each, scope.domain or "") for each in values] if field == "hosts" else values
        for index in repeated(hosts):
            first = values[hosts.index(hosts[index])]
            what = (
                "is here twice" if first == values[index] else f"is the same as {quoted(first)}; take one of them out"
            )
            yield mistake(scope.tree, (*of, field, index), f"{quoted(values[index])} {what}")


def _same(scope: Scope) -> Iterator[Mistake]:
    """No two services, or containers of one, answer at the same host and path: which of them did would be chance."""
    first: dict[tuple[str, str | None], tuple[str, Answer]] = {}
    for name, answer in _public(scope):
        # Those too that it names for who gets in there, or need not sign in.
        hosts, paths = led_by(answer.http, scope.domain or ""), [path for path, _ in guarded(answer.http)]
        for host, path in ((host, path) for host in hosts for path in paths):
            other, its = first.setdefault((host, path), (name, answer))
            if (other, its.sidecar) != (name, answer.sidecar):
                what = f"{path or 'all other paths'} of {_called(host)}"
                sentence = f"{_who(other, its)} answers {what} already; give one of them other hosts or paths"
                loc, because = _where(name, answer, host, path), [of_http(other, its.sidecar)]
                yield mistake(scope.tree, loc, sentence, at_key=path is None, because=because)
                break  # of one service the first says it


def _called(host: str) -> str:
    return "the environment's domain" if host == DOMAIN else host if "." in host else f"{host}.<domain>"


def _where(name: str, answer: Answer, host: str, path: str | None) -> Loc:
    """Where that path is written, or that host, or what is neither."""
    of = of_http(name, answer.sidecar)
    http = answer.http
    if path is not None and path in http.paths:
        return (*of, "paths", http.paths.index(path))
    if path is not None:
        open_ = http.sign_in.except_ if http.sign_in is not None else ()
        return (*of, "allow", path) if path in http.allow else (*of, "sign_in", "except", open_.index(path))
    return of if host == DOMAIN else (*of, "hosts")


def _balancers(scope: Scope) -> Iterator[Mistake]:
    """A name leads to one load balancer."""
    first: dict[str, tuple[str, Answer, str]] = {}
    there = scope.layer.load_balancers if scope.layer is not None else {}
    for name, answer in _public(scope):
        for host, balancer in led_by(answer.http, scope.domain or "").items():
            if balancer not in there:
                continue  # said of the name itself
            other, its, behind = first.setdefault(host, (name, answer, balancer))
            if behind != balancer:
                yield mistake(
                    scope.tree,
                    (*of_http(name, answer.sidecar), "load_balancer"),
                    f"{_who(other, its)} answers {_called(host)} behind load balancer {behind}, and a name leads to "
                    "one alone; give both the same, or other hosts",
                    because=[of_http(other, its.sidecar)],
                )
                break


def _names(scope: Scope) -> Iterator[Mistake]:
    """Of hosts beside the domain, which has checks of its own: a zone covers each, and AWS takes it."""
    layer, domain = scope.layer, scope.domain
    if layer is None or domain is None:
        return
    for name, answer in _public(scope):
        of = of_http(name, answer.sidecar)
        for host in led_by(answer.http, domain):
            if "." not in host and len(host) > LABEL_LENGTH:
                sentence = f"{host} would be a label of {len(host)} characters, and DNS has them of {LABEL_LENGTH}"
                yield mistake(scope.tree, (*of, "load_balancer"), f"{sentence}; say a shorter host")
        for index, declared in enumerate(answer.http.hosts):
            loc: Loc = (*of, "hosts", index)
            host = full_name(host_of(declared, domain), domain)
            zone = zone_of(host, layer)
            parent = host.partition(".")[2]
            if host == domain:
                continue
            if not reachable(host, layer):
                covers = f"no {covers_names(layer)} of account {scope.account} covers {quoted(host)}"
                yield mistake(scope.tree, loc, f"{covers}; expected a host in {covering(layer)}")
            elif len(host) > HOST_LENGTH:
                yield mistake(
                    scope.tree, loc, f"{host} has {len(host)} characters, and load balancers take {HOST_LENGTH}"
                )
            elif references(host):
                yield mistake(scope.tree, loc, f"{quoted(host)}: {REFERENCE}")
            elif zone is None or certified(host, layer):
                continue  # no certificate is made for it
            elif len(parent) > CERTIFICATE_NAME and zone.name not in (host, parent):
                yield mistake(scope.tree, loc, too_long(parent))


def _together(shared: str, found: Iterable[tuple[Scope, Mistake]]) -> Iterator[Mistake]:
    """One sentence for what several environments inherit: it says which ones."""
    where: dict[Mistake, list[str]] = {}
    for scope, each in found:
        where.setdefault(each, []).append(scope.title)
    for each, titles in where.items():
        yield in_some(each, titles) if each.place.file == shared else each


def _twice(system: Scopes) -> Iterator[Mistake]:
    """What another environment has already; that two have one domain is said where domains are checked."""
    first: dict[str, Scope | Known] = {}
    again: dict[tuple[Position, str], list[tuple[Scope | Known, Scope | Known]]] = {}
    environments = [scope for scope in system.everyone if scope.kind == "environment"]
    for scope in environments:
        for host in scope.hosts[:1]:
            first.setdefault(host, scope)
    for scope in environments:
        for host in scope.hosts[1:]:
            if isinstance(scope, Scope) and scope.layer is not None and not reachable(host, scope.layer):
                continue  # that is said, and it needs another one anyway
            other = first.setdefault(host, scope)
            if other is not scope:
                place = mistake(scope.tree, _declared(scope, host), "").place
                again.setdefault((place, host), []).append((scope, other))
    for (_, host), scopes in again.items():
        (scope, other), titles = scopes[0], listed([each.title for each, _ in scopes], len(scopes))
        sentence = f"{host} is answered by {other.title} already; give {titles} another host"
        yield mistake(scope.tree, _declared(scope, host), sentence)


def _declared(scope: Scope | Known, host: str) -> Loc:
    assert isinstance(scope, Scope)  # of what is known nothing is said
    domain = scope.domain or ""
    for name, answer in _public(scope):
        of = of_http(name, answer.sidecar)
        for index, each in enumerate(answer.http.hosts):
            if full_name(host_of(each, domain), domain) == host:
                return (*of, "hosts", index)
        if host in (full_name(each, domain) for each in led_by(answer.http, domain)):
            return (*of, "load_balancer")
    for name, service in scope.services.items():
        if service.tcp is not None and full_name(service.tcp.host, domain) == host:
            return ("services", name, "tcp", "host")
    for name, site in scope.sites.items():
        for index, each in enumerate(site.hosts):
            if full_name(host_of(each, domain), domain) == host:
                return ("sites", name, "hosts", index)
    for key, static in scope.statics.items():
        if (name := key.partition("/")[0]) and full_name(host_of(name, domain), domain) == host:
            return where(key, static)
    return ["domain"]


def _priorities(system: Scopes) -> Iterator[Mistake]:
    """The numbers of two environments' rules on one load balancer; those that both say themselves may meet nowhere, for
    one more host would make it true."""
    taken: dict[str, list[tuple[Scope | Known, frozenset[str]]]] = {}
    for scope in (each for each in system.everyone if each.kind == "environment" and each.account is not None):
        balancers = rule_numbers.numbered(scope.needs())
        others = taken.setdefault(str(scope.account), [])
        for other, theirs in others:
            meet = balancers & theirs or (scope.says_priorities and other.says_priorities)
            if meet and abs(scope.first_priority - other.first_priority) < rule_numbers.BLOCK:
                begins = [each.first_priority for each, _ in others]
                place = "on one load balancer" if balancers & theirs else "which meet"
                yield mistake(
                    scope.tree,
                    ["priorities"],
                    f"the rules of {scope.title} have the priorities from {_block(scope)}, those of {other.title} from "
                    f"{_block(other)}, {place}; say priorities: {_free(begins)} in one of them",
                    at_key=True,
                )
                break
        if balancers or scope.says_priorities:
            others.append((scope, balancers))


def _block(scope: Scope | Known) -> str:
    return f"{scope.first_priority} to {scope.first_priority + rule_numbers.BLOCK - 1}"


def _free(begins: list[int]) -> int:
    """Where a block that meets none of these begins."""
    blocks = range(rule_numbers.FIRST, rule_numbers.LAST, rule_numbers.BLOCK)
    return next(
        (each for each in blocks if all(abs(each - one) >= rule_numbers.BLOCK for one in begins)), rule_numbers.FIRST
    )
