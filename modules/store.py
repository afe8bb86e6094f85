"""Stores: the construct of each kind, and what all of them offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from constructs import Construct

from modules.database import Database
from modules.existing import Existing
from modules.here import Here
from modules.reachable import Reachable
from modules.table import Table


class Store(Protocol):
    """What a store's construct offers, whatever its kind."""

    aws_name: str
    """What people look for in AWS."""
    reachable: Reachable


KINDS: Mapping[str, Callable[[Construct, str, Any, Here], Store]] = {
    "table": Table,
    "existing": Existing,
    "database": Database,
}
"""By the word in the declaration."""


def stores(here: Here) -> dict[str, Store]:
    """The environment's stores, by name."""
    scope = Construct(here.stack, "(stores)")
    return {
        name: KINDS[store.word](scope, name, store.kind, here if store.removal == "keep" else here.letting_go())
        for name, store in here.blueprint.stores.items()
    }
