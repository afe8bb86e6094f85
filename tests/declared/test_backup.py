"""Which stores an environment's copies are made of, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.declared.backup import Backup, may_take
from tanada.declared.store import Store

STORES: dict[str, dict[str, Any]] = {
    "visits": {"table": {"partition_key": "id"}},
    "theirs": {"table": {"existing": "orders"}},
    "uploads": {"bucket": {}},
    "media": {"file_system": {}},
    "scratch": {"file_system": {"backup": False}},
    "db": {"database": {"engine": "postgres", "version": "16"}},
    "main": {"aurora": {"engine": "postgresql", "version": "16"}},
    "cache": {"cache": {"engine": "valkey", "version": "8"}},
    "jobs": {"queue": {}},
    "news": {"topic": {}},
    "legacy": {"existing": {"host": "db.example.net", "port": 3306}},
}
TAKEN = ["visits", "uploads", "media", "db", "main"]


def test_it_takes_what_is_made_here_and_aws_backup_can_copy() -> None:
    stores = {name: Store.model_validate(each) for name, each in STORES.items()}
    assert [name for name, each in stores.items() if may_take(each)] == TAKEN
    assert [*Backup(daily=7).takes(stores)] == TAKEN
    assert [*Backup.model_validate({"daily": "7d", "except": ["uploads"]}).takes(stores)] == [
        each for each in TAKEN if each != "uploads"
    ]


@pytest.mark.parametrize(("word", "least"), [("daily", 1), ("weekly", 7), ("monthly", 31)])
def test_a_copy_stays_until_the_next_one_is_there(word: str, least: int) -> None:
    assert Backup.model_validate({word: f"{least}d"}).kept == {word: least}
    with pytest.raises(ValueError, match=r"at least|from 1d"):
        Backup.model_validate({word: f"{least - 1}d"})
