"""Checks of `reach`: it names other parts, each once, that can be reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.blueprint import groups
from tanada.text import COMPARED, meant, one_of, quoted


def check_reach(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    times = Counter(name for group in groups() for name in scope.names(group))
    twice = {name for name, number in times.items() if number > 1}  # which is meant nobody knows
    for name, service in scope.running.items():
        yield from _reach(scope, scope.homes[name], name, service.reach, twice)


def _reach(scope: Scope, group: str, name: str, reach: Sequence[str], silent: Collection[str]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, other in enumerate(reach):
        loc = (group, name, "reach", index)
        needed = f"{group}.{name} reaches it; override that reach too"
        closed = scope.parts[other].kind.closed() if other in scope.parts and other not in silent else None
        if scope.homes.get(other) == "tasks":
            yield mistake(scope.tree, loc, f"{quoted(other)} is a task, which nothing can reach; take it out")
        elif other == name:
            yield mistake(scope.tree, loc, f"{quoted(other)} is the service itself, which needs no way; take it out")
        elif other not in scope.homes:
            if not scope.whole:
                continue  # nobody knows whether it is one
            few = len(scope.homes) <= COMPARED  # among more none is offered
            known = (
                [each for each, home in scope.homes.items() if each != name and home != "tasks"] if few else scope.homes
            )
            sentence = f"{quoted(other)} is no service or store; {one_of(known)}{meant(other, known)}"
            removals = (at_removal(scope.tree, (home, other), needed) for home in groups())
            yield next(filter(None, removals), None) or mistake(
                scope.tree, loc, sentence, because=[(home, other) for home in groups()]
            )
        elif closed is not None:
            home = scope.homes[other]
            sentence = f"{quoted(other)} has no {closed}, so it can't be reached; give {home}.{other} one"
            yield at_removal(scope.tree, (home, other, closed), needed) or mistake(
                scope.tree, loc, sentence, because=[(home, other)]
            )
        elif other in seen:
            yield mistake(scope.tree, loc, f"{quoted(other)} is here twice")
        seen.add(other)
