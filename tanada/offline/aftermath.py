"""What faults leave behind: how often each happened, and where AWS has something else than the states say.

Kept in a file beside the world, for a fault that is told to happen once must not happen to the next command again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanada.offline.configuration import REGION, Provider

_TABLES = """
CREATE TABLE IF NOT EXISTS counted (fault TEXT PRIMARY KEY, times INTEGER);
CREATE TABLE IF NOT EXISTS otherwise (
    type TEXT, account TEXT, region TEXT, id TEXT, reads INTEGER, found TEXT, PRIMARY KEY (type, account, region, id)
);
"""
_FIND = "SELECT reads, found FROM otherwise WHERE type = ? AND account = ? AND region = ? AND id = ?"
_OF_TYPE = "SELECT found FROM otherwise WHERE type = ? AND account = ? AND region = ? AND found IS NOT NULL"
_FORGET = "DELETE FROM otherwise WHERE type = ? AND account = ? AND region = ? AND id = ?"
_NOTE = "INSERT OR REPLACE INTO otherwise VALUES (?, ?, ?, ?, ?, ?)"
_ALWAYS = -1


@dataclass(frozen=True)
class Found:
    """What a read finds instead of what the state says; no values where it finds nothing."""

    values: dict[str, Any] | None


class Aftermath:
    """Without a file nothing was left behind, and nothing is kept."""

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(file or ":memory:", timeout=30, isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)

    def times(self, fault: str) -> int:
        """How many calls a fault has counted."""
        with self._lock:
            row = self._database.execute("SELECT times FROM counted WHERE fault = ?", (fault,)).fetchone()
            return int(row[0]) if row else 0

    def count(self, fault: str, times: int) -> None:
        with self._lock:
            self._database.execute("INSERT OR REPLACE INTO counted VALUES (?, ?)", (fault, times))

    def hide(self, type_: str, values: Any, provider: Provider, reads: int) -> None:
        """The next reads don't find it."""
        self._note(type_, values, provider, reads, None)

    def gone(self, type_: str, values: Any, provider: Provider) -> None:
        """No read finds it any more, though a state may still hold it."""
        self._note(type_, values, provider, _ALWAYS, None)

    def changed(self, type_: str, values: Any, provider: Provider) -> None:
        """It is so now, though a state may hold it as it was."""
        self._note(type_, values, provider, _ALWAYS, json.dumps(values))

    def settle(self, type_: str, values: Any, provider: Provider) -> None:
        """State and AWS say the same again."""
        if (key := _key(type_, values, provider)) is not None:
            with self._lock:
                self._database.execute(_FORGET, key)

    def find(self, type_: str, values: Any, provider: Provider) -> Found | None:
        """What a read finds, and that it was read; None where that is what the state says."""
        key = _key(type_, values, provider)
        if key is None:
            return None
        with self._lock:
            row = self._database.execute(_FIND, key).fetchone()
            if row is None:
                return None
            reads, found = row
            if reads == 1:
                self._database.execute(_FORGET, key)
            elif reads != _ALWAYS:
                self._database.execute(_NOTE, (*key, reads - 1, found))
        return Found(json.loads(found) if found else None)

    def called(self, type_: str, name: str, provider: Provider) -> Found | None:
        """What there is of a name that is not its id: a database's identifier is none, and is imported by it."""
        region = provider.region if isinstance(provider.region, str) else REGION
        with self._lock:
            rows = self._database.execute(_OF_TYPE, (type_, provider.account, region)).fetchall()
        found = (json.loads(each) for (each,) in rows)
        return next((Found(each) for each in found if each.get("identifier") == name), None)

    def _note(self, type_: str, values: Any, provider: Provider, reads: int, found: str | None) -> None:
        if (key := _key(type_, values, provider)) is not None:
            with self._lock:
                self._database.execute(
                    "INSERT OR REPLACE INTO otherwise VALUES (?, ?, ?, ?, ?, ?)", (*key, reads, found)
                )


def _key(type_: str, values: Any, provider: Provider) -> tuple[str, str, str, str] | None:
    if not isinstance(values, dict) or not isinstance(values.get("id"), str):
        return None
    region = values.get("region") or provider.region
    return type_, provider.account, region if isinstance(region, str) else REGION, values["id"]
