"""Checks of `patches`: types and arguments that the provider has, and values of theirs. Which addresses there are, only
the stacks know (`tanada/declarations/unfit.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import Node, has_broken, mistake, plain, walk
from tanada.declared.patches import Address, of_container
from tanada.text import nearest_first, quoted

FIELD = "patches"


def check_patches(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _of_scope)
    found: dict[object, Mistake] = {}
    for name in system.layers:
        if (common := system.top.find(["accounts", name, "common"])) is not None:
            for each in _wrong(common):
                found.setdefault((each.place, each.path, each.sentence), each)
    yield from found.values()


def _of_scope(scope: Scope) -> Iterator[Mistake]:
    yield from _wrong(scope.tree)


def _wrong(tree: Node) -> Iterator[Mistake]:
    patches = tree.find([FIELD])
    for address, node in patches.mapping.items() if patches is not None else ():
        if not _is_address(address) or not node.mapping or has_broken(node):
            continue
        for loc, sentence in _of(address, plain(node)):
            yield mistake(tree, (FIELD, address, *loc), sentence, at_key=_named(node, loc))
        yield from _emptied(tree, node, (FIELD, address))


def _named(node: Node, loc: Loc) -> bool:
    """Whether its key is shown, and not the value: what is written in a list has none."""
    found = node.find(loc)
    return found is not None and found.key != found.at


def _is_address(address: str) -> bool:
    try:
        TypeAdapter(Address).validate_python(address)
    except ValidationError:
        return False
    return True


def _of(address: str, said: dict[str, Any]) -> Iterator[tuple[Loc, str]]:
    from tanada.declarations import arguments  # reads the provider's schema

    resource, container = of_container(address)
    type_ = resource.partition(".")[0]
    if type_ not in arguments.types():
        near = nearest_first(type_, [each for each in arguments.types() if each[:6] == type_[:6]])[:1]
        yield (), f"there is no type {quoted(type_)}" + (f'; did you mean "{near[0]}"?' if near else "")
        return
    wrong: list[arguments.Wrong] = []
    if container is None:
        arguments.of_resource(type_, said, wrong)
    else:
        arguments.of_container(said, wrong)
    yield from wrong


def _emptied(tree: Node, node: Node, at: tuple[str, ...]) -> Iterator[Mistake]:
    """What is there by name alone, and takes nothing away of a lower layer."""
    for loc, each in walk(node):
        for key, removal in each.removed.items():
            if loc and not removal.effective:
                yield mistake(tree, (*at, *loc, key), "is empty; write what it is, or take it out", at_key=True)
