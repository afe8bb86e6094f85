"""Checks of API Gateway before a service: that it is the only way in, at one name, and what it can't let through."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.checks.in_front import Front
from tanada.declarations.domains import full_name, zone_of
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.api_gateway import ROUTES, ApiGateway, open_routes
from tanada.declared.hosts import led_by
from tanada.declared.http import Http
from tanada.text import listed

_FRONT = Front("api_gateway", "API Gateway", "an API")


def check_api_gateway(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    yield from _FRONT.of_sidecars(scope)
    for of, http in _FRONT.asked(scope):
        assert http.api_gateway is not None
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
    yield from _FRONT.beside(scope, of, there, wrong)


def _asked(scope: Scope, of: Loc, settings: ApiGateway) -> Iterator[Mistake]:
    if settings.jwt is None:
        return
    if (number := 1 + len(open_routes(settings.jwt))) > ROUTES:
        sentence = f"these make {number} routes, and an API has {ROUTES}; take wider paths"
        yield mistake(scope.tree, (*of, "jwt", "except"), sentence)


def _way(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    yield from _FRONT.way(scope, of, http)
    if scope.layer is not None and scope.layer.waf is not None:
        sentence = (
            "AWS WAF can't stand before HTTP APIs, so common.waf would be got past here; take api_gateway out, or waf"
        )
        yield mistake(scope.tree, of, sentence)


def _names(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    domain, hosts = scope.domain or "", led_by(http, scope.domain or "")
    if len(hosts) > 1 and len(http.load_balancer) == 1:
        sentence = "an API says one name to the load balancer, whatever it was asked by; name one host alone"
        yield mistake(scope.tree, of, sentence, because=[(*of[:-1], "hosts")])
    for other in _FRONT.others(scope, of, http):
        yield from _beside(scope, of, *other) if isinstance(other, tuple) else (other,)
    if scope.layer is None or scope.domain is None or scope.kind == "review":
        return
    names = [full_name(host, domain) for host in hosts]
    if outside := [each for each in names if zone_of(each, scope.layer) is None]:
        sentence = (
            f"{listed(outside, 3)} lies in no zone of account {scope.account}, where the name would lead to an API"
        )
        yield mistake(scope.tree, of, f"{sentence}; take api_gateway out, or give it a host in a zone")
