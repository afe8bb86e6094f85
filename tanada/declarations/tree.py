"""What a YAML file says, as a tree in which every value keeps its place, its path and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tanada.declarations.mistakes import Loc, Mistake, Position
from tanada.text import cut, visible


class Broken:
    """Stands for a value already complained about: fits no field, so that nothing else is built on it."""


BROKEN: Final = Broken()

OVERRIDE: Final = "override"
"""The source of what an environment, review or account says itself."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value; plain scalars are text and the field decides what the text means, `null` is None."""

    value: str | Broken | tuple[Node, ...] | Mapping[str, Node] | None
    at: Position
    """Where the value stands."""
    key: Position
    """Where its key stands; the same as `at` in a list."""
    path: tuple[str, ...] = ()
    """The way to it in its own file."""
    source: str = ""
    """`blueprint`, `override`, … as `tanada show` prints it."""
    removed: Mapping[str, Removal] = field(default_factory=dict)
    """Keys of a mapping that a `null` took away."""
    said: str | None = None
    """What is written, where the value is a file's text (tanada/declarations/file_texts.py)."""

    @property
    def mapping(self) -> Mapping[str, Node]:
        """Its keys and values; none when it is not a mapping."""
        return self.value if isinstance(self.value, Mapping) else {}

    def find(self, loc: Loc) -> Node | None:
        """The node at the end of that way, if there is one."""
        node: Node | None = self
        for step in loc:
            if node is None:
                return None
            node = _item(node.value, step) if isinstance(node.value, tuple) else node.mapping.get(str(step))
        return node


def _item(items: tuple[Node, ...], step: str | int) -> Node | None:
    """By its index, or by its name where a list of names stands for a mapping of them."""
    if isinstance(step, int):
        return items[step] if step < len(items) else None
    return next((item for item in items if item.value == step), None)


@dataclass(frozen=True, slots=True)
class Removal:
    """A `null` in a mapping, and whether there was something that it removed."""

    by: Node
    effective: bool


def empty(file: str) -> Node:
    """A mapping that says nothing."""
    return Node({}, Position(file), Position(file))


def plain(node: Node, of_file: Callable[[Node], str] | None = None) -> Any:
    """The tree as plain dictionaries, lists and texts; `of_file` says what stands for a text that is a file's."""
    match node.value:
        case tuple():
            return [plain(item, of_file) for item in node.value]
        case Mapping():
            return {key: plain(item, of_file) for key, item in node.value.items()}
        case other:
            return other if of_file is None or node.said is None else of_file(node)


def as_written(node: Node) -> str:
    """Of a file's text what names the file."""
    return str(node.said)


def has_broken(node: Node) -> bool:
    """Whether anything in it was already complained about."""
    if node.value is BROKEN:
        return True
    children = node.value if isinstance(node.value, tuple) else node.mapping.values()
    return any(has_broken(child) for child in children)


def repeated(values: Iterable[str]) -> Iterator[int]:
    """Where a value stands that stood before."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index
        seen.add(value)


def mistake(tree: Node, loc: Loc, sentence: str, *, at_key: bool = False, because: Iterable[Loc] = ()) -> Mistake:
    """A mistake at the end of that way, or at the nearest thing above it that is written somewhere.

    Scalars and lists are shown where they stand; mappings, and with `at_key` everything, at their key. `because` leads
    to what else may have brought it about: where an override did, that is what is to be changed.
    """
    node, rest = tree, list(loc)
    while rest and (below := node.find(rest[:1])) is not None:
        node = below
        rest.pop(0)
    if rest and (removal := node.removed.get(str(rest[0]))) is not None:
        node = removal.by
        rest.pop(0)
    place = node.key if at_key or rest else shown_at(node)
    return Mistake(place, dotted((*node.path, *rest)), sentence, (loc, *because))


def shown_at(node: Node) -> Position:
    """Where a value is shown: a mapping at its key."""
    return node.key if isinstance(node.value, Mapping) else node.at


def override_at(tree: Node, loc: Loc) -> Node | None:
    """What lies over the lowest layer at the end of that way: on the way to it, there, or somewhere in it."""
    node: Node | None = tree
    for step in loc:
        if node is None:
            return None
        if (removal := node.removed.get(str(step))) is not None:
            return removal.by if removal.by.source == OVERRIDE else None
        node = node.find([step])
    return next(_overrides(node), None) if node is not None else None


def _overrides(node: Node) -> Iterator[Node]:
    for _, each in walk(node):
        if each.source == OVERRIDE:
            yield each
        yield from (removal.by for removal in each.removed.values() if removal.by.source == OVERRIDE)


def dotted(loc: Loc) -> str:
    """A way as it is printed: keys joined by dots; an index says nothing that the position does not."""
    return ".".join(visible(cut(str(step), 60)) or '""' for step in loc if not isinstance(step, int))


def with_source(node: Node, source: str) -> Node:
    """The same tree, said to come from there."""
    value = node.value
    if isinstance(value, tuple):
        value = tuple(with_source(item, source) for item in value)
    elif isinstance(value, Mapping):
        value = {key: with_source(item, source) for key, item in value.items()}
    return replace(node, value=value, source=source)


def walk(node: Node, loc: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Every node of a tree with the way to it, from the top."""
    yield loc, node
    if isinstance(node.value, tuple):
        for index, item in enumerate(node.value):
            yield from walk(item, (*loc, index))
    for key, item in node.mapping.items():
        yield from walk(item, (*loc, key))


def at_removal(tree: Node, loc: tuple[str, ...], sentence: str) -> Mistake | None:
    """A mistake at the `null` that took something away, where one did: the sentence says who needs it."""
    parent = tree.find(loc[:-1])
    if parent is None or loc[-1] not in parent.removed:
        return None
    how = "is taken away here" if parent.removed[loc[-1]].effective else "is empty"
    return replace(mistake(tree, loc, f"{how}, but {sentence}"), breaks=True)
