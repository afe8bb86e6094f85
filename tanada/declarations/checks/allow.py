"""Checks of lists of addresses: each set is there, somebody comes from there, and no path is left open by chance."""

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
from tanada.text import meant, one_of, quoted


def check_allow(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        for sidecar, http in service.https.items():
            of = (*of_http(name, sidecar), "allow")
            yield from _sets(scope, of, http)
            yield from _nobody(scope, of, http)
            yield from _paths(scope, of, http)
    yield from _alike(scope)


def _at(scope: Scope, of: Loc, path: str, index: int | None = None) -> Loc:
    """Where a list is written, or one address of it."""
    node = scope.tree.find(of)
    if node is not None and path in node.mapping:
        of, node = (*of, path), node.mapping[path]
    return (*of, index) if index is not None and node is not None and isinstance(node.value, tuple) else of


def _sets(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    """Those of its account; of the blueprint alone nobody knows the account."""
    if scope.layer is None:
        return
    there = scope.layer.addresses
    for path, sources in http.allow.items():
        for index, source in enumerate(sources):
            if not allow.is_name(source):
                continue
            said = f"{one_of(there)}{meant(source, there)}" if there else "there are none; write the addresses"
            loc = _at(scope, of, path, index)
            because: Loc = ("accounts", str(scope.account), "common", "addresses")
            yield mistake(scope.tree, loc, f"{quoted(source)} is none of common.addresses; {said}", because=[because])


def _nobody(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    """A list that lets nobody in at all; of one that is there already nobody knows what it is."""
    layer = scope.layer
    balancers = [layer.load_balancers.get(each) for each in http.load_balancer] if layer is not None else [None]
    kinds = {each.internal for each in balancers if each is not None and each.existing is None}
    if http.cdn is not None:
        kinds = {False}  # CloudFront is open to the internet
    elif len(kinds) == 0 or any(each is None or each.existing is not None for each in balancers):
        return
    for path, sources in http.allow.items():
        why = [allow.nobody(source, kinds) for source in sources]
        if (first := why[0]) is not None and None not in why:
            yield mistake(scope.tree, _at(scope, of, path), f"lets nobody in: {first}")


def _paths(scope: Scope, of: Loc, http: Http) -> Iterator[Mistake]:
    """A list of a path holds for paths of the service alone, and for each of them wholly or not at all."""
    for path in sorted(http.allow):
        if path != allow.ALL and http.paths and not any(allow.covers(each, path) for each in http.paths):
            sentence = f"{quoted(path)} lies in none of paths, so nothing of it comes here; {one_of(http.paths)}"
            yield mistake(scope.tree, (*of, path), f"{sentence}, or a part of one", at_key=True)
    if http.cdn is not None:
        return  # each rule there says which paths it leaves to others
    guards = dict(guarded(http))
    for listed in http.allow:
        for own, guard in guards.items() if listed != allow.ALL else ():
            if own is None or own == listed or guard == guards[listed] or rank(own) > rank(listed):
                continue
            if meet(own, listed) and not allow.covers(listed, own) and not allow.covers(own, listed):
                sentence = f"{quoted(listed)} and {quoted(own)} have paths in common, and none lies in the other"
                sentence += ": say for both which addresses get in, or take other paths"
                because = [(*of[:-1], "paths")]
                yield mistake(scope.tree, (*of, listed), sentence, at_key=True, because=because)
                break


def _alike(scope: Scope) -> Iterator[Mistake]:
    """Patterns of one length stand in any order: where one lets some addresses in alone, the other may come first."""
    rules = [rule for rule in rules_of(scope.services, scope.domain or "") if not (rule.part or rule.refuses)]
    if not any(rule.guard for rule in rules):
        return
    for one, other in combinations(rules, 2):
        if one.answers == other.answers or not (one.guard or other.guard) or not competes(one, other):
            continue
        for mine, its in ((mine, its) for mine in one.paths for its in other.paths):
            if mine != its and rank(mine) == rank(its) and meet(mine, its):
                yield _which(scope, *((one, mine, other, its) if one.guard else (other, its, one, mine)))


def _which(scope: Scope, guarded: Rule, path: str, other: Rule, its: str) -> Mistake:
    return mistake(
        scope.tree,
        (*of_http(guarded.service, guarded.container), "allow"),
        f"{quoted(path)} and {quoted(its)} of {other.service} are of one length and have paths in common, so either "
        "may come first: nobody knows whether this list holds for them; make one of the two longer",
        at_key=True,
        because=[of_http(other.service, other.container)],
    )
