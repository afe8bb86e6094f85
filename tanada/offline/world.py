"""What lives in the AWS that is played offline: of all stacks together, for what one may do depends on the others.

Learnt from the states that Terraform reads and from what it makes; what a state forgets lives on, as it does in AWS.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanada.offline import existing
from tanada.offline.configuration import REGION, Provider
from tanada.resources import entries
from tanada.resources.refusal import Call, Refusal, Values
from tanada.resources.seed import has_unknown

_TABLES = """
CREATE TABLE IF NOT EXISTS resources (
    type TEXT, account TEXT, region TEXT, id TEXT, gone INTEGER, watched TEXT, PRIMARY KEY (type, account, region, id)
);
CREATE TABLE IF NOT EXISTS written (
    type TEXT, account TEXT, region TEXT, id TEXT, path TEXT, hash TEXT, PRIMARY KEY (type, account, region, id, path)
);
"""

_KEY = "type = ? AND account = ? AND region = ? AND id = ?"


class World:
    """Kept in a file beside the ledger; in memory without one."""

    def __init__(self, file: Path | None = None) -> None:
        self._existing = file.with_name(existing.FILE) if file is not None else None
        self._lock = threading.Lock()
        try:
            self._database = _opened(file)
        except sqlite3.DatabaseError:  # damaged: what lives is learnt anew, as states are read
            if file is not None:
                file.unlink(missing_ok=True)
            self._database = _opened(file)

    def learn(self, type_: str, values: Any, provider: Provider) -> None:
        """That this lives, as it is now."""
        names = _watched().get(type_)
        if names is None or not isinstance(values, Mapping) or not isinstance(values.get("id"), str):
            return
        known = {name: value for name in names if not has_unknown(value := values.get(name))}
        watched = json.dumps(known, default=bytes.decode)  # a value of any type comes with its type, as bytes
        key = (type_, provider.account, _region(values, provider), values["id"])
        with self._lock:
            query = (
                "SELECT watched FROM resources WHERE type = ? AND account = ? AND region = ? AND id = ? AND NOT gone"
            )
            if self._database.execute(query, key).fetchone() != (watched,):
                self._database.execute("INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, 0, ?)", (*key, watched))

    def forget(self, type_: str, values: Any, provider: Provider) -> None:
        """That it is gone."""
        if isinstance(values, Mapping) and type_ in _watched():
            key = (type_, provider.account, _region(values, provider), values.get("id"))
            change = "UPDATE resources SET gone = 1" if type_ in _outliving() else "DELETE FROM resources"
            with self._lock:
                self._database.execute(f"{change} WHERE {_KEY}", key)

    def there(self, type_: str, id_: str) -> Mapping[str, Any] | None:
        """What stands there by that id and nothing here made; raises OfflineError where nobody can read it."""
        return existing.read(self._existing).get(type_, {}).get(id_) if self._existing is not None else None

    def write(self, type_: str, values: Mapping[str, Any], hashes: Mapping[str, str], provider: Provider) -> None:
        """The hashes of what it was given and nobody keeps, by path."""
        key = (type_, provider.account, _region(values, provider), str(values.get("id")))
        with self._lock:
            for path, hash_ in hashes.items():
                self._database.execute("INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?, ?, ?)", (*key, path, hash_))

    def written(self) -> dict[tuple[str, str, str], str]:
        """By type, id and path: the hash of what it was given last. Tests compare what two were given."""
        with self._lock:
            found = self._database.execute("SELECT type, id, path, hash FROM written").fetchall()
        return {(type_, id_, path): hash_ for type_, id_, path, hash_ in found}

    def refusal(self, type_: str, call: Call, provider: Provider) -> Refusal | None:
        """Why AWS would not do it."""
        known = entries().get(type_)
        if known is None or not known.refusals:
            return None
        view = self.of(call.values, provider)
        return next((each for each in known.refusals if each.holds(call, view)), None)

    def of(self, values: Values, provider: Provider) -> _View:
        """What lives in the account and region of a resource."""
        return _View(self, provider.account, _region(values, provider))

    def rows(self, type_: str, account: str, region: str | None, *, ever: bool) -> list[Values]:
        """What is watched of all of a type; in all regions without one."""
        where, parts = "type = ? AND account = ?", [type_, account]
        if region is not None:
            where, parts = f"{where} AND region = ?", [*parts, region]
        if not ever:
            where += " AND NOT gone"
        with self._lock:
            found = self._database.execute(f"SELECT watched FROM resources WHERE {where}", parts).fetchall()  # noqa: S608
        return [json.loads(text) for (text,) in found]


def _opened(file: Path | None) -> sqlite3.Connection:
    database = sqlite3.connect(file or ":memory:", timeout=30, isolation_level=None, check_same_thread=False)
    # A row at a time is written, and none need outlive the machine's end.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(_TABLES)
    return database


@dataclass(frozen=True)
class _View:
    world: World
    account: str
    region: str

    def living(self, type_: str, *, everywhere: bool = False, ever: bool = False) -> Iterable[Values]:
        return self.world.rows(type_, self.account, None if everywhere else self.region, ever=ever)


def _region(values: Values, provider: Provider) -> str:
    region = values.get("region") or provider.region
    return region if isinstance(region, str) else REGION


@functools.cache
def _watched() -> Mapping[str, frozenset[str]]:
    """Type → attributes of it that any refusal asks for."""
    watched: dict[str, set[str]] = {}
    for each in _refusals():
        for type_, names in each.watches.items():
            watched.setdefault(type_, set()).update(names)
    return {type_: frozenset(names) for type_, names in watched.items()}


@functools.cache
def _outliving() -> frozenset[str]:
    return frozenset(type_ for each in _refusals() if each.ever for type_ in each.watches)


def _refusals() -> Iterable[Refusal]:
    return (refusal for known in entries().values() for refusal in known.refusals)
