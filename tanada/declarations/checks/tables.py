"""Checks of tables: their two keys are two attributes."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.text import quoted


def check_tables(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name in scope.names("stores"):
        loc = ("stores", name, "table")
        key, sort = scope.tree.find((*loc, "partition_key")), scope.tree.find((*loc, "sort_key"))
        if key is not None and sort is not None and isinstance(sort.value, str) and key.value == sort.value:
            yield mistake(
                scope.tree,
                (*loc, "sort_key"),
                f"{quoted(sort.value)} is the partition key already; name another attribute",
            )
