"""Checks of what databases begin with: the task that fills one, the snapshot or environment that one is a copy of."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import DoubtError, Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.aurora import Aurora
from tanada.declared.blueprint import data_of, restored
from tanada.declared.database import Database
from tanada.declared.sanitised import BEGIN
from tanada.declared.store import Store
from tanada.declared.tasks import Task
from tanada.text import meant, one_of, quoted

_IN_JSON = '"clone":"'
"""As it stands in the input of a stack."""


def check_copies(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _seeds)
    yield from each_once(system, lambda scope: _snapshots(system, scope))
    yield from each_once(system, _restored)
    if any(_IN_JSON in known.input for known in system.known):
        raise DoubtError  # what it is a copy of may be another now
    for scope in system.instances:
        for name, store in scope.stores.items():
            if (data := data_of(store)) is not None and data.clone is not None:
                yield from _clone(system, scope, name, store, data.clone)


def _at(name: str, store: Store, field: str) -> Loc:
    return ("stores", name, store.word, "data", field)


def _seeds(scope: Scope) -> Iterator[Mistake]:
    for name, store in scope.stores.items():
        data = data_of(store)
        if data is None or data.seed is None or not scope.whole:
            continue
        loc, known, part = _at(name, store, "seed"), scope.names("tasks"), scope.parts.get(data.seed)
        if scope.homes.get(data.seed) != "tasks":
            needed = f"stores.{name} is filled by it; override that data too"
            sentence = f"{quoted(data.seed)} is no task; {one_of(known)}{meant(data.seed, known)}"
            yield at_removal(scope.tree, ("tasks", data.seed), needed) or mistake(
                scope.tree, loc, sentence, because=[("tasks", data.seed)]
            )
        elif isinstance(part, Task) and name not in part.reached:
            sentence = f"{quoted(data.seed)} can't fill what it doesn't reach; write {name} in its reach"
            yield mistake(scope.tree, loc, sentence, because=[("tasks", data.seed)])


def _restored(scope: Scope) -> Iterator[Mistake]:
    """Of one environment alone: each has its own past, and a review environment has none."""
    for name, store in scope.stores.items():
        if scope.kind != "environment" and restored(store):
            why = "an environment has its own past; say it in the file of the one that is meant"
            if scope.kind == "review":
                why = "of a review environment no backups are kept; take it out, and make it anew"
            yield mistake(scope.tree, ("stores", name, store.word, "restored"), why)


def _snapshots(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    """Of no protected account: there its data are those of people."""
    protected = {each.id: name for name, each in system.accounts.items() if each.protected}
    for name, store in scope.stores.items():
        data = data_of(store)
        if data is None or data.snapshot is None or not data.snapshot.startswith("arn:"):
            continue
        theirs = data.snapshot.split(":")[4]
        # Without what is people's; whoever shares it has made a copy of it with a key of its own.
        clean = data.snapshot.split(":")[6].startswith(BEGIN)
        if theirs in protected and not clean and (scope.account is None or system.accounts[scope.account].id != theirs):
            sentence = f"{theirs} is the protected account {protected[theirs]}, whose data are no source for others"
            yield mistake(scope.tree, _at(name, store, "snapshot"), sentence)
        region = data.snapshot.split(":")[3]
        if scope.account is not None and region != (ours := system.accounts[scope.account].region):
            sentence = f"this lies in {region}, and RDS makes databases of snapshots of their own region, {ours}, alone"
            yield mistake(scope.tree, _at(name, store, "snapshot"), f"{sentence}; copy it there, and name the copy")
        kind = "cluster-snapshot" if isinstance(store.kind, Aurora) else "snapshot"
        if data.snapshot.split(":")[5] != kind:
            sentence = f"this is a {data.snapshot.split(':')[5]}, and {store.word} is made of a {kind}"
            yield mistake(scope.tree, _at(name, store, "snapshot"), sentence)


def _clone(system: Scopes, scope: Scope, name: str, store: Store, source: str) -> Iterator[Mistake]:
    environments = {each.name: each for each in system.instances if each.kind == "environment"}
    others = sorted(environments.keys() - ({scope.name} if scope.kind == "environment" else set()))
    other, mine = environments.get(source), scope.account
    why = ""
    if scope.kind == "environment" and source == scope.name:
        why = f"{quoted(source)} is this environment itself; {one_of(others)}, or say clone in review alone"
    elif other is None:
        if source not in {each.name for each in system.known}:
            why = f"{quoted(source)} is no permanent environment; {one_of(others)}{meant(source, others)}"
        else:
            raise DoubtError
    elif other.account is None or mine is None or other.account not in system.accounts:
        return  # which is said there
    elif system.accounts[other.account].protected:
        why = f"{source} is in the protected account {other.account}, and a protected environment is never a source"
    elif other.account != mine:
        why = f"{source} is in account {other.account}, this is {mine}: a clone is made within one account"
    elif name not in other.stores:
        if name in other.homes:
            return  # which is said there
        why = f"{source} has no store {name}"
    else:
        why = "; ".join(_differs(source, name, store, other.stores[name]))
    if why:
        yield mistake(scope.tree, _at(name, store, "clone"), why)


def _differs(source: str, name: str, store: Store, theirs: Store) -> Iterator[str]:
    """Why a store can't begin as a copy of another: it has that one's engine, version and database."""
    one, other = store.kind, theirs.kind
    if not isinstance(one, Database | Aurora) or type(one) is not type(other):
        yield f"{name} of {source} is of another kind, {theirs.word}; a copy is of the same"
        return
    assert isinstance(other, Database | Aurora)  # for mypy
    pairs = {
        "engine": (one.engine, other.engine),
        "version": (one.sql.major(one.version), other.sql.major(other.version)),
        "name": (one.name, other.name),
    }
    for field, (ours, its) in pairs.items():
        if ours != its:
            yield f"{name} of {source} has {field}: {its}, and a copy has what its source has, not {ours}"
            return
    if isinstance(one, Database) and isinstance(other, Database):
        room, needed = one.storage.max or one.storage.min, other.storage.max or other.storage.min
        if room < needed:
            yield f"{name} of {source} may have {needed}GiB, and a copy has no less; write storage: {needed}GiB"
