"""The fingerprint of what a plan does: two plans that do the same have the same one."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tanada.plan.changes import action_of
from tanada.plan.marks import any_mark, sides
from tanada.plan.marks import both as either
from tanada.plan.model import Known, Part
from tanada.plan.secrets import said
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
        name: [change.get("actions"), *carried.output(name, change)]
        for name, change in (plan.get("output_changes") or {}).items()
        if change.get("actions") != ["no-op"]
    }
    document = {
        "changes": sorted(changes, key=_text),
        "deferred": sorted(deferred, key=_text),
        "outputs": outputs,
        "errored": bool(plan.get("errored")),
    }
    return _digest(document, source, key, slow=lambda: said(plan).holds and _holds_secrets(plan))


def parts(source: Source, key: bytes | None = None, emitted: Mapping[str, Any] | None = None) -> tuple[Part, ...]:
    """What a plan does, resource by resource and output by output, of updates attribute by attribute.

    Each fingerprint is made as that of a whole plan which holds secrets, the slow one where there is no key: a value
    that is unknown now may be a secret when it is compared.
    """
    return tuple(_part(source, each, each.change, key, emitted) for each in _each(source))


def left_of(
    approved: Sequence[Part], source: Source, key: bytes | None = None, emitted: Mapping[str, Any] | None = None
) -> tuple[Part, ...]:
    """What a later plan does that is none of the approved parts.

    Of an update some of the approved attributes may be left. What the approved plan did not know yet counts as unknown
    in the later one too: it waited for nothing but what the same plan makes, in an earlier step.
    """
    known = {(part.address, part.deposed): part for part in approved}
    others = []
    for each in _each(source):
        before = known.get((source.printer.address(each.address), each.deposed))
        opened = json.loads(before.opened) if before and before.opened else None
        change = {**each.change, "after_unknown": either(each.change.get("after_unknown"), opened)}
        now = _part(source, each, change, key, emitted)
        if before is None or before.action != now.action or not _within(now.known, before.known):
            others.append(now)
    return tuple(others)


def _within(now: Sequence[Known], approved: Sequence[Known]) -> bool:
    known = {each.name: each for each in approved}
    return all(each.name in known and _alike(each, known[each.name]) for each in now)


def _alike(now: Known, approved: Known) -> bool:
    if now.fingerprint != approved.fingerprint:
        return False
    return not (now.keyed and approved.keyed) or hmac.compare_digest(now.keyed, approved.keyed)


@dataclass(frozen=True)
class _Entry:
    """A resource or an output that a plan changes."""

    address: str
    deposed: str | None
    change: Mapping[str, Any]
    resource: Mapping[str, Any] | None
    """The whole entry of a resource."""


_OUTPUT = "output."


def _each(source: Source) -> Iterator[_Entry]:
    for entry in source.plan.get("resource_changes") or ():
        if _acts(entry) and entry["change"]["actions"] != ["read"]:
            yield _Entry(str(entry["address"]), entry.get("deposed"), entry["change"], entry)
    for name, change in sorted((source.plan.get("output_changes") or {}).items()):
        if change.get("actions") != ["no-op"]:
            yield _Entry(f"{_OUTPUT}{name}", None, change, None)


def _part(
    source: Source, each: _Entry, change: Mapping[str, Any], key: bytes | None, emitted: Mapping[str, Any] | None
) -> Part:
    def documents(key: bytes | None) -> Mapping[str, Any]:
        carried = _Carried(source, emitted or {}, whole=key is not None)
        if each.resource is None:
            return {"": carried.output_whole(each.address.removeprefix(_OUTPUT), change)}
        resource = {**each.resource, "change": change}
        if change["actions"] != ["update"]:
            return {"": carried.resource(resource)}
        identity = [carried.place(resource), (change.get("before") or {}).get("id")]
        return {"": identity, **carried.attributes(resource)}

    keyed = {name: _digest(document, source, key) for name, document in documents(key).items()} if key else {}
    opened = change.get("after_unknown")
    return Part(
        address=source.printer.address(each.address),
        action=action_of(change["actions"], each.address),
        known=tuple(
            Known(name, _digest(document, source, None), keyed.get(name, ""))
            for name, document in sorted(documents(None).items())
        ),
        deposed=each.deposed,
        opened=_text(opened) if any_mark(opened) else "",
    )


def _digest(document: Any, source: Source, key: bytes | None, *, slow: Callable[[], bool] = lambda: True) -> str:
    """Of what a plan does: with a key, or slow to guess at where it may hold secrets."""
    text = _text(document)
    if time := source.plan.get("timestamp"):
        text = text.replace(str(time), "(time of the plan)")  # plantimestamp()
    data = text.encode("utf-8", "backslashreplace")
    if key is not None:
        return hmac.new(key, data, hashlib.sha256).hexdigest()
    digest = hashlib.sha256(data)
    return _slow(digest.digest()) if slow() else digest.hexdigest()


@functools.cache
def _slow(digest: bytes) -> str:
    """Each once a process: an apply opens the plan that was kept, makes it anew and holds each of its steps to it, all
    of which say the same, at a twentieth of a second each.
    """
    return hashlib.scrypt(digest, salt=_SALT, n=1 << 14, r=8, p=1, dklen=32).hex()


def _acts(entry: Mapping[str, Any]) -> bool:
    change = entry["change"]
    moved = entry.get("previous_address") is not None or change.get("importing") is not None
    return change["actions"] != ["no-op"] or (moved and entry.get("mode") != "data")


def _holds_secrets(plan: Mapping[str, Any]) -> bool:
    """Asked of what the plan does alone: a refresh that brings a secret makes no other fingerprint."""
    acting = [entry for entry in plan.get("resource_changes") or () if _acts(entry)]
    plan = {**plan, "resource_changes": acting}
    return said({key: each for key, each in plan.items() if key not in _REFRESHED}).holds


_REFRESHED = ("prior_state", "planned_values", "resource_drift")


class _Carried:
    """What of a plan's parts is carried into the fingerprint."""

    def __init__(self, source: Source, emitted: Mapping[str, Any], *, whole: bool) -> None:
        """`whole`: with sensitive values."""
        self._configuration = source.configuration
        self._emitted = emitted
        self._whole = whole

    def resource(self, entry: Mapping[str, Any]) -> list[Any]:
        """All that happens to a resource."""
        both = sides(entry.get("change") or {})
        path = ("resource", str(entry.get("type")), str(entry.get("name")))
        return [*self.place(entry), *self._sides(both), self._text(both[1], *path)]

    def attributes(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """What an update leads to, by attribute; from where is nothing that an earlier step could not have changed."""
        before, after = sides(entry["change"])
        path = ("resource", str(entry.get("type")), str(entry.get("name")))
        return {
            name: [
                _plain(after.get(name) if self._whole else _shown(after.get(name), before.get(name))),
                self._words(*path, name) if has_unknown(after.get(name)) else None,
            ]
            for name in {**before, **after}
            if _differs(before.get(name), after.get(name))
        }

    def place(self, entry: Mapping[str, Any]) -> list[Any]:
        """Which resource it is, and what happens to it in a word."""
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
            *(_plain(each) for each in self._roles(self._configuration.alias(address))),
        ]

    def _roles(self, alias: str) -> list[Any]:
        """As whom another account is entered: which of two roles a variable says, a plan's JSON tells neither."""
        providers = (self._emitted.get("provider") or {}).get("aws") if alias else None
        found = providers if isinstance(providers, list) else []
        return [each.get("assume_role") for each in found if isinstance(each, dict) and each.get("alias") == alias]

    def output_whole(self, name: str, change: Mapping[str, Any]) -> list[Any]:
        """What an output will be; what it was an earlier step may have changed."""
        after = sides(change)[1]
        return [_plain(after if self._whole else _shown(after)), self._text(after, "output", name)]

    def output(self, name: str, change: Mapping[str, Any]) -> list[Any]:
        """What it was and will be, and what the configuration says of it where only the apply knows."""
        both = sides(change)
        return [*self._sides(both), self._text(both[1], "output", name)]

    def _text(self, after: Any, *path: str) -> Any:
        """What the configuration says there, with what it may refer to by name; nothing where all of it is known."""
        return self._words(*path) if has_unknown(after) else None

    def _words(self, *path: str) -> list[Any]:
        block: Any = self._emitted
        for step in path:
            block = block.get(step) if isinstance(block, dict) else None
        if block is None:  # written in another form
            block = self._emitted
        return [_plain(_without_comments(block)), *self._named]

    @functools.cached_property
    def _named(self) -> list[Any]:
        """What any part of the configuration may refer to by name."""
        return [_plain(_without_comments(self._emitted.get(word))) for word in ("locals", "variable")]

    def _sides(self, both: tuple[Any, Any]) -> list[Any]:
        return [_plain(_shown(*each) if not self._whole else each[0]) for each in _change(*both)]


def has_unknown(value: Any) -> bool:
    """Whether anything in it is known after the apply only."""
    if type(value) in _SCALARS:
        return False
    match value:
        case Unknown():
            return True
        case Sealed():
            return has_unknown(value.value)
        case dict():
            return any(map(has_unknown, value.values()))
        case list():
            return any(map(has_unknown, value))
        case _:
            return False


def _without_comments(block: Any) -> Any:
    """CDKTF's own words about a block change nothing."""
    if isinstance(block, dict):
        return {key: _without_comments(each) for key, each in block.items() if key != "//"}
    return [_without_comments(each) for each in block] if isinstance(block, list) else block


_SCALARS = frozenset((str, int, float, bool, type(None)))
"""Of a plan's JSON: asked first, for nearly all values are one."""


class _Word(str):
    """A word of ours in the place of a value."""

    __slots__ = ()


def _change(before: Any, after: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Both sides, each with what it is compared with."""
    if not isinstance(after, dict):
        if isinstance(before, dict):  # it goes
            before = {key: before[key] for key in ("id", "arn") if key in before}
        return (before, None), (after, before)
    if not isinstance(before, dict):
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
    if type(value) in _SCALARS:
        return value
    match value:
        case _Word():
            return {"word": value}
        case Unknown():
            return {"word": "unknown"}
        case Sealed():
            return {"sensitive": _plain(value.value)}
        case dict():
            # By the names alone, which differ: what stands behind them is long.
            pairs = ([str(key), _plain(item)] for key, item in value.items())
            return {"map": sorted(pairs, key=lambda pair: _quoted(pair[0]))}
        case list():
            return {"list": [_plain(item) for item in value]}
        case _:
            return value


def _differs(before: Any, after: Any) -> bool:
    if type(before) is type(after) and type(before) in (str, int, bool, type(None)):
        return bool(before != after)
    return _exact(before) != _exact(after)


def _exact(value: Any) -> str:
    """With sensitive values, to compare them; never shown."""
    return _EXACT.encode(value)


_EXACT = json.JSONEncoder(sort_keys=True, default=lambda item: item.value if isinstance(item, Sealed) else UNKNOWN)


def _shown(value: Any, before: Any = None) -> Any:
    """The value with words for what is sensitive: whether it is what it was before."""
    if type(value) in _SCALARS:
        return value
    match value:
        case Sealed():
            changes = not isinstance(before, Sealed) or _exact(before) != _exact(value)
            return _Word("another sensitive" if changes else "the same sensitive")
        case dict():
            inner = before if isinstance(before, dict) else {}
            return {key: _shown(item, inner.get(key)) for key, item in value.items()}
        case list():
            items = before if isinstance(before, list) else []
            return [_shown(item, items[i] if i < len(items) else None) for i, item in enumerate(value)]
        case _:
            return value


_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _text(value: Any) -> str:
    return _JSON.encode(value)


@functools.lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    """The text of a name: plans have few, many times."""
    return _text(name)
