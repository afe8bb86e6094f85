"""Checks of SQL databases: what each engine has, and where it is said."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.aurora import Aurora
from tanada.declared.database import Database
from tanada.declared.store import Store


def check_databases(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, part in scope.parts.items():
        if isinstance(part, Store) and isinstance(part.kind, Database | Aurora):
            for loc, sentence in part.kind.faults():
                yield mistake(scope.tree, ("stores", name, part.word, *loc), sentence)
