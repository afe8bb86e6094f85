"""Checks of searches: what their nodes take, and over which zones they spread."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.store import Store


def check_searches(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    # Review has one node, whatever is said.
    network = scope.layer.network.store_subnets if scope.layer is not None and scope.kind != "review" else None
    for name, part in scope.parts.items():
        if isinstance(part, Store) and part.search is not None:
            for field, sentence in part.search.faults(network):
                loc = ("stores", name, "search")
                yield mistake(scope.tree, (*loc, field), sentence, because=[(*loc, "class"), (*loc, "nodes")])
