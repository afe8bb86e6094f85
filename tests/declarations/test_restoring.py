"""Whether a store can be restored to a time, and how its environment's file says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tanada.declarations import restoring
from tanada.declared.store import Store
from tanada.errors import TanadaError

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
DATABASE: dict[str, Any] = {"engine": "postgres", "version": "17", "backups": "7d"}


def store(**more: Any) -> Store:
    return Store.model_validate({"database": {**DATABASE, **more}})


def refused(at: str, of: Store | None = None) -> str:
    with pytest.raises(TanadaError) as raised:
        restoring.check("db", of or store(), restoring.moment(at), NOW)
    return str(raised.value)


def test_a_time_within_the_backups_is_taken() -> None:
    restoring.check("db", store(), restoring.moment("2026-11-20T21:30+09:00"), NOW)


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2026-11-26T12:00", '"2026-11-26T12:00" is no time with its zone; expected one such as'),
        ("2026-11-27T12:00:01Z", "2026-11-27T12:00:01Z is yet to come; it is 2026-11-27T12:00:00Z."),
        ("2026-11-27T11:58Z", "is too new: the newest that can be restored is about 2026-11-27T11:55:00Z."),
        (
            "2026-11-20T11:59Z",
            "is too old: backups of db are kept for 7 days, so the oldest is about 2026-11-20T12:00:",
        ),
    ],
)
def test_others_are_refused_with_what_could_be(at: str, sentence: str) -> None:
    assert sentence in refused(at)


def test_what_is_restored_already_or_has_no_source_is_refused() -> None:
    twice = store(restored=["2026-11-25T00:00:00Z"])
    assert refused("2026-11-25T00:00Z", twice) == "db is restored to 2026-11-25T00:00:00Z already; plan and apply it."
    gone = store(restored=[{"at": "2026-11-25T00:00:00Z", "old": "gone"}])
    assert refused("2026-11-24T00:00Z", gone).startswith("What served at 2026-11-24T00:00:00Z is gone")
    restoring.check("db", gone, "2026-11-26T00:00:00Z", NOW)


@pytest.mark.parametrize("kind", ["bucket", "cache", "file_system", "queue", "topic"])
def test_of_every_other_kind_it_is_said_what_to_do_instead(kind: str) -> None:
    settings = {"cache": {"engine": "valkey", "version": "8"}}.get(kind, {})
    assert f"db is a {kind}, which isn't restored so: " in refused(
        "2026-11-26T00:00Z", Store.model_validate({kind: settings})
    )


def test_a_table_goes_back_35_days_but_not_somebody_elses() -> None:
    ours = Store.model_validate({"table": {"partition_key": "id", "restored": ["2026-11-20T00:00:00Z"]}})
    restoring.check("db", ours, "2026-10-24T00:00:00Z", NOW)
    assert "backups of db are kept for 35 days" in refused("2026-10-22T00:00Z", ours)
    assert refused("2026-11-20T00:00Z", ours) == "db is restored to 2026-11-20T00:00:00Z already; plan and apply it."
    theirs = Store.model_validate({"table": {"existing": "par-orders"}})
    assert refused("2026-11-26T00:00Z", theirs) == (
        "db is not ours (existing): whoever keeps it restores it (docs/restore.md)."
    )


FILES = {
    "account: main  # ours\ndomain: test.example.jp\n": (
        "account: main  # ours\ndomain: test.example.jp\nstores:\n  db:\n    database:\n      restored:\n      - T\n"
    ),
    'account: main\nstores:\n  db:\n    database:\n      class: "db.t4g.small"\n': (
        'account: main\nstores:\n  db:\n    database:\n      class: "db.t4g.small"\n      restored:\n      - T\n'
    ),
    "account: main\nstores: {db: {database: {class: db.t4g.small}}}\n": None,
    "account: main\nstores:\n  db:\n    database: [\n": None,
}


@pytest.mark.parametrize("text", FILES)
def test_a_line_is_put_in_and_no_other_is_changed(text: str) -> None:
    assert restoring.with_line(text, "db", "database", "T") == FILES[text]
