"""The fingerprint of what a plan does: two plans that do the same have the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tanada.plan.marks import sides
from tanada.plan.source import Source
from tanada.plan.values import Sealed, Unknown
from tanada.secrecy import UNKNOWN

_WHERE = ("allowed_account_ids", "assume_role", "region")
"""Of a provider's configuration what says in which account and region it works: no attribute of a resource does."""


def fingerprint(source: Source) -> str:
    """SHA-256 (hexadecimal) over what a plan creates, changes and destroys.

    In it: addresses, actions, imports, moves, deferred changes; of an update and a replace the attributes that change;
    of an object that goes its id. Not in it: the order of resources, what only the state's refresh changed, the time of
    the plan, and sensitive values (a fingerprint is shown, and short ones could be guessed from it): of these only
    whether they change. Values of environment variables that comments hide are in it, so that no other is applied
    than was approved. What an address, an action or a provider says is in it as it is: a secret may be a common word,
    and `aws_x.main` is not `aws_x.other` because both words are a password somewhere.
    """
    plan, carried = source.plan, _Carried(source)
    changes = [carried.resource(entry) for entry in plan.get("resource_changes") or () if _acts(entry)]
    deferred = [
        [entry.get("reason"), carried.resource(entry.get("resource_change") or {})]
        for entry in plan.get("deferred_changes") or ()
    ]
    outputs = {
        name: [change.get("actions"), *carried.sides(change)]
        for name, change in (plan.get("output_changes") or {}).items()
        if change.get("actions") != ["no-op"]
    }
    document = {
        "changes": sorted(changes, key=_text),
        "deferred": sorted(deferred, key=_text),
        "outputs": outputs,
        "errored": bool(plan.get("errored")),
    }
    text = _text(document)
    if time := plan.get("timestamp"):
        text = text.replace(str(time), "(time of the plan)")  # plantimestamp()
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _acts(entry: Mapping[str, Any]) -> bool:
    change = entry["change"]
    moved = entry.get("previous_address") is not None or change.get("importing") is not None
    return change["actions"] != ["no-op"] or (moved and entry.get("mode") != "data")


class _Carried:
    """What of a plan's parts is carried into the fingerprint."""

    def __init__(self, source: Source) -> None:
        self._secrets = source.secrets
        self._configuration = source.configuration

    def resource(self, entry: Mapping[str, Any]) -> list[Any]:
        change = entry.get("change") or {}
        address = str(entry.get("address"))
        provider = self._configuration.provider(address)
        return [
            entry.get("address"),
            entry.get("deposed"),
            entry.get("previous_address"),
            change.get("actions"),
            self._plain(change.get("importing")),
            entry.get("provider_name"),
            self._plain({name: provider[name] for name in _WHERE if name in provider}),
            self._plain((self._configuration.resource(address) or {}).get("provisioners")),
            *self.sides(change),
        ]

    def sides(self, change: Mapping[str, Any]) -> list[Any]:
        return [self._plain(side) for side in _change(change)]

    def _plain(self, value: Any) -> Any:
        """The value without secrets; each kind in a shape of its own, so that no value looks like a masked one."""
        match value:
            case _Word():
                return {"word": value}
            case Mapping():
                items = [[self._secrets.remove(str(key)), self._plain(item)] for key, item in value.items()]
                return {"map": sorted(items, key=_text)}
            case list():
                return {"list": [self._plain(item) for item in value]}
            case str():
                return self._secrets.remove(value)
            case int() | float() if not isinstance(value, bool):
                text = json.dumps(value)
                removed = self._secrets.remove(text)
                return value if removed == text else {"word": removed}
            case _:
                return value


class _Word(str):
    """A word of ours in the place of a value."""

    __slots__ = ()


def _change(change: Mapping[str, Any]) -> tuple[Any, Any]:
    before, after = sides(change)
    if not isinstance(after, Mapping):
        if isinstance(before, Mapping):  # it goes
            before = {key: before[key] for key in ("id", "arn") if key in before}
        return _shown(before), _shown(after, before)
    if not isinstance(before, Mapping):
        return None, _shown(after)
    # An attribute that is unknown after says nothing by what it was: times of backups change at every refresh.
    changed = [key for key in {**before, **after} if _differs(before.get(key), after.get(key))]
    known = [key for key in changed if not isinstance(after.get(key), Unknown)]
    return (
        {key: _shown(before.get(key)) for key in (*known, *(("id",) if "id" in before else ()))},
        {key: _shown(after.get(key), before.get(key)) for key in changed},
    )


def _differs(before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return before != after
    return _exact(before) != _exact(after)


def _exact(value: Any) -> str:
    """With sensitive values, to compare them; never shown."""
    return json.dumps(value, sort_keys=True, default=lambda item: item.value if isinstance(item, Sealed) else UNKNOWN)


def _shown(value: Any, before: Any = None) -> Any:
    match value:
        case Sealed():
            changes = not isinstance(before, Sealed) or _exact(before) != _exact(value)
            return _Word("another sensitive" if changes else "the same sensitive")
        case Unknown():
            return _Word("unknown")
        case Mapping():
            inner = before if isinstance(before, Mapping) else {}
            return {key: _shown(item, inner.get(key)) for key, item in value.items()}
        case list():
            items = before if isinstance(before, list) else []
            return [_shown(item, items[i] if i < len(items) else None) for i, item in enumerate(value)]
        case _:
            return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
