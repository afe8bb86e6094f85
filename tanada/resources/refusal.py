"""What AWS refuses and its provider's schema allows: what is protected, in use, not empty, there already, too long.

Found by references among what lives, not by types alone: a subnet may go as soon as nothing has an interface in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Values = Mapping[str, Any]
Action = Literal["create", "update", "delete"]


class World(Protocol):
    """What lives in one account and region."""

    def living(self, type_: str, *, everywhere: bool = False, ever: bool = False) -> Iterable[Values]:
        """What a refusal watches of all of a type; `everywhere` in all regions, `ever` those too that are gone."""
        ...


class Empty:
    """A world in which nothing lives: a refusal that holds there asks of the call alone."""

    def living(self, _type: str, *, everywhere: bool = False, ever: bool = False) -> Iterable[Values]:  # noqa: ARG002
        return ()


@dataclass(frozen=True)
class Call:
    """What is asked for; `after` is None at a deletion, `before` at a creation."""

    before: Values | None
    after: Values | None

    @property
    def action(self) -> Action:
        return "create" if self.before is None else "delete" if self.after is None else "update"

    @property
    def values(self) -> Values:
        """What there is, or will be."""
        return self.before if self.after is None and self.before is not None else self.after or {}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One reason for which AWS says no."""

    code: str
    """AWS's error code."""
    sentence: str
    """What it says, as the source quotes it, else ours: `{id}`, other attributes and `{account}` stand in braces."""
    source: str
    holds: Callable[[Call, World], bool]
    """Whether the call is refused."""
    watches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Type → attributes of what lives that must be known to tell."""
    ever: bool = False
    """Whether it holds for what is gone too: images and logs outlive who made them."""
    references: tuple[tuple[str, str], ...] = ()
    """Where it is in use: types, and the paths in them at which the value of `mine` is looked for."""
    mine: str = "id"
    lock: str = ""
    """The attribute that says so, where AWS protects it from deletion."""
    locked: Any = True
    """The value by which it says so."""
    taken: tuple[str, ...] = ()
    """Attributes that no two may have alike."""
    later: tuple[str, ...] = ()
    """Attributes without which the call is taken; a second one brings them."""


def at(values: Any, path: str) -> Iterator[Any]:
    """What stands at a path through blocks and lists: `network_configuration.subnets`; nothing where it is null."""
    name, _, rest = path.partition(".")
    for each in values if isinstance(values, list) else [values]:
        value = each.get(name) if isinstance(each, Mapping) else None
        if value is not None:
            if rest:
                yield from at(value, rest)
            else:
                yield from value if isinstance(value, list) else [value]


def protected(attribute: str, code: str, sentence: str, source: str, *, locked: Any = True) -> Refusal:
    """It may not be deleted while an attribute says so, by the value `locked`."""
    return Refusal(
        code=code,
        sentence=sentence,
        source=source,
        holds=lambda call, _world: call.action == "delete" and call.values.get(attribute) == locked,
        lock=attribute,
        locked=locked,
    )


def in_use(
    code: str, sentence: str, source: str, *by: str, mine: str = "id", unless: str = "", ever: bool = False
) -> Refusal:
    """It may not be deleted while something refers to it, or once anything `ever` did.

    `by` are `type path` of what may refer, by the value of `mine`; where the attribute `unless` is true it goes anyway.
    """
    references = tuple((type_, path) for type_, _, path in (each.partition(" ") for each in by))

    def holds(call: Call, world: World) -> bool:
        own = call.values.get(mine)
        if call.action != "delete" or not own or (unless and call.values.get(unless) is True):
            return False
        return any(own in at(each, path) for type_, path in references for each in world.living(type_, ever=ever))

    watches: dict[str, tuple[str, ...]] = {}
    for type_, path in references:
        watches[type_] = (*watches.get(type_, ()), path.partition(".")[0])
    return Refusal(
        code=code,
        sentence=sentence,
        source=source,
        holds=holds,
        watches=watches,
        ever=ever,
        references=references,
        mine=mine,
    )


def taken(
    type_: str, attributes: str, code: str, sentence: str, source: str, *, everywhere: bool = False, unless: str = ""
) -> Refusal:
    """Another of its type has the same values of these attributes; where `unless` is true it takes that one's place."""
    names = tuple(attributes.split())

    def identity(values: Values) -> list[Any]:
        return [_plain(values.get(name)) for name in names]

    def holds(call: Call, world: World) -> bool:
        if call.action != "create" or (unless and call.values.get(unless) is True):
            return False
        own = identity(call.values)
        told = all(isinstance(value, str) for value in own[:1])
        return told and any(identity(each) == own for each in world.living(type_, everywhere=everywhere))

    return Refusal(code=code, sentence=sentence, source=source, holds=holds, watches={type_: names}, taken=names)


def too_long(path: str, most: int, code: str, sentence: str, source: str) -> Refusal:
    """A text, or one of several, of more characters than AWS takes."""

    def holds(call: Call, _world: World) -> bool:
        return call.action != "delete" and any(
            isinstance(text, str) and len(text) > most for text in at(call.values, path)
        )

    return Refusal(code=code, sentence=sentence, source=source, holds=holds)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else json.dumps(value, default=repr)
