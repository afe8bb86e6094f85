"""What a declaration says of a team's own `extensions/<kind>.py`, held to the files that there are; none of them is
run, or read, for that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tanada.declarations.mistakes import Mistake, Position
from tanada.declarations.scopes import Scopes
from tanada.declarations.tree import mistake
from tanada.declared.extensions import FOLDER, KINDS, Extension, file_of
from tanada.text import nearest


def wrong(root: Path, system: Scopes) -> Iterator[Mistake]:
    """What nothing makes, and files that look like an extension's and are called otherwise."""
    folder = root / FOLDER
    names = sorted(each.name for each in folder.iterdir() if each.suffix == ".py") if folder.is_dir() else []
    for name in names:
        if (kind := nearest(name[: -len(".py")], KINDS)) is not None and name != f"{kind}.py":
            yield Mistake(Position(f"{FOLDER}/{name}"), "", f"is not read; {kind}.py is, so give it that name")
    found: dict[object, Mistake] = {}
    for scope in system.instances:
        file = file_of(scope.kind)
        extended = [name for name, part in scope.parts.items() if isinstance(part, Extension)]
        for name in extended if not (root / file).is_file() else ():
            sentence = f"nothing makes it: there is no {file}; write it, with a function reachable(it)"
            said = mistake(scope.tree, ("extensions", name), sentence, at_key=True)
            found.setdefault((said.place, said.sentence), said)
    yield from found.values()
