"""Patches and imports that don't fit what the stacks have: told by the stacks, shown where they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tanada.declarations.loader import Declarations, compose
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.tree import Node, mistake
from tanada.errors import DeclarationError


def placed(root: Path, unfit: Mapping[str, Sequence[tuple[Loc, str]]]) -> DeclarationError:
    """The error that says, by file and line, what of which stack's patches and imports doesn't fit: the ways,
    with the field first."""
    declarations = compose(root)
    found: dict[object, list[tuple[str, Mistake]]] = {}
    for stack, each in unfit.items():
        for loc, sentence in each:
            said = mistake(_tree(declarations, stack), loc, sentence, at_key=True)
            found.setdefault((said.place, said.path), []).append((stack, said))
    return DeclarationError.of(_in(several) for several in found.values())


def _in(several: Sequence[tuple[str, Mistake]]) -> Mistake:
    """What all inherit and doesn't fit some is said once, with their names."""
    from dataclasses import replace

    first, names = several[0][1], [stack for stack, _ in several]
    return replace(first, sentence=f"{first.sentence} ({', '.join(names)})")


def _tree(declarations: Declarations, stack: str) -> Node:
    kind, _, name = stack.partition("-")
    if kind == "common":
        common = declarations.accounts.find([name, "common"])
        assert common is not None, "a stack of its own was made of it"
        return common
    if kind == "environment":
        return declarations.environments[name]
    assert declarations.review is not None, "likewise"
    return declarations.review
