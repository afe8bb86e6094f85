"""Checks of sign-in: somebody knows the people, the load balancer can ask, and no path is left open by chance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from tanada.declarations.checks.services import of_http
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import allow
from tanada.declared.http import Http
from tanada.declared.paths import meet, rank
from tanada.declared.rule import Rule, competes
from tanada.declared.rules import guarded, rules_of
from tanada.declared.sign_in import URLS, SignIn, signing
from tanada.text import one_of, quoted


def check_sign_in(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        for sidecar, http in service.https.items():
            if http.sign_in is not None:
                of = (*of_http(name, sidecar), "sign_in")
                yield from _known(scope, of)
                yield from _asked(scope, of, http)
                yield from _open(scope, of, http, http.sign_in)
    yield from _urls(scope)
    yield from _alike(scope)


def _known(scope: Scope, of: Loc) -> Iterator[Mistake]:
    """Somebody knows the people of its account; of the blueprint alone nobody knows the account."""
    if scope.layer is not None and scope.layer.sign_in is None:
        sentence = (
            f"nobody can sign in: account {scope.account} has no common.sign_in; write sign_in: {{google: …}}, or "
            "oidc, in common, or false here"
        )
        yield mistake(scope.tree, of, sentence, because=[("accounts", str(scope.account), "common", "sign_in")])


def _asked(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    """The load balancer can ask: before HTTP/1 alone (Elastic Load Balancing guide, "Target groups", "Protocol
    version": of the others "the only supported action type for listener rules is forward"), and Cognito over the
    internet (the same, "Authenticate users")."""
    if http.protocol_version != "http1":
        sentence = f"AWS lets nobody sign in before {http.protocol_version}; say protocol_version: http1, or false here"
        yield mistake(scope.tree, of, sentence, because=[(*of[:-1], "protocol_version")])
    if scope.layer is None or scope.layer.network.nat != "none":
        return
    for each in http.load_balancer:
        balancer = scope.layer.load_balancers.get(each)
        if balancer is not None and balancer.internal:
            sentence = (
                f"{each} is internal, and without a NAT it doesn't reach Cognito; say another network.nat than none, "
                "or false here"
            )
            because: Loc = ("accounts", str(scope.account), "common", "network", "nat")
            yield mistake(scope.tree, of, sentence, because=[because])


def _open(scope: Scope, of: Loc, http: Http, asked: SignIn) -> Iterator[Mistake]:
    """Exceptions are the service's own, leave something to sign in for, and hold for all that fits them."""
    paths = [path for path, _ in guarded(http)]
    for index, each in enumerate(asked.except_):
        loc = (*of, "except", index)
        if http.paths and not any(allow.covers(path, each) for path in http.paths):
            sentence = f"{quoted(each)} lies in none of paths, so nothing of it comes here; {one_of(http.paths)}"
            yield mistake(scope.tree, loc, f"{sentence}, or a part of one")
            continue
        for path in paths:
            first = path is not None and asked.asks(path) and rank(path) <= rank(each)
            if path is not None and first and meet(path, each):
                sentence = (
                    f"{quoted(each)} and {quoted(path)} have paths in common, and the other may come first: people "
                    "would sign in for those; leave out both, or take other paths"
                )
                yield mistake(scope.tree, loc, sentence)
                break
    if http.paths and not any(asked.asks(path) for path in http.paths):
        yield mistake(scope.tree, (*of, "except"), "leaves no path to sign in for; say sign_in: false", at_key=True)


def _urls(scope: Scope) -> Iterator[Mistake]:
    """An environment's app client knows each of its addresses."""
    asked = signing(rules_of(scope.services, scope.domain or ""))
    if (number := len(asked.ends)) > URLS:
        sentence = (
            f"people sign in at {len(asked.hosts)} hosts and may be sent back to {number} addresses of theirs, and an "
            f"app client of Cognito's takes {URLS}; say fewer hosts, or fewer whole paths in except"
        )
        yield mistake(scope.tree, ["services"], sentence, at_key=True)


def _alike(scope: Scope) -> Iterator[Mistake]:
    """Patterns of one length stand in any order: where one asks and the other doesn't, either may come first."""
    rules = [rule for rule in rules_of(scope.services, scope.domain or "") if not (rule.part or rule.refuses)]
    if not any(rule.sign_in for rule in rules):
        return
    for one, other in combinations(rules, 2):
        if one.answers == other.answers or not competes(one, other) or one.sign_in == other.sign_in:
            continue
        asking, its = (one, other) if one.sign_in else (other, one)
        for mine, path in ((mine, path) for mine in asking.paths for path in its.paths):
            # One that both answer is said of their hosts and paths.
            if mine != path and rank(mine) == rank(path) and meet(mine, path):
                yield _which(scope, asking, mine, its, path)


def _which(scope: Scope, asking: Rule, path: str, other: Rule, its: str) -> Mistake:
    return mistake(
        scope.tree,
        (*of_http(asking.service, asking.container), "sign_in"),
        f"{quoted(path)} and {quoted(its)} of {other.service} are of one length and have paths in common, so either "
        "may come first: nobody knows whether people sign in there; make one of the two longer",
        because=[of_http(other.service, other.container)],
    )
