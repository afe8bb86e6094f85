"""Stores: each kind that can be declared has a construct."""

from __future__ import annotations

from typing import Any

from modules.existing import Existing
from modules.store import KINDS
from modules.tasks import made_of
from tanada.declared import existing
from tanada.declared.store import Store


def test_every_kind_of_store_has_a_construct() -> None:
    assert set(KINDS) == set(Store.known_kinds()), "a line in modules/store.py"


def test_a_task_that_reaches_a_store_that_is_there_already_waits_for_nothing_of_it() -> None:
    nowhere: Any = None  # nothing is made of it, so it stands nowhere
    assert made_of(Existing(nowhere, "legacy", existing.Existing(host="db.example.com", port=3306), nowhere)) == []
