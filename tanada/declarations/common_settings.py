"""`defaults`: what is the same of all services, or of all sidecars, said once, and laid under each of them.

The later wins: the blueprint's defaults, the part in the blueprint, the environment's defaults, the part in the
environment. Mappings merge, anything else replaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tanada.declarations.merge import merge, settled
from tanada.declarations.mistakes import Mistake
from tanada.declarations.short_forms import spelled_out
from tanada.declarations.tree import Node, Removal, empty, mistake, walk
from tanada.declarations.validation import validate
from tanada.declared.blueprint import Blueprint, Defaults

FIELD = "defaults"
GROUPS: dict[str, tuple[str, ...]] = {"services": ("services",), "sidecars": ("services", "sidecars")}
"""By field of `defaults` the way to the parts under which it is laid: `("services", "sidecars")` for those of each."""
_ONLY_WITH = ("http", "scale")
"""What reaches only parts that say it themselves: else it would make public what is private."""
_OF_ONE = (("like",), ("port",), ("command",), ("renamed_from",), ("http", "hosts"))
"""What two parts never have alike."""
_EITHER = ("count", "scale")
"""One takes the other's place, whichever layer says it."""
MOST = 50_000
"""Values that all parts of an environment get of defaults: as many as a file holds."""

_NOTHING = empty("")


@dataclass(frozen=True)
class Layered:
    """A blueprint and an environment's file with their defaults laid under what they say of parts."""

    blueprint: Node
    file: Node | None


def wrong(tree: Node) -> Iterator[Mistake]:
    """What is wrong with the defaults that a tree gives, by themselves."""
    defaults = tree.find([FIELD])
    if defaults is None or defaults.value is None:
        return
    if not isinstance(defaults.value, Mapping):
        _, found = validate(Blueprint, replace(tree, value={FIELD: defaults}), partly=True)
        yield from found
        return
    _, found = validate(Defaults, settled(defaults), partly=True)
    yield from found
    for group in GROUPS:
        for field in _OF_ONE:
            if (node := defaults.find([group, *field])) is not None:
                sentence = f"is one part's alone; say it in each of the {group}"
                yield mistake(defaults, (group, *field), sentence, at_key=node.key != node.at)


def layered(blueprint: Node, file: Node | None = None) -> Layered:
    """Both with defaults laid under; as they are where neither gives any."""
    below, above = _given(blueprint), _given(file)
    if file is not None and FIELD in file.mapping:
        below = _without_nulled(below, file.mapping[FIELD])
    if below or above:
        for group, way in GROUPS.items():
            low, high = below.get(group), above.get(group)
            lay = _Lay(low, high)
            one, other = _each(blueprint, file, way, lay)
            blueprint, file = one or blueprint, other if file is not None else None
    return Layered(_without(blueprint), _without(file) if file is not None else None)


def too_many(blueprint: Node, file: Node | None = None) -> Mistake | None:
    """A mistake where they would make more of a declaration than anybody writes."""
    given = {**_given(blueprint), **{f"{group} ": node for group, node in _given(file).items()}}
    for group, way in GROUPS.items():
        values = sum(_size(node) for name, node in given.items() if name.strip() == group)
        parts = _count(blueprint, way) + (_count(file, way) if file is not None else 0)
        if values * parts > MOST:
            tree = file if file is not None and FIELD in file.mapping else blueprint
            sentence = f"{values:,} values under {parts:,} {group} are more than {MOST:,} in all; say less for all"
            return mistake(tree, (FIELD, group), sentence, at_key=True)
    return None


def once(mistakes: Sequence[Mistake]) -> Iterator[Mistake]:
    """What stands in defaults and is wrong for several parts is one mistake, and more of them are counted."""
    first: dict[object, Mistake] = {}
    more: dict[object, set[str]] = {}
    for each in mistakes:
        if not each.path.startswith((f"{FIELD}.", f"blueprint.{FIELD}.")):
            yield each
        elif each.sentence != first.setdefault((each.place, each.path), each).sentence:
            more.setdefault((each.place, each.path), set()).add(each.sentence)
    for key, each in first.items():
        yield replace(each, sentence=f"{each.sentence} (and {len(more[key])} more)") if key in more else each


def _given(tree: Node | None) -> dict[str, Node]:
    """By group, without what one part alone can have."""
    defaults = tree.find([FIELD]) if tree is not None else None
    given = {group: node for group in GROUPS if defaults is not None and (node := defaults.find([group])) is not None}
    return {
        group: _cut(node, _OF_ONE) for group, node in given.items() if isinstance(node.value, Mapping) and node.value
    }


def _without_nulled(below: dict[str, Node], over: Node) -> dict[str, Node]:
    """Without what an environment takes away of the blueprint's: all of it, or a group."""
    if over.value is None:
        return {}
    return {group: node for group, node in below.items() if group not in over.mapping or over.mapping[group].value}


def _cut(node: Node, fields: Sequence[tuple[str, ...]]) -> Node:
    for first, *rest in fields:
        if (inner := node.mapping.get(first)) is None:
            continue
        kept = {key: each for key, each in node.mapping.items() if key != first}
        if rest and isinstance(inner.value, Mapping):
            kept[first] = _cut(inner, [tuple(rest)])
            node = replace(node, value=kept)
        elif not rest:
            node = replace(node, value=kept)
    return node


def _without(tree: Node) -> Node:
    if not isinstance(tree.value, Mapping) or FIELD not in tree.value:
        return tree
    # What is no mapping is said of the field itself.
    return replace(tree, value={key: each for key, each in tree.value.items() if key != FIELD})


@dataclass(frozen=True)
class _Lay:
    """Lays the defaults of one group under one part, of which either tree may say something."""

    below: Node | None
    """The blueprint's …"""
    above: Node | None
    """… and the environment's."""

    def __call__(self, low: Node | None, high: Node | None) -> tuple[Node | None, Node | None]:
        if any(each is not None and not isinstance(each.value, Mapping) for each in (low, high)):
            return low, high  # taken away, or a mistake
        own = {**(low.mapping if low else {}), **(high.mapping if high else {})}
        below, above = (_reaching(each, own) for each in (self.below, self.above))
        if low is not None:
            low = _over(_under(below, low), above)
            return (_either(low, high) if high is not None else low), high
        assert high is not None
        return None, _under(_over(below, above) if below is not None else above, high)


def _reaching(defaults: Node | None, own: Mapping[str, Node]) -> Node | None:
    """What of them reaches a part that says this itself."""
    if defaults is None:
        return None
    out = [(field,) for field in _ONLY_WITH if field not in own or own[field].value is None]
    return _cut(defaults, out)


def _over(lower: Node, upper: Node | None) -> Node:
    """Defaults over what lies below them; a `null` takes away where there is something."""
    return lower if upper is None else _silent(lower, merge(_either(lower, upper), upper))


def _silent(lower: Node, merged: Node) -> Node:
    """Of removals those alone that had an effect here: defaults are of many parts."""
    kept = {
        key: each if each.effective else lower.removed[key]
        for key, each in merged.removed.items()
        if each.effective or key in lower.removed
    }
    values = {
        key: each if (inner := lower.mapping.get(key)) is each else _silent(inner or _NOTHING, each)
        for key, each in merged.mapping.items()
    }
    return replace(merged, value=values, removed=kept) if isinstance(merged.value, Mapping) else merged


def _under(lower: Node | None, upper: Node) -> Node:
    """Defaults below a part, which stays where it stands."""
    lower = spelled_out(lower, upper) if lower is not None else None
    if lower is None or not isinstance(lower.value, Mapping) or not isinstance(upper.value, Mapping):
        return upper
    lower = _silent(_NOTHING, settled(_either(lower, upper)))
    values, removed = dict(lower.mapping), dict(upper.removed)
    for key, node in upper.mapping.items():
        if node.value is None:
            removed[key] = Removal(node, effective=values.pop(key, None) is not None)
        else:
            values[key] = _under(values[key], node) if key in values else node
    for key, removal in upper.removed.items():  # a blueprint's, which was settled by itself
        if key not in upper.mapping and values.pop(key, None) is not None:
            removed[key] = Removal(removal.by, effective=True)
    return replace(upper, value=values, removed=removed)


def _either(lower: Node, upper: Node) -> Node:
    """Without what the upper one replaces by saying the other."""
    gone = [(other,) for field, other in (_EITHER, _EITHER[::-1]) if _says(upper, field) and not _says(upper, other)]
    return _cut(lower, gone)


def _says(node: Node, field: str) -> bool:
    return (each := node.mapping.get(field)) is not None and each.value is not None


def _each(
    low: Node | None,
    high: Node | None,
    way: tuple[str, ...],
    lay: Callable[[Node | None, Node | None], tuple[Node | None, Node | None]],
) -> tuple[Node | None, Node | None]:
    """Both trees with all parts at the end of that way changed."""
    group, *rest = way
    one, other = (each.mapping.get(group) if each is not None else None for each in (low, high))
    if other is not None and not isinstance(other.value, Mapping):
        return low, high
    names = {**(one.mapping if one is not None else {}), **(other.mapping if other is not None else {})}
    lows, highs = (dict(each.mapping) if each is not None else {} for each in (one, other))
    for name in names:
        pair = lows.get(name), highs.get(name)
        for into, made in zip((lows, highs), _each(*pair, tuple(rest), lay) if rest else lay(*pair), strict=True):
            if made is not None:
                into[name] = made
    return _with(low, group, one, lows), _with(high, group, other, highs)


def _with(tree: Node | None, group: str, node: Node | None, parts: Mapping[str, Node]) -> Node | None:
    if tree is None or node is None or not isinstance(node.value, Mapping):
        return tree
    return replace(tree, value={**tree.mapping, group: replace(node, value=dict(parts))})


def _size(node: Node) -> int:
    return sum(1 for _ in walk(node))


def _count(tree: Node, way: tuple[str, ...]) -> int:
    """Parts at the end of that way."""
    group = tree.mapping.get(way[0])
    parts = group.mapping if group is not None else {}
    return len(parts) if len(way) == 1 else sum(_count(each, way[1:]) for each in parts.values())
