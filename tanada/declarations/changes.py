"""What differs between two declarations, stack by stack, each value at the line where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tanada.declarations.comments import Comments, comments
from tanada.declarations.file_texts import file_text
from tanada.declarations.inventory import Stack, inventory
from tanada.declarations.loader import Declarations
from tanada.declarations.mistakes import Position
from tanada.declarations.origins import written
from tanada.declarations.tree import Node, dotted, plain
from tanada.secrecy import (
    HIDDEN,
    Secrets,
    decides,
    found,
    found_elsewhere,
    hidden,
    may_hold_credentials,
    names_in,
    names_secret,
)
from tanada.secrecy.credentials import without_made_up
from tanada.text import cut, visible

_LONGEST = 200
"""Of a value as it is shown."""
_ABSENT = object()
"""In the place of a value where there is none: `null` is one."""
_ACCOUNT = ("id", "region", "role", "protected")
"""What an account says to every stack in it; the rest is its common layer's."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs, and the reason that stands beside it."""

    file: str
    line: int
    column: int
    path: str
    """The way to it in that file: `blueprint.services.web.cpu`; empty for a file as a whole."""
    before: str | None
    """As it was written, without secrets; a list or mapping as YAML in one line. None where there was none."""
    after: str | None
    comment: str | None = None
    """What stands beside the line in the YAML, else the comment directly above it."""
    old_line: bool = False
    """Nothing stands there any more: file and line are those of the declaration before."""
    hidden: tuple[str, ...] = ()
    """Why a part of the values isn't shown, though their own names don't say so."""


@dataclass(frozen=True, slots=True)
class _Difference:
    node: Node
    """Where it is shown."""
    at: Position
    before: Any
    """Plain, or _ABSENT."""
    after: Any
    old_line: bool = False


def changes(before: Declarations, after: Declarations) -> Mapping[str, tuple[Change, ...]]:
    """The merged values that differ, by stack; stacks where none does are left out.

    A stack that comes or goes is what its own file (or account) says. A value that only a default changed has no line
    of its own: the line that changed the default (`protected`) is among the changes.
    """
    old, new = ({stack.name: stack for stack in inventory(each.system)} for each in (before, after))
    shown = _Shown(before.texts, after.texts, secrets_of(before) | secrets_of(after))
    by_stack = {
        name: tuple(
            sorted({shown.change(each) for each in _stack(before, old.get(name), after, new.get(name))}, key=_order)
        )
        for name in {**new, **old}
    }
    return {name: each for name, each in by_stack.items() if each}


def secrets_of(declarations: Declarations) -> Secrets:
    """What a declaration names as a secret, wherever it stands; with the credentials in its texts."""
    trees = [_without_references(plain(tree, file_text)) for tree in declarations.files.values()]
    by_name = (each for tree in trees for each in found(tree))
    return Secrets(named=found_elsewhere(by_name, lambda: names_in(*trees)))


def _without_references(tree: Any) -> Any:
    """A file's tree with `secrets` as a list: where a secret is kept tells nobody what it is, whatever takes it."""
    if not isinstance(tree, Mapping):
        return tree
    return {
        name: {each: _by_place(part) for each, part in value.items()}
        if name in ("services", "jobs", "tasks", "defaults") and isinstance(value, Mapping)
        else _without_references(value)
        for name, value in tree.items()
    }


def _by_place(part: Any) -> Any:
    if not isinstance(part, Mapping) or not isinstance(taken := part.get("secrets"), Mapping):
        return part
    return {**{name: value for name, value in part.items() if name != "secrets"}, "kept": [*taken.values()]}


def _order(change: Change) -> tuple[str, int, int, str]:
    return change.file, change.line, change.column, change.path


class _Shown:
    """Puts comments beside differences, both without secrets; a file's are read when something in it differs."""

    def __init__(self, before: Mapping[str, str], after: Mapping[str, str], secrets: Secrets) -> None:
        self._texts = {True: before, False: after}
        self._secrets = secrets
        self._comments: dict[tuple[bool, str], Comments] = {}

    def change(self, difference: _Difference) -> Change:
        at, key = difference.at, difference.node.key
        known = self._of(difference.old_line, at.file)
        comment = known.reason(at.line) or (known.reason(key.line) if key.file == at.file else None)
        path = difference.node.path
        return Change(
            file=at.file,
            line=at.line,
            column=at.column,
            path=dotted(path),
            before=self._text(difference.before, path),
            after=self._text(difference.after, path),
            comment=self._beside(comment, path) if comment else None,
            old_line=difference.old_line,
            hidden=tuple(dict.fromkeys((*self._why(difference.before, path), *self._why(difference.after, path)))),
        )

    def _why(self, value: Any, path: tuple[str, ...]) -> tuple[str, ...]:
        if value is _ABSENT or (decides(path) and not isinstance(value, Mapping)):
            return ()
        value = hidden(value, *reversed(path[-2:]))
        return self._secrets.why(value if isinstance(value, str) else _flow(value))

    def _text(self, value: Any, path: tuple[str, ...]) -> str | None:
        if value is _ABSENT:
            return None
        if decides(path) and not isinstance(value, Mapping):
            marked = self._secrets.marked
            remove = marked.remove if may_hold_credentials(path) else marked.remove_known
            return cut(visible(remove(value or '""' if isinstance(value, str) else _flow(value))), _LONGEST)
        value = hidden(value, *reversed(path[-2:]))
        text = (value or '""') if isinstance(value, str) else _flow(value)
        return cut(visible(self._secrets.remove(text)), _LONGEST)

    def _beside(self, comment: str, path: tuple[str, ...]) -> str:
        text = self._secrets.remove(comment)
        return visible(without_made_up(text) if path and names_secret(path[-1]) else text)

    def _of(self, old: bool, file: str) -> Comments:
        if (old, file) not in self._comments:
            self._comments[old, file] = comments(self._texts[old].get(file, ""))
        return self._comments[old, file]


def _stack(before: Declarations, old: Stack | None, after: Declarations, new: Stack | None) -> Iterator[_Difference]:
    if old is None and new is not None:
        tree = _tree(after, new)
        yield _Difference(tree, tree.key, _ABSENT, _own(tree, tree))
    elif new is None and old is not None:
        tree = _tree(before, old)
        yield _Difference(tree, tree.key, _own(tree, tree), _ABSENT, old_line=True)
    elif old is not None and new is not None:
        yield from _values(before.name, after.name)
        if old.kind != "common" and old.account == new.account:
            accounts = (before.accounts.mapping[old.account], after.accounts.mapping[new.account])
            yield from _values(*(_only(account, _ACCOUNT) for account in accounts))
        yield from _values(_tree(before, old), _tree(after, new))


def _tree(declarations: Declarations, stack: Stack) -> Node:
    """What the stack is made of."""
    if stack.kind == "common":
        return declarations.accounts.mapping[stack.account]
    tree = declarations.environments[stack.environment] if stack.environment else declarations.review
    assert tree is not None  # the inventory is made of the same declarations
    return tree


def _only(node: Node, keys: tuple[str, ...]) -> Node:
    return replace(node, value={key: item for key, item in node.mapping.items() if key in keys})


def _values(old: Node, new: Node) -> Iterator[_Difference]:
    """The differences of what both have."""
    if isinstance(old.value, Mapping) and isinstance(new.value, Mapping):
        for key in {**new.value, **old.value}:
            one, other = old.value.get(key), new.value.get(key)
            if one is not None and other is not None:
                yield from _values(one, other)
            elif other is not None:
                yield from _came(other)
            elif one is not None:
                yield from _went(one, new, key)
    elif plain(old) != plain(new) and not (_default(old) and _default(new)):
        node = old if _default(new) else new
        at = _changed_item(old, new) if node is new else _place(old)
        yield _Difference(node, at, _named(old), _named(new), old_line=node is old)


def _named(node: Node) -> Any:
    """The plain value; of a file's text its name and what tells it from others, as only a part of it would be shown."""
    return plain(node, lambda text: f"{text.said}, SHA-256 {hashlib.sha256(file_text(text).encode()).hexdigest()[:8]}…")


def _came(node: Node) -> Iterator[_Difference]:
    if not _default(node):
        yield _Difference(node, _place(node), _ABSENT, _own(node, node))
        for stranger in _strangers(node, node):
            yield from _came(stranger)


def _went(node: Node, parent: Node, key: str) -> Iterator[_Difference]:
    """What is gone from a mapping: shown at the `null` that took it away, if one did."""
    removal = parent.removed.get(key)
    if removal is not None:
        yield _Difference(removal.by, removal.by.at, _own(node, node), _ABSENT)
    elif not _default(node):
        yield _Difference(node, _place(node), _own(node, node), _ABSENT, old_line=True)
        for stranger in _strangers(node, node):
            yield from _went(stranger, parent, "")


def _default(node: Node) -> bool:
    """Whether it is written nowhere."""
    return node.source.startswith("default")


def _place(node: Node) -> Position:
    return node.key if isinstance(node.value, Mapping) else node.at


def _changed_item(old: Node, new: Node) -> Position:
    """Where the new value stands; of a list its first new item."""
    if isinstance(new.value, tuple):
        known = [plain(item) for item in old.value] if isinstance(old.value, tuple) else []
        return next((item.at for item in new.value if plain(item) not in known), new.at)
    return _place(new)


def _stands_in(node: Node, root: Node) -> bool:
    """Whether it is written in the part of the file that `root` is."""
    return node.at.file == root.at.file and node.path[: len(root.path)] == root.path and not _default(node)


def _own(node: Node, root: Node) -> Any:
    """The plain value, of a mapping what of it is written in the part of the file that `root` is."""
    if not isinstance(node.value, Mapping):
        return _named(node)
    return {
        key: _own(item, root)
        for key, item in node.value.items()
        if _stands_in(item, root) or (isinstance(item.value, Mapping) and _own(item, root))
    }


def _strangers(node: Node, root: Node) -> Iterator[Node]:
    """The values in it that another file, or another part of the file, laid over it."""
    for item in node.mapping.values():
        if isinstance(item.value, Mapping):
            if _stands_in(item, root):
                yield from _strangers(item, root)
            elif not _default(item):
                yield item
        elif not _stands_in(item, root) and not _default(item):
            yield item


def _flow(value: Any) -> str:
    """A value as YAML in one line."""
    match value:
        case dict():
            return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{', '.join(map(_flow, value))}]"
        case None:
            return "null"
        case str() if value == HIDDEN:
            return value
        case _:
            return written(value)
