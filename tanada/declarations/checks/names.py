"""Checks of the names of parts: each stands for one thing, now and before."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.blueprint import groups
from tanada.literal import references
from tanada.text import quoted


def check_names(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    yield from _unique(scope)
    yield from _numbers(scope)
    yield from _renamed(scope)


def _unique(scope: Scope) -> Iterator[Mistake]:
    for group in groups():
        for name in scope.names(group):
            home = scope.homes[name]
            if home != group:
                other = home.removesuffix("s")
                sentence = f"a {other} has this name already; a reference is a bare name, so give one of them another"
                yield mistake(scope.tree, (group, name), sentence, at_key=True, because=[(home, name)])


def _numbers(scope: Scope) -> Iterator[Mistake]:
    """In a host name the service's name stands before the environment's: `web-82.e297`, a number to CDKTF."""
    environment = scope.name if scope.kind == "environment" else "review"
    for group in groups():
        for name in scope.names(group):
            if references(f"{name}.{environment}") > references(environment):
                sentence = "stands in names, and CDKTF, which makes the JSON, would read a reference in it"
                sentence = f"{quoted(f'{name}.{environment}')} {sentence}; choose another name"
                yield mistake(scope.tree, (group, name), sentence, at_key=True)


def _renamed(scope: Scope) -> Iterator[Mistake]:
    """Two parts of one name, the one now, the other before, would have the same names in AWS."""
    first: dict[str, str] = {}
    for name, part in scope.parts.items():
        seen: set[str] = set()
        for index, old in enumerate(part.renamed_from):
            loc = (scope.homes[name], name, "renamed_from", index)
            if old == name and len(part.renamed_from) == 1:
                yield mistake(scope.tree, loc, f"{quoted(old)} is its name now; write what it was called before")
            elif old in scope.homes and old != name:
                sentence = f"is a part of this name still, in {scope.homes[old]}; give that one another name"
                yield mistake(scope.tree, loc, f"{quoted(old)} {sentence}")
            elif old in seen:
                yield mistake(scope.tree, loc, f"{quoted(old)} is here twice")
            elif first.setdefault(old, name) != name:
                yield mistake(scope.tree, loc, f"{quoted(old)} is what {first[old]} was called; take one of them out")
            seen.add(old)
