"""The store believes what it wrote itself, forgets what nobody uses, and is never a reason to stop."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tanada.cache import store
from tanada.cache.store import Store
from tests.cache.stand_in import environment

VALUES = {f"{number:03}": bytes([number]) * 40_000 for number in range(10)}


def file_of(folder: Path) -> Path:
    return folder / "tanada" / "synth" / "synth.sqlite"


def put(folder: Path, values: dict[str, bytes]) -> None:
    with Store(environment(folder)) as opened:
        opened.put({"file": values})


def got(folder: Path, *keys: str) -> dict[str, bytes]:
    with Store(environment(folder)) as opened:
        return opened.get("file", keys)


def test_values_are_found_by_kind_and_key(tmp_path: Path) -> None:
    many = {str(number): str(number).encode() for number in range(2000)}
    put(tmp_path, many)
    with Store(environment(tmp_path)) as opened:
        assert opened.get("file", many) == many
        assert opened.get("stack", many) == {}
        assert opened.get("file", ["3", "none"]) == {"3": b"3"}


def test_what_is_there_is_told_without_reading_it_and_what_proves_damaged_goes(tmp_path: Path) -> None:
    put(tmp_path, VALUES)
    with sqlite3.connect(file_of(tmp_path)) as database:
        database.execute("UPDATE entries SET value = X'00', used = 'long ago' WHERE key = '003'")
    with Store(environment(tmp_path)) as opened:
        assert opened.has("file", [*VALUES, "none"]) == VALUES.keys()
        assert opened.has("stack", VALUES) == set()
        assert opened.get("file", VALUES).keys() == VALUES.keys() - {"003"}
        assert opened.has("file", VALUES) == VALUES.keys() - {"003"}


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        put(tmp_path, VALUES)
    finally:
        os.umask(before)
    assert [each.stat().st_mode & 0o777 for each in (file_of(tmp_path), file_of(tmp_path).parent)] == [0o600, 0o700]


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "theirs", VALUES)
    file_of(tmp_path).parent.mkdir(parents=True)
    file_of(tmp_path).symlink_to(file_of(tmp_path / "theirs"))
    assert got(tmp_path, "001") == {}


@pytest.mark.parametrize("where", [0, 20, 100, 5_000, 50_000, 200_000, 399_000, -30])
def test_what_is_damaged_is_not_believed_and_made_anew(tmp_path: Path, where: int) -> None:
    put(tmp_path, VALUES)
    content = bytearray(file_of(tmp_path).read_bytes())
    for place in range(where, where + 20):
        content[place] ^= 0xFF
    file_of(tmp_path).write_bytes(content)
    found = got(tmp_path, *VALUES)
    assert found.items() <= VALUES.items()
    put(tmp_path, VALUES)
    put(tmp_path, VALUES)
    assert got(tmp_path, *VALUES) == VALUES


@pytest.mark.parametrize("content", [b"", b"no database at all, but a text that is longer than a head" * 100])
def test_another_file_in_its_place_is_replaced(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, VALUES)
    file_of(tmp_path).write_bytes(content)
    assert got(tmp_path, "001") == {}
    put(tmp_path, VALUES)
    assert got(tmp_path, *VALUES) == VALUES


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE entries SET value = CAST(value AS TEXT)",
        "ALTER TABLE entries DROP COLUMN used",
        "DROP TABLE entries; CREATE TABLE entries (key TEXT)",
    ],
)
def test_a_file_of_another_form_is_replaced(tmp_path: Path, harm: str) -> None:
    put(tmp_path, VALUES)
    database = sqlite3.connect(file_of(tmp_path))
    database.executescript(harm)
    database.close()
    assert got(tmp_path, "001") == {}
    for _ in range(2):
        put(tmp_path, VALUES)
    assert got(tmp_path, *VALUES) == VALUES


def test_a_head_that_says_another_format_is_replaced(tmp_path: Path) -> None:
    put(tmp_path, VALUES)
    content = bytearray(file_of(tmp_path).read_bytes())
    content[47] ^= 1
    file_of(tmp_path).write_bytes(content)
    for _ in range(2):
        put(tmp_path, VALUES)
    assert got(tmp_path, *VALUES) == VALUES


def test_a_value_in_the_place_of_another_is_not_believed(tmp_path: Path) -> None:
    put(tmp_path, VALUES)
    with sqlite3.connect(file_of(tmp_path)) as database:
        database.execute("UPDATE entries SET key = 'x' WHERE key = '001'")
        database.execute("UPDATE entries SET kind = 'stack' WHERE key = '002'")
    database.close()
    assert got(tmp_path, "x") == {}
    with Store(environment(tmp_path)) as opened:
        assert opened.get("stack", ["002"]) == {}


def test_the_longest_unused_go_first_and_the_file_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 6 * 41_000)
    for day, (key, value) in enumerate(VALUES.items()):
        monkeypatch.setattr("time.time", lambda day=day: day * 100_000.0)
        put(tmp_path, {key: value})
        assert "000" in got(tmp_path, "000"), "used each day"
        assert file_of(tmp_path).stat().st_size <= 6 * 41_000
    left = list(got(tmp_path, *VALUES))
    assert left == ["000", *list(VALUES)[-len(left) + 1 :]]
    assert len(left) >= 4


def test_a_file_that_another_holds_for_long_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, VALUES)
    monkeypatch.setattr(store, "_PATIENCE", 0.0)
    other = sqlite3.connect(file_of(tmp_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert got(tmp_path, "001") == {}
    put(tmp_path, {"011": b""})
    other.close()
    assert got(tmp_path, *VALUES) == VALUES


KILLED = """
import os, signal, sys
from tanada.cache.store import Store
with Store(os.environ) as opened:
    opened.put({"file": {"before": b"1"}})
    def kill(*_):
        if opened._database.total_changes > 50:
            os.kill(os.getpid(), int(sys.argv[1]))
    opened._database.set_progress_handler(kill, 100)
    opened.put({"file": {str(number): b"x" * 5000 for number in range(1000)}})
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_one_that_is_killed_while_it_writes_leaves_nothing_of_it(tmp_path: Path, number: signal.Signals) -> None:
    ran = subprocess.run([sys.executable, "-c", KILLED, str(int(number))], env=environment(tmp_path))
    assert ran.returncode == -number
    assert got(tmp_path, "before", "0", "49", "51") == {"before": b"1"}
    put(tmp_path, VALUES)
    assert got(tmp_path, *VALUES) == VALUES
    assert [each.name for each in file_of(tmp_path).parent.iterdir()] == [file_of(tmp_path).name]


def test_what_earlier_versions_kept_goes(tmp_path: Path) -> None:
    file_of(tmp_path).parent.mkdir(parents=True)
    (file_of(tmp_path).parent / ("a" * 64)).write_text("an entry")
    put(tmp_path, VALUES)
    assert [each.name for each in file_of(tmp_path).parent.iterdir()] == [file_of(tmp_path).name]
