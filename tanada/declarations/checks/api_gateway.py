"""Checks of API Gateway before a service: that it is the only way in, at one name, and what it can't let through."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.checks.services import of_http
from tanada.declarations.domains import full_name, zone_of
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import routes
from tanada.declared.api_gateway import ROUTES, ApiGateway, open_routes
from tanada.declared.http import Http
from tanada.text import listed


def check_api_gateway(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        for sidecar, http in service.https.items():
            if http.api_gateway is None:
                continue
            of = (*of_http(name, sidecar), "api_gateway")
            if sidecar is not None:
                yield mistake(scope.tree, of, f"is {name}'s own to say; API Gateway leads to a sidecar by container")
                continue
            yield from _beside(scope, of, http, of[:-1])
            yield from _asked(scope, of, http.api_gateway)
            yield from _way(scope, of, http)
            yield from _names(scope, of, http)


def _beside(scope: Scope, of: Loc, http: Http, there: Loc) -> Iterator[Mistake]:
    """What API Gateway doesn't let through, or the load balancer sees no more."""
    wrong = {
        "cdn": (http.cdn is not None, "a name leads to CloudFront or to API Gateway"),
        "allow": (bool(http.allow), "the load balancer sees API Gateway's addresses and no others"),
        "sign_in": (
            http.sign_in is not None,
            "cookies of people who have signed in may be larger than the 10 KB of headers that API Gateway takes",
        ),
        "protocol_version": (http.protocol_version == "grpc", "HTTP APIs know no gRPC"),
    }
    for field, (said, why) in wrong.items():
        if said:
            yield mistake(scope.tree, of, f"{why}; take {field} or api_gateway out", because=[(*there, field)])


def _asked(scope: Scope, of: Loc, settings: ApiGateway) -> Iterator[Mistake]:
    if settings.jwt is None:
        return
    if (number := 1 + len(open_routes(settings.jwt))) > ROUTES:
        sentence = f"these make {number} routes, and an API has {ROUTES}; take wider paths"
        yield mistake(scope.tree, (*of, "jwt", "except"), sentence)


def _way(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    because = [(*of[:-1], "load_balancer")]
    if len(http.load_balancer) > 1:
        yield mistake(scope.tree, of, "API Gateway comes to one load balancer; name one alone", because=because)
    if scope.layer is None:
        return
    if scope.layer.waf is not None:
        sentence = (
            "AWS WAF can't stand before HTTP APIs, so common.waf would be got past here; take api_gateway out, or waf"
        )
        yield mistake(scope.tree, of, sentence)
    if (balancer := scope.layer.load_balancers.get(http.load_balancer[0])) is None:
        return
    name = http.load_balancer[0]
    if balancer.existing is not None:
        sentence = f"{name} is there already, and api_gateway wants one that is made here"
        yield mistake(scope.tree, of, sentence, because=because)
    elif not balancer.internal:
        sentence = (
            f"who knows the name of {name}, which is open to the internet, gets past API Gateway; say load_balancer: "
            "internal, and common.load_balancers: {internal: {internal: true}}"
        )
        yield mistake(scope.tree, of, sentence, because=because)
    elif balancer.mutual_tls is not None and balancer.mutual_tls.asked:
        yield mistake(scope.tree, of, f"{name} asks for a certificate, and API Gateway shows none", because=because)


def _names(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    domain, hosts = scope.domain or "", routes.led_by(http, scope.domain or "")
    if len(hosts) > 1 and len(http.load_balancer) == 1:
        sentence = "an API says one name to the load balancer, whatever it was asked by; name one host alone"
        yield mistake(scope.tree, of, sentence, because=[(*of[:-1], "hosts")])
    for other, service in scope.services.items():
        for sidecar, theirs in service.https.items():
            both = hosts.keys() & routes.led_by(theirs, domain).keys()
            if theirs is not http and both:
                at = full_name(min(both), scope.domain or "<domain>")
                yield from _shared(scope, of, http, theirs, f"{other} answers at {at}, too", of_http(other, sidecar))
    if scope.layer is None or scope.domain is None or scope.kind == "review":
        return
    names = [full_name(host, domain) for host in hosts]
    if outside := [each for each in names if zone_of(each, scope.layer) is None]:
        sentence = (
            f"{listed(outside, 3)} lies in no zone of account {scope.account}, where the name would lead to an API"
        )
        yield mistake(scope.tree, of, f"{sentence}; take api_gateway out, or give it a host in a zone")


def _shared(scope: Scope, of: Loc, http: Http, theirs: Http, answers: str, there: Loc) -> Iterator[Mistake]:
    """Others at its name: API Gateway comes to one load balancer, whose rules lead on by path."""
    if theirs.api_gateway is not None:
        sentence = f"{answers}, by an API of its own; take api_gateway out of one of them, it is for the whole name"
        yield mistake(scope.tree, of, sentence, because=[(*there, "api_gateway")])
    elif theirs.load_balancer != http.load_balancer:
        sentence = f"{answers}, and API Gateway comes to {http.load_balancer[0]} alone; say that load_balancer there"
        yield mistake(scope.tree, of, sentence, because=[(*there, "load_balancer")])
    else:
        yield from _beside(scope, of, theirs, there)
