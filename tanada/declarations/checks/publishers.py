"""Checks of who writes to sites: each is named by an environment that there is, and something that runs there."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import DoubtError, Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake, repeated
from tanada.declared.publishers import MOST
from tanada.regions import partition
from tanada.text import meant, one_of, quoted

_IN_JSON = ('"publishers":["', '"publishes":[{')
"""As they stand in the input of a stack."""


def check_publishers(system: Scopes) -> Iterator[Mistake]:
    """The mistakes; DoubtError where files that were not read have a part in it: both halves are made of both."""
    theirs = any(text in known.input for known in system.known for text in _IN_JSON)
    if theirs or (system.known and any(each.publishers for scope in system.scopes for each in scope.sites.values())):
        raise DoubtError
    yield from each_once(system, lambda scope: _scope(system, scope))


def words(system: Scopes) -> dict[str, list[str]]:
    """By publisher (`staging.cms`), how its texts may name the sites that it writes to: `production.www`."""
    found: dict[str, list[str]] = {}
    for scope in (each for each in system.instances if each.kind == "environment"):
        for site, each in scope.sites.items():
            for publisher in each.publishers:
                found.setdefault(publisher, []).append(f"{scope.name}.{site}")
    return found


def doubtful(system: Scopes) -> Iterator[str]:
    """How texts may name the sites of which it is said that who writes to them is wrong."""
    for scope in (each for each in system.instances if each.kind == "environment"):
        sites = scope.tree.find(("sites",))
        for name in sites.mapping if sites is not None else ():
            site = scope.sites.get(name)
            if site is None or any(_unknown(system, scope, name, each) is not None for each in site.publishers):
                yield f"{scope.name}.{name}"


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    for name, site in scope.sites.items():
        loc: Loc = ("sites", name, "publishers")
        for index in repeated(site.publishers):
            yield mistake(scope.tree, (*loc, index), f"{quoted(site.publishers[index])} is here twice")
        if len(site.publishers) > MOST:
            sentence = f"these are {len(site.publishers)}, and one role trusts {MOST} at most; have fewer services"
            yield mistake(scope.tree, loc, f"{sentence} write to it")
        for index, publisher in enumerate(site.publishers):
            found = _unknown(system, scope, name, publisher)
            if isinstance(found, str):
                yield mistake(scope.tree, (*loc, index), found)
            elif found is not None:
                yield found


def _unknown(system: Scopes, scope: Scope, site: str, publisher: str) -> str | Mistake | None:
    """What is wrong, or a mistake where it was taken away."""
    of, _, part = publisher.partition(".")
    environments = {each.name: each for each in system.instances if each.kind == "environment"}
    if of == "review" and of not in environments:
        return "review environments come and go, and none writes to a site that stays; expected an environment"
    if (theirs := environments.get(of)) is None:
        return f"{quoted(of)} is no environment; {one_of(sorted(environments))}{meant(of, sorted(environments))}"
    if part not in theirs.running:
        if part in theirs.homes and theirs.homes[part] in ("services", "jobs", "tasks"):
            return None  # which is said there
        if not theirs.whole and part not in theirs.homes:
            return None  # nobody knows whether it is one
        needed = f"sites.{site} has it among its publishers; take it out there, too"
        removals = (at_removal(theirs.tree, (group, part), needed) for group in ("services", "jobs", "tasks"))
        if (removal := next(filter(None, removals), None)) is not None:
            return removal
        known = sorted(theirs.running)
        what = f"{part} runs nothing" if part in theirs.homes else f"{quoted(part)} is nothing"
        return f"{what} in {of}, and who writes is a service, a job or a task; {one_of(known)}{meant(part, known)}"
    regions = [
        system.accounts[each.account].region
        for each in (scope, theirs)
        if each.account is not None and each.account in system.accounts
    ]
    if len({partition(region) for region in regions}) > 1:
        return f"{of} is in another partition of AWS, where no role of this one is taken on; take it out"
    return None
