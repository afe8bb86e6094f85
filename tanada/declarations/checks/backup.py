"""Checks of `backup`: that it takes something, and that what it leaves out is there."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.backup import may_take
from tanada.text import meant, one_of, quoted

_WHAT = "AWS Backup takes tables, buckets, file systems and databases that are made here"


def check_backup(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    backup = scope.backup
    if backup is None or not scope.whole or len(scope.stores) != len(scope.names("stores")):
        return
    takes = [name for name, store in scope.stores.items() if may_take(store)]
    for index, name in enumerate(backup.except_):
        sentence = None
        if name not in scope.stores:
            sentence = f"{quoted(name)} is no store here; {one_of(takes)}{meant(name, takes)}"
        elif name not in takes:
            sentence = f"{quoted(name)} is not copied anyway: {_WHAT}; take it out"
        if sentence is not None:
            yield mistake(scope.tree, ("backup", "except", index), sentence, because=[("stores", name)])
            return
    # A selection without resources is one of all that the account has (AWS Backup API reference, BackupSelection).
    if not [*backup.takes(scope.stores)]:
        yield mistake(scope.tree, ("backup",), f"there is nothing to copy: {_WHAT}; take backup out", at_key=True)
