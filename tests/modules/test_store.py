"""Stores: each kind that can be declared has a construct."""

from __future__ import annotations

from modules.store import KINDS
from tanada.declared.store import Store


def test_every_kind_of_store_has_a_construct() -> None:
    assert set(KINDS) == set(Store.known_kinds()), "a line in modules/store.py"
