"""What was found out before, in one file of the user's cache folder: believed only where its hash is right.

SQLite, because many processes write it at once, one may be killed while it does, and it must not grow for ever.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tanada.cache.folder import folder, ours

MOST_BYTES = 128 * 1024 * 1024
"""Of the whole file; a thousand environments are about four megabytes. Beyond it the longest unused go."""

_FILE = "synth.sqlite"
_ROW = 150
"""Bytes that an entry takes beside its value, about."""
_DAY = 24 * 60 * 60
_PATIENCE = 5.0
"""Seconds to wait while another process writes, which takes a fraction of one."""
_AT_ONCE = 500
"""Keys in one query: older SQLites allow 999 variables."""

_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""A full disk, a long wait, a folder that can't be written: nothing is wrong with the file."""

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    kind TEXT NOT NULL, key TEXT NOT NULL, used INTEGER NOT NULL, hash BLOB NOT NULL, value BLOB NOT NULL,
    UNIQUE (kind, key)
)
"""
_TRIM = """
DELETE FROM entries WHERE rowid IN (
    SELECT rowid FROM (
        SELECT rowid, SUM(LENGTH(value) + ?) OVER (ORDER BY used DESC, rowid DESC) AS total FROM entries
    ) WHERE total > ?
)
"""


class Store:
    """Values by kind and key; one that can't be opened, read or written is empty and stays so."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._database: sqlite3.Connection | None = None
        place = folder(environ, "synth")
        self._file = place / _FILE if place is not None else None
        if self._file is not None:
            with self._trying():
                self._database = _opened(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._database is not None:
            self._database.close()

    def has(self, kind: str, keys: Iterable[str]) -> set[str]:
        """Those of the keys that are known, noted as used today; whether their values are sound is not looked at."""
        found: set[str] = set()
        if self._database is not None:
            with self._trying():
                rows = self._rows("key, used", kind, keys)
                found = {key for key, _ in rows}
                self._note(kind, rows, [])
        return found

    def get(self, kind: str, keys: Iterable[str]) -> dict[str, bytes]:
        """The values of those keys that are known, sound, and noted as used today; what is not sound goes."""
        found: dict[str, bytes] = {}
        if self._database is not None:
            with self._trying():
                rows = self._rows("key, used, hash, value", kind, keys)
                for key, _, digest, value in rows:
                    if isinstance(value, bytes) and _hash(kind, key, value) == digest:
                        found[key] = value
                self._note(kind, rows, [key for key, *_ in rows if key not in found])
        return found

    def _rows(self, columns: str, kind: str, keys: Iterable[str]) -> list[tuple[Any, ...]]:
        assert self._database is not None
        wanted, rows = list(keys), []
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT {columns} FROM entries WHERE kind = ? AND key IN ({marks})"  # noqa: S608
            rows += self._database.execute(query, (kind, *some)).fetchall()
        return rows

    def _note(self, kind: str, used: Iterable[tuple[Any, ...]], damaged: Iterable[str]) -> None:
        """Write down which were used today (their second column says when they were before), and delete others."""
        now = int(time.time())
        old = [(now, kind, key) for key, before, *_ in used if not isinstance(before, int) or before < now - _DAY]
        gone = [(kind, key) for key in damaged]
        if old or gone:
            with self._writing() as database:
                database.executemany("UPDATE entries SET used = ? WHERE kind = ? AND key = ?", old)
                database.executemany("DELETE FROM entries WHERE kind = ? AND key = ?", gone)

    def put(self, values: Mapping[str, Mapping[str, bytes]]) -> None:
        """Keep values, by kind and key: all of them or none."""
        now = int(time.time())
        rows = [
            (kind, key, now, _hash(kind, key, value), value)
            for kind, each in values.items()
            for key, value in each.items()
        ]
        if self._database is None or not rows:
            return
        with self._trying(), self._writing() as database:
            database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
            (size,) = database.execute(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            ).fetchone()
            if size > MOST_BYTES:
                # To less than that, so that the next ones need not look again.
                database.execute(_TRIM, (_ROW, MOST_BYTES * 3 // 4))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        assert self._database is not None
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
        except BaseException:
            self._database.rollback()
            raise
        self._database.commit()

    @contextlib.contextmanager
    def _trying(self) -> Iterator[None]:
        """What goes wrong with the file is no reason to stop: without it the next synth is as slow as this one."""
        try:
            yield
        except sqlite3.Error as error:
            if self._database is not None:
                self._database.close()
                self._database = None
            # A damaged file doesn't pass, nor one of another version.
            if (
                self._file is not None
                and getattr(error, "sqlite_errorcode", sqlite3.SQLITE_BUSY) & 0xFF not in _PASSING
            ):
                self._file.unlink(missing_ok=True)
        except OSError:
            pass


def _opened(file: Path) -> sqlite3.Connection | None:
    """The database; None where the file is not this user's alone."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
        _remove_others(file)
    if not file.is_file() or file.is_symlink() or not ours(file.lstat()):
        return None
    database = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
    # Of the machine's end nothing must survive but a file that is read with care.
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA auto_vacuum = FULL")
    database.execute(_TABLE)
    return database


def _remove_others(file: Path) -> None:
    """What earlier versions kept, a file an entry."""
    for other in file.parent.iterdir():
        if not other.name.startswith(file.name):
            other.unlink(missing_ok=True)


def _hash(kind: str, key: str, value: bytes) -> bytes:
    return hashlib.sha256(f"{kind} {key} ".encode() + value).digest()
