"""Checks of `people`: they look at stores that IAM has actions for, from addresses that are there, by roles of their
own."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.people import Look, Person
from tanada.declared.store import Store
from tanada.text import meant, one_of, quoted


def check_people(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, person in scope.people.items():
        seen: set[str] = set()
        for index, look in enumerate(person.reach):
            item: Loc = ("people", name, "reach", index)
            loc = (*item, "name") if scope.tree.find((*item, "name")) is not None else item
            if look.name in seen:
                yield mistake(scope.tree, loc, f"{quoted(look.name)} is here twice")
            else:
                yield from _look(scope, name, loc, item, look)
            seen.add(look.name)
        yield from _sets(scope, name, person)
        if (site := scope.sites.get("people")) is not None and name in site.operators:
            sentence = f"{name} uploads to a site called people, too, and the two roles would be of one name; call one"
            because: Loc = ("sites", "people", "operators", name)
            yield mistake(scope.tree, ("people", name), f"{sentence} of them otherwise", at_key=True, because=[because])


def _look(scope: Scope, person: str, loc: Loc, item: Loc, look: Look) -> Iterator[Mistake]:
    store, home = scope.stores.get(look.name), scope.homes.get(look.name)
    if store is None:
        if (home is None and not scope.whole) or home == "stores":
            return  # nobody knows whether it is one, or it is broken
        known = [name for name, each in scope.stores.items() if _may_be_looked_at(each, look.access)]
        said = f"{one_of(known)}{meant(look.name, known)}" if known else "none here can be looked at so"
        sentence = f"{quoted(look.name)} is no store; {said}"
        yield at_removal(
            scope.tree, ("stores", look.name), f"people.{person} looks at it; override that reach too"
        ) or mistake(scope.tree, loc, sentence, because=[("stores", look.name)])
    elif store.queue is not None and look.access == "read":
        sentence = f"{quoted(look.name)} is a queue, and who reads one takes messages from whoever works on them"
        yield mistake(scope.tree, loc, f"{sentence}; take it out", because=[("stores", look.name)])
    elif not store.kind.ACCESS or store.kind.IN_VPC:
        sentence = f"{quoted(look.name)} is come to by who is in its network alone, whatever IAM says; take it out"
        yield mistake(scope.tree, loc, sentence, because=[("stores", look.name)])
    elif look.access not in store.kind.ACCESS:
        sentence = f"{quoted(look.name)} can't be narrowed to {look.access}; {one_of(store.kind.ACCESS)}"
        at = (*item, "access") if scope.tree.find((*item, "access")) is not None else loc
        yield mistake(scope.tree, at, sentence, because=[("stores", look.name)])


def _may_be_looked_at(store: Store, access: str) -> bool:
    takes = store.queue is not None and access == "read"
    return access in store.kind.ACCESS and not store.kind.IN_VPC and not takes


def _sets(scope: Scope, name: str, person: Person) -> Iterator[Mistake]:
    if scope.layer is None:
        return
    there = scope.layer.addresses
    for each in person.set_names:
        said = f"{one_of(there)}{meant(each, there)}" if there else "there are none; write the addresses"
        because: Loc = ("accounts", str(scope.account), "common", "addresses")
        sentence = f"{quoted(each)} is none of common.addresses; {said}"
        yield mistake(scope.tree, ("people", name, "addresses"), sentence, because=[because])
