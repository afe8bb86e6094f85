"""Checks of caches: what their engine has not."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.store import Store


def check_caches(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, part in scope.parts.items():
        if isinstance(part, Store) and part.cache is not None:
            for field, sentence in part.cache.faults():
                loc = ("stores", name, "cache")
                yield mistake(scope.tree, (*loc, field), sentence, because=[(*loc, "engine"), (*loc, "version")])
