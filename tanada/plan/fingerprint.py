"""The fingerprint of what a plan does: two plans that do the same have the same one."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from tanada.plan.marks import sides
from tanada.plan.secrets import holds_secrets
from tanada.plan.source import Source
from tanada.plan.values import Sealed, Unknown
from tanada.secrecy import UNKNOWN

_WHERE = ("allowed_account_ids", "assume_role", "region")
"""Of a provider's configuration what says in which account and region it works: no attribute of a resource does."""

_SALT = b"tanada fingerprint"
"""The same for all: two jobs must come to one fingerprint, and share nothing but the plan."""


def fingerprint(source: Source, key: bytes | None = None, emitted: Mapping[str, Any] | None = None) -> str:
    """256 bits (hexadecimal) over what a plan creates, changes and destroys.

    In it: addresses, actions, imports, moves, deferred changes; of an update and a replace the attributes that change;
    of an object that goes its id; of what holds anything that only the apply knows (a policy that names a table to be
    made is unknown as a whole) what stands in the `emitted` configuration. Not in it: the order of resources, what only
    the state's refresh changed, the time of the plan. It is made before anything is masked: what stands unmarked is in
    it as it is, whatever else says the same.

    A fingerprint is shown, and what is in it could be guessed and compared. So with a `key` it is an HMAC (RFC 2104)
    over everything, and nobody without the key can compare. Without one, of a value that is marked as sensitive only
    whether it changes is in it; and where what a plan does holds secrets, each guess costs a scrypt (RFC 7914), for the
    same text may stand unmarked elsewhere.
    """
    plan, carried = source.plan, _Carried(source, emitted or {}, whole=key is not None)
    changes = [carried.resource(entry) for entry in plan.get("resource_changes") or () if _acts(entry)]
    deferred = [
        [entry.get("reason"), carried.resource(entry.get("resource_change") or {})]
        for entry in plan.get("deferred_changes") or ()
    ]
    outputs = {
        name: [change.get("actions"), *carried.sides(change), carried.output(name, change)]
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
    data = text.encode("utf-8", "backslashreplace")
    if key is not None:
        return hmac.new(key, data, hashlib.sha256).hexdigest()
    digest = hashlib.sha256(data)
    if _holds_secrets(plan):
        return hashlib.scrypt(digest.digest(), salt=_SALT, n=1 << 14, r=8, p=1, dklen=32).hex()
    return digest.hexdigest()


def _acts(entry: Mapping[str, Any]) -> bool:
    change = entry["change"]
    moved = entry.get("previous_address") is not None or change.get("importing") is not None
    return change["actions"] != ["no-op"] or (moved and entry.get("mode") != "data")


def _holds_secrets(plan: Mapping[str, Any]) -> bool:
    """Asked of what the plan does alone: a refresh that brings a secret makes no other fingerprint."""
    acting = [entry for entry in plan.get("resource_changes") or () if _acts(entry)]
    without = {**plan, "resource_changes": acting}
    return holds_secrets({key: each for key, each in without.items() if key not in _REFRESHED})


_REFRESHED = ("prior_state", "planned_values", "resource_drift")


class _Carried:
    """What of a plan's parts is carried into the fingerprint."""

    def __init__(self, source: Source, emitted: Mapping[str, Any], *, whole: bool) -> None:
        """`whole`: with sensitive values."""
        self._configuration = source.configuration
        self._emitted = emitted
        self._whole = whole

    def resource(self, entry: Mapping[str, Any]) -> list[Any]:
        change = entry.get("change") or {}
        address = str(entry.get("address"))
        provider = self._configuration.provider(address)
        return [
            entry.get("address"),
            entry.get("deposed"),
            entry.get("previous_address"),
            change.get("actions"),
            _plain(change.get("importing")),
            entry.get("provider_name"),
            _plain({name: provider[name] for name in _WHERE if name in provider}),
            _plain((self._configuration.resource(address) or {}).get("provisioners")),
            *self.sides(change),
            self._text(change, "resource", str(entry.get("type")), str(entry.get("name"))),
        ]

    def output(self, name: str, change: Mapping[str, Any]) -> Any:
        """What the configuration says of an output that only the apply knows."""
        return self._text(change, "output", name)

    def _text(self, change: Mapping[str, Any], *path: str) -> Any:
        """What the configuration says there, with what it may refer to by name; nothing where all of it is known."""
        if not has_unknown(sides(change)[1]):
            return None
        block: Any = self._emitted
        for step in path:
            block = block.get(step) if isinstance(block, Mapping) else None
        if block is None:  # written in another form
            block = self._emitted
        return [_plain(_without_comments(each)) for each in (block, *map(self._emitted.get, ("locals", "variable")))]

    def sides(self, change: Mapping[str, Any]) -> list[Any]:
        return [_plain(_shown(*each) if not self._whole else each[0]) for each in _change(change)]


def has_unknown(value: Any) -> bool:
    """Whether anything in it is known after the apply only."""
    match value:
        case Unknown():
            return True
        case Sealed():
            return has_unknown(value.value)
        case Mapping():
            return any(map(has_unknown, value.values()))
        case list():
            return any(map(has_unknown, value))
        case _:
            return False


def _without_comments(block: Any) -> Any:
    """CDKTF's own words about a block change nothing."""
    if isinstance(block, Mapping):
        return {key: _without_comments(each) for key, each in block.items() if key != "//"}
    return [_without_comments(each) for each in block] if isinstance(block, list) else block


class _Word(str):
    """A word of ours in the place of a value."""

    __slots__ = ()


def _change(change: Mapping[str, Any]) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Both sides, each with what it is compared with."""
    before, after = sides(change)
    if not isinstance(after, Mapping):
        if isinstance(before, Mapping):  # it goes
            before = {key: before[key] for key in ("id", "arn") if key in before}
        return (before, None), (after, before)
    if not isinstance(before, Mapping):
        return (None, None), (after, None)
    # An attribute that is unknown after says nothing by what it was: times of backups change at every refresh.
    changed = [key for key in {**before, **after} if _differs(before.get(key), after.get(key))]
    known = [key for key in changed if not isinstance(after.get(key), Unknown)]
    return (
        ({key: before.get(key) for key in (*known, *(("id",) if "id" in before else ()))}, None),
        ({key: after.get(key) for key in changed}, before),
    )


def _plain(value: Any) -> Any:
    """The value as JSON; each kind in a shape of its own, so that no value looks like a word of ours."""
    match value:
        case _Word():
            return {"word": value}
        case Unknown():
            return {"word": "unknown"}
        case Sealed():
            return {"sensitive": _plain(value.value)}
        case Mapping():
            return {"map": sorted(([str(key), _plain(item)] for key, item in value.items()), key=_text)}
        case list():
            return {"list": [_plain(item) for item in value]}
        case _:
            return value


def _differs(before: Any, after: Any) -> bool:
    if isinstance(before, str) and isinstance(after, str):
        return before != after
    return _exact(before) != _exact(after)


def _exact(value: Any) -> str:
    """With sensitive values, to compare them; never shown."""
    return json.dumps(value, sort_keys=True, default=lambda item: item.value if isinstance(item, Sealed) else UNKNOWN)


def _shown(value: Any, before: Any = None) -> Any:
    """The value with words for what is sensitive: whether it is what it was before."""
    match value:
        case Sealed():
            changes = not isinstance(before, Sealed) or _exact(before) != _exact(value)
            return _Word("another sensitive" if changes else "the same sensitive")
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
