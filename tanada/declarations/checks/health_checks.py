"""Checks of Route 53's health checks: they come in, they ask the service itself, and somebody hears of it."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.checks.services import of_http
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import allow
from tanada.declared.http import Http
from tanada.declared.paths import rank
from tanada.declared.route53_health_check import ALARMS
from tanada.declared.rules import guarded, signed_in
from tanada.regions import partition
from tanada.text import one_of, quoted


def check_health_checks(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _scope)
    yield from each_once(system, lambda scope: _told(system, scope))


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        for sidecar, http in service.https.items():
            if http.route53_health_check is not None:
                of = (*of_http(name, sidecar), "route53_health_check")
                path = http.route53_health_check.path.partition("?")[0]
                yield from _outside(scope, of, http)
                yield from _answered(scope, of, http, path)


def _outside(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    """The checkers come over the internet, and speak HTTP/1.1: a load balancer hands on to these targets what came by
    HTTP/2 alone (Elastic Load Balancing guide, "Target groups", "Protocol version")."""
    if http.protocol_version != "http1":
        sentence = f"Route 53 asks by HTTP/1.1, and {http.protocol_version} is reached by HTTP/2 alone"
        because: Loc = (*of[:-1], "protocol_version")
        yield mistake(scope.tree, of, f"{sentence}; take it out, or say protocol_version: http1", because=[because])
    if scope.layer is None:
        return
    balancer = scope.layer.load_balancers.get(http.load_balancer[0])
    if balancer is not None and balancer.internal and http.cdn is None and http.api_gateway is None:
        sentence = f"{http.load_balancer[0]} is internal, and Route 53 asks over the internet; take it out"
        yield mistake(scope.tree, of, sentence, because=[(*of[:-1], "load_balancer")])
    if balancer is not None and balancer.mutual_tls is not None and balancer.mutual_tls.asked:
        sentence = f"{http.load_balancer[0]} asks for a certificate, and Route 53 has none; take it out"
        yield mistake(scope.tree, of, sentence, because=[(*of[:-1], "load_balancer")])


def _answered(scope: Scope, of: Loc, http: Http, path: str) -> Iterator[Mistake]:
    """It is the service that answers, and everybody, as nobody says for good where checkers come from."""
    if http.paths and not any(allow.covers(each, path) for each in http.paths):
        sentence = f"{quoted(path)} lies in none of paths, so another one answers; {one_of(http.paths)}"
        yield mistake(scope.tree, of, f"{sentence}, or a part of one", because=[(*of[:-1], "paths")])
        return
    guards = dict(guarded(http.model_copy(update={"cdn": None})))  # CloudFront keeps the same lists
    fits = sorted((each for each in guards if each is not None and allow.covers(each, path)), key=rank)
    first = fits[0] if fits else None
    if guards.get(first):
        opened = f'{path}: [0.0.0.0/0, "::/0"]'
        sentence = f"Route 53's checkers come from addresses that change, and allow shuts them out of {path}"
        yield mistake(
            scope.tree, of, f"{sentence}; open that path: allow: {{…, {opened}}}", because=[(*of[:-1], "allow")]
        )
    jwt = http.api_gateway.jwt if http.api_gateway is not None else None
    if jwt is not None and not any(allow.covers(each, path) for each in jwt.except_):
        sentence = f"API Gateway asks for a token there, and Route 53 has none; except {path} from api_gateway.jwt"
        yield mistake(scope.tree, of, sentence, because=[(*of[:-1], "api_gateway", "jwt")])
    if signed_in(http, first) is not None:
        sentence = f"nobody is signed in there, and being sent to sign in counts as well; except {path} from sign_in"
        yield mistake(scope.tree, of, sentence, because=[(*of[:-1], "sign_in")])


def _told(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    """Its alarm stands in us-east-1 and tells a topic there alone."""
    whose = scope.account
    if scope.kind != "environment" or whose is None or whose not in system.accounts:
        return
    account = system.accounts[whose]
    alarms = account.common.alarms
    for name, service in scope.services.items():
        for sidecar, http in service.https.items():
            of = (*of_http(name, sidecar), "route53_health_check")
            if http.route53_health_check is None:
                continue
            if partition(account.region) != "aws":
                sentence = f"Tanada doesn't know Route 53's health checks in {partition(account.region)}; take it out"
                yield mistake(scope.tree, of, sentence, because=[("accounts", whose, "region")])
            elif alarms is not None and alarms.arn_in(ALARMS, "", account.region, account.id) is None:
                sentence = f"its alarm stands in {ALARMS}, and alarms.topic lies in {account.region}"
                because: Loc = ("accounts", whose, "common", "alarms", "topic")
                instead = f"name one there, too: alarms: {{us_east_1: arn:aws:sns:{ALARMS}:…}}"
                yield mistake(scope.tree, of, f"{sentence}; {instead}", because=[because])
