"""Checks of `reach` and of groups that are worn: it names other parts, each once, that can be reached as it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from tanada.declarations.mistakes import Loc, Mistake, Position
from tanada.declarations.scopes import ANY, Scope, Scopes, each_once
from tanada.declarations.tree import Node, at_removal, mistake
from tanada.declared.blueprint import groups
from tanada.declared.mail import MAIL
from tanada.declared.service import Service
from tanada.declared.ways import WORN, Way
from tanada.text import COMPARED, meant, one_of, quoted

_UNREACHED = {"jobs": "job", "tasks": "task", "sites": "site"}
"""Groups of what no other part reaches, with the word for one of them: what runs and listens to nobody, and sites."""


def check_reach(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    times = Counter(name for group in groups() for name in scope.names(group))
    twice = {name for name, number in times.items() if number > 1}  # which is meant nobody knows
    told: set[tuple[Position, str]] = set()  # a list that several have (`like`) names what isn't there once
    for name, service in scope.running.items():
        for each in _reach(scope, scope.homes[name], name, service.reach, twice):
            same = (each.place, each.sentence.partition(";")[0])
            if each.breaks or same not in told:
                yield each
            told.add(same)
        yield from _worn(scope.tree, (scope.homes[name], name), service)


def _reach(scope: Scope, group: str, name: str, reach: Sequence[Way], silent: Collection[str]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, way in enumerate(reach):
        if (other := way.name) is None:
            continue  # one place twice is one rule
        item: Loc = (group, name, "reach", index)
        loc = (*item, "name") if scope.tree.find((*item, "name")) is not None else item
        needed = f"{group}.{name} reaches it; override that reach too"
        part = scope.parts.get(other) if other not in silent else None
        closed = part.kind.closed() if part is not None else None
        if (home := scope.homes.get(other)) in _UNREACHED:
            yield mistake(
                scope.tree, loc, f"{quoted(other)} is a {_UNREACHED[home]}, which nothing can reach; take it out"
            )
        elif other == name:
            yield mistake(scope.tree, loc, f"{quoted(other)} is the service itself, which needs no way; take it out")
        elif other not in scope.homes:
            if not scope.whole:
                continue  # nobody knows whether it is one
            if other == MAIL:
                yield _no_mail(scope, loc)
                continue
            few = len(scope.homes) <= COMPARED  # among more none is offered
            known = (
                [
                    each
                    for each, home in scope.homes.items()
                    if each != name and home not in _UNREACHED and scope.parts.get(each) is not ANY
                ]
                if few
                else scope.homes
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
        elif way.access is not None and part is not None and way.access not in part.kind.ACCESS:
            sentence = f"{quoted(other)} has no permissions to narrow: the network leads there; write its name alone"
            if other == MAIL:
                sentence = f"{quoted(other)} is sent, and no more; say from which addresses by from, or its name alone"
            elif part.kind.ACCESS:  # a topic
                sentence = f"{quoted(other)} can't be narrowed to {way.access}; {one_of(part.kind.ACCESS)}"
            yield mistake(scope.tree, (*item, "access"), sentence, because=[(scope.homes[other], other)])
        seen.add(other)


def _no_mail(scope: Scope, loc: Loc) -> Mistake:
    has = f"account {scope.account} has" if scope.account is not None else "no account has"
    sentence = f"{quoted(MAIL)} is reached where common says what is sent from, and {has}"
    sentence += f" {'no' if scope.account is not None else 'any'} mail; write mail: {{domain: …}} there, or take it out"
    because: Loc = ("accounts", str(scope.account), "common", "mail")
    return mistake(scope.tree, loc, sentence, because=[because])


def _worn(tree: Node, part: tuple[str, str], service: Service) -> Iterator[Mistake]:
    """What ECS takes of groups, ours counted (ECS API reference, AwsVpcConfiguration)."""
    loc, given = (*part, "security_groups"), service.security_groups
    for index, group in enumerate(given):
        if group in given[:index]:
            yield mistake(tree, (*loc, index), f"{quoted(group)} is here twice")
    ours = 2 if service.https else 1
    if (number := ours + len(given)) > WORN:
        why = "its own" if ours == 1 else "its own, and the one that the load balancers reach"
        sentence = f"with ours ({why}) these are {number}, and ECS gives a task {WORN} security groups at most"
        yield mistake(tree, loc, f"{sentence}; take {number - WORN} out", because=[(*part, "http")])
