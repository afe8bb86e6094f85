"""Restoring a store as a line of its environment's file: whether it can be, and where the line goes."""

from __future__ import annotations

import difflib
import io
from datetime import datetime, timedelta
from typing import Any

from tanada.declared.aurora import Aurora
from tanada.declared.database import Database
from tanada.declared.restored import Restored, in_utc, restored_from
from tanada.declared.store import Store
from tanada.declared.table import Table
from tanada.errors import TanadaError
from tanada.text import count, quoted

NEWEST = timedelta(minutes=5)
"""How old the newest time is that can be restored, typically (RDS user guide, "Restoring a DB instance to a specified
time"; Aurora user guide, "Restoring a DB cluster to a specified time"; DynamoDB developer guide,
"Point-in-time recovery")."""
OF_TABLES = 35
"""How many days back a table can be restored (DynamoDB developer guide, "Point-in-time recovery")."""
_OTHERS = {
    "bucket": "each object has its versions of the last days: copy the one that is wanted over it",
    "cache": "its programs fill it again",
    "search": "its programs fill it again, or somebody by its own snapshots",
    "existing": "whoever keeps it restores it",
    "file_system": "AWS Backup restores it to a folder of its own, from where its files are copied back",
    "queue": "what was taken out of it is gone; what failed lies in its dead-letter queue",
    "topic": "it keeps nothing",
}
"""Kind of store → what is done instead."""


def moment(text: str) -> str:
    """A time in UTC; TanadaError where it is none, or has no zone."""
    try:
        return in_utc(text)
    except ValueError:
        sample = "2026-11-20T03:00:00Z or 2026-11-20T12:00+09:00"
        raise TanadaError(f"{quoted(text)} is no time with its zone; expected one such as {sample}.") from None


def check(name: str, store: Store, at: str, now: datetime) -> None:
    """Raise TanadaError where a store can't be restored to a time, with what to do instead."""
    kind = store.kind
    if not isinstance(kind, Database | Aurora | Table):
        raise TanadaError(
            f"{name} is a {store.word}, which isn't restored so: {_OTHERS[store.word]} (docs/restore.md)."
        )
    if isinstance(kind, Table) and kind.existing is not None:
        raise TanadaError(f"{name} is not ours (existing): {_OTHERS['existing']} (docs/restore.md).")
    backups = OF_TABLES if isinstance(kind, Table) else kind.backups
    wanted = datetime.fromisoformat(at)
    if wanted > now:
        raise TanadaError(f"{at} is yet to come; it is {now:%Y-%m-%dT%H:%M:%SZ}.")
    if wanted > now - NEWEST:
        newest = now - NEWEST
        raise TanadaError(f"{at} is too new: the newest that can be restored is about {newest:%Y-%m-%dT%H:%M:%SZ}.")
    if wanted < (oldest := now - timedelta(days=backups)):
        kept = f"backups of {name} are kept for {count(backups, 'day')}"
        raise TanadaError(f"{at} is too old: {kept}, so the oldest is about {oldest:%Y-%m-%dT%H:%M:%SZ}.")
    if any(each.at == at for each in kind.restored):
        raise TanadaError(f"{name} is restored to {at} already; plan and apply it.")
    whole = (*kind.restored, Restored(at=at))
    source = restored_from(whole, len(kind.restored))
    then = 0 if source is None else source + 1
    if then < len(kind.restored) and kind.restored[then].old == "gone":
        raise TanadaError(f"What served at {at} is gone (old: gone), and its backups with it.")


def with_line(text: str, name: str, word: str, at: str) -> str | None:
    """The environment's file with the line that restores a store; None where somebody has to write it by hand, as it
    can't be put in without changing other lines."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 4096
    try:
        document: Any = yaml.load(text)
        target = document
        for step in ("stores", name, word):
            target = target.setdefault(step, {})
        target.setdefault("restored", []).append(at)
        stream = io.StringIO()
        yaml.dump(document, stream)
    except (YAMLError, AttributeError, TypeError):
        return None
    changed = stream.getvalue()
    lost = [each for each in difflib.ndiff(text.splitlines(), changed.splitlines()) if each.startswith("- ")]
    return None if lost else changed


def lines(name: str, word: str, at: str) -> str:
    """What somebody writes by hand."""
    return f"stores:\n  {name}:\n    {word}:\n      restored:\n        - {at}\n"
