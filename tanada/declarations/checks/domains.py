"""Checks of environments and review: their account, and that each domain is theirs alone and covered by a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tanada.declarations.domains import certified, covering, covers_names, needed_certificates, reachable, zone_of
from tanada.declarations.foreign import answer
from tanada.declarations.mistakes import Mistake
from tanada.declarations.names import is_name
from tanada.declarations.scopes import Known, Scope, Scopes
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.blueprint import Environment, Review
from tanada.text import meant, nearest, one_of, quoted


def check_domains(system: Scopes) -> Iterator[Mistake]:
    yield from _accounts(system)
    yield from _twice(system)
    yield from _certificates_of_zones(system)
    for scope in system.instances:
        yield from _needed(scope)
        yield from _covered(system, scope)
        yield from _certificate(scope)


def _accounts(system: Scopes) -> Iterator[Mistake]:
    declared = system.top.find(["accounts"])
    known = tuple(declared.mapping) if declared is not None else ()
    possible = [name for name in known if is_name(name)]
    if not known:
        return
    for scope in system.instances:
        node = scope.tree.find(["account"])
        if node is not None and isinstance(node.value, str) and node.value not in known:
            if len(possible) < len(known) or (declared and node.value in declared.removed):
                continue  # one is empty, or has a name that is none: that is said there, and it may be this one
            sentence = f"{quoted(node.value)} is no account of system.yaml; {one_of(possible)}"
            yield mistake(scope.tree, ["account"], sentence + meant(node.value, possible))


def _twice(system: Scopes) -> Iterator[Mistake]:
    first: dict[str, Scope | Known] = {}
    for scope in system.everyone:
        if scope.domain is None:
            continue
        other = first.setdefault(scope.domain, scope)
        if other is not scope:
            yield mistake(scope.tree, ["domain"], f"{quoted(scope.domain)} is the domain of {other.title} already")


def _needed(scope: Scope) -> Iterator[Mistake]:
    if scope.layer is None or not scope.layer.load_balancers or "domain" in scope.tree.mapping:
        return
    unknown = set(scope.tree.mapping) - set(Environment.model_fields) - set(Review.model_fields)
    if any(nearest(word, ["domain"]) or "write domain" in (answer(Environment, word) or "") for word in unknown):
        return  # which is said of that word
    how = "is needed, so it can't be empty or null" if "domain" in scope.tree.removed else "is missing"
    yield mistake(scope.tree, ["domain"], f"{how}: where it answers (none where common.load_balancers is {{}})")


def _covered(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    if scope.layer is None or scope.domain is None:
        return
    # Of review the names one label below its domain, of others that itself.
    if zone_of(scope.domain, scope.layer) is not None or all(reachable(host, scope.layer) for host in scope.hosts[:1]):
        return
    layer = scope.layer
    if not layer.hosted_zones and not layer.certificates and (taken := _without_zones(system, scope)) is not None:
        yield taken
        return
    there = covering(layer)
    what = scope.domain if scope.kind != "review" or not layer.certificates else f"*.{scope.domain}"
    yield mistake(
        scope.tree,
        ["domain"],
        f"no {covers_names(layer)} of account {scope.account} covers {quoted(what)}; "
        + (f"expected a domain in {there}" if there else "it declares none in common.hosted_zones"),
    )


def _without_zones(system: Scopes, scope: Scope) -> Mistake | None:
    """Where it is said that an account has no zones, which its environments need: one mistake of many."""
    common = ("accounts", str(scope.account), "common")
    needed = f"{scope.title} answers at {scope.domain}, for which a zone is needed"
    for loc in (common, (*common, "hosted_zones")):
        if (removed := at_removal(system.top, loc, needed)) is not None:
            return removed
    node = system.top.find((*common, "hosted_zones"))
    if node is None or node.value != ():
        return None
    return replace(mistake(system.top, (*common, "hosted_zones"), f"is empty, but {needed}"), breaks=True)


CERTIFICATE_NAME = 64
"""Octets (ACM API reference, RequestCertificate: the first name becomes the CN, RFC 5280 `ub-common-name`)."""


def _certificates_of_zones(system: Scopes) -> Iterator[Mistake]:
    for account, layer in system.layers.items():
        made = needed_certificates(layer, ())
        for index, zone in enumerate(layer.hosted_zones):
            if zone.name in made and len(zone.name) > CERTIFICATE_NAME:
                loc = ("accounts", account, "common", "hosted_zones", index)
                yield mistake(system.top, loc, too_long(zone.name))


def _certificate(scope: Scope) -> Iterator[Mistake]:
    """Of the one that is needed for this domain alone: for the domain one label above it, or review's own."""
    if scope.layer is None or scope.domain is None or (zone := zone_of(scope.domain, scope.layer)) is None:
        return
    served = scope.hosts[0]
    if certified(served, scope.layer):
        return
    name = served.partition(".")[2]
    if len(name) > CERTIFICATE_NAME and zone.name not in (served, name):
        yield mistake(scope.tree, ["domain"], too_long(name))


def too_long(name: str) -> str:
    return (
        f"needs a certificate for {quoted(name)}, of {len(name)} characters, and AWS makes them for "
        f"{CERTIFICATE_NAME} at most; choose a shorter one"
    )
