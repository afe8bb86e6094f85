"""Checks of CloudFront: that there is one, and that before a service it is the only way in, at names of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tanada.declarations.checks.in_front import Front
from tanada.declarations.domains import certificate_of, full_name, zone_of
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.allow import ALL
from tanada.declared.cdn import COOKIES, LONGEST_PATTERN, Cdn, behaviors, fits
from tanada.declared.hosts import led_by
from tanada.declared.http import Http
from tanada.declared.sites import ALIASES, BEHAVIORS
from tanada.regions import ZONES, partition
from tanada.text import listed, quoted

_FRONT = Front("cdn", "CloudFront", "a distribution")


def check_cdn(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _scope)
    yield from each_once(system, partial(_elsewhere, system))


def _elsewhere(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    """Sites, too: China has a CloudFront of its own, and GovCloud none (AWS, "Services or capabilities described in AWS
    China" and "in AWS GovCloud (US)")."""
    account = system.accounts.get(scope.account or "")
    if account is None or account.region not in ZONES or scope.kind == "review":
        return
    if (there := partition(account.region)) == "aws":
        return
    behind = [of for of, _ in _FRONT.asked(scope)]
    for loc in [*(("sites", name) for name in scope.sites), *behind]:
        sentence = f"{account.region} lies in {there}, whose CloudFront Tanada doesn't know; take it out there (null)"
        yield mistake(scope.tree, loc, sentence)


def _scope(scope: Scope) -> Iterator[Mistake]:
    yield from _FRONT.of_sidecars(scope)
    for of, http in _FRONT.asked(scope):
        assert http.cdn is not None
        yield from _beside(scope, of, http, of[:-1])
        yield from _FRONT.way(scope, of, http)
        yield from _kept(scope, of, http.cdn)
        yield from _lists(scope, of, http)
        yield from _names(scope, of, http)


def _beside(scope: Scope, of: Loc, http: Http, there: Loc) -> Iterator[Mistake]:
    """What goes by the address or the connection of who asks, which the load balancer sees no more."""
    wrong = {
        "allow": (
            bool(http.allow) and http.cdn is None,
            "the load balancer sees CloudFront's addresses and no others; say these paths in allow beside cdn",
        ),
        "sign_in": (http.sign_in is not None, "cookies of people who have signed in would have to pass CloudFront"),
        "protocol_version": (http.protocol_version == "grpc", "gRPC needs a setting that there is no word for yet"),
    }
    yield from _FRONT.beside(scope, of, there, wrong)


def _kept(scope: Scope, of: Loc, cdn: Cdn) -> Iterator[Mistake]:
    if both := {*cdn.never} & {*cdn.cache}:
        sentence = f"{quoted(min(both))} stands in cache and in never; take one of the two out"
        yield mistake(scope.tree, (*of, "never"), sentence)
    if len(behaviors(cdn)) > BEHAVIORS - 1:
        sentence = f"these are {len(behaviors(cdn))} paths, and CloudFront takes {BEHAVIORS - 1}; take wider patterns"
        yield mistake(scope.tree, of, sentence)
    if len(cdn.cookies) > COOKIES:
        sentence = f"these are {len(cdn.cookies)} names, and CloudFront takes {COOKIES}; take some together by a *"
        yield mistake(scope.tree, (*of, "cookies"), sentence)


def _lists(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    for path in http.allow:
        if path != ALL and len(fits(path)) > LONGEST_PATTERN:
            sentence = f"is too long for a rule before CloudFront: AWS WAF takes {LONGEST_PATTERN} characters of a "
            sentence += "pattern, and this one becomes more; take a shorter path"
            yield mistake(scope.tree, (*of[:-1], "allow", path), sentence, at_key=True)


def _names(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    domain, hosts = scope.domain or "", led_by(http, scope.domain or "")
    for other in _FRONT.others(scope, of, http):
        yield from _beside(scope, of, *other) if isinstance(other, tuple) else (other,)
    if scope.layer is None or scope.domain is None or scope.kind == "review":
        return
    names = [full_name(host, domain) for host in hosts]
    if len(names) > ALIASES:
        sentence = (
            f"these are {len(names)} names, and CloudFront takes {ALIASES} a distribution; make two services of it"
        )
        yield mistake(scope.tree, (*of[:-1], "hosts"), sentence)
    if outside := [each for each in names if zone_of(each, scope.layer) is None]:
        sentence = f"{listed(outside, 3)} lies in no zone of account {scope.account}, and CloudFront's certificate is"
        yield mistake(scope.tree, of, f"{sentence} made by one; take cdn out, or give it a host in a zone")
    elif len({certificate_of(each, scope.layer) for each in names}) > 1:
        sentence = f"{listed(names, 5)} need several certificates, and CloudFront has one a service; name fewer hosts"
        yield mistake(scope.tree, of, sentence)
