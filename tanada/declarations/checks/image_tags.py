"""Checks of `image_tags`: it names another permanent environment, whose own tags come from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scopes
from tanada.declarations.tree import mistake
from tanada.text import meant, one_of, quoted


def check_image_tags(system: Scopes) -> Iterator[Mistake]:
    names = [scope.name for scope in system.everyone if scope.kind == "environment"]
    sources = {scope.name: scope.tags_from for scope in system.everyone if scope.kind == "environment"}
    said: set[str] = set()
    for scope in system.everyone:
        if scope.kind != "environment" or scope.tags_from is None:
            continue
        others = sorted(name for name in names if name != scope.name)
        if scope.tags_from == scope.name:
            sentence = f"{quoted(scope.tags_from)} is this environment itself; {one_of(others)}"
            yield mistake(scope.tree, ["image_tags", "from"], sentence)
        elif scope.tags_from not in names:
            sentence = f"{quoted(scope.tags_from)} is no permanent environment; {one_of(others)}"
            yield mistake(scope.tree, ["image_tags", "from"], sentence + meant(scope.tags_from, others))
        elif scope.name not in said and (circle := _circle(scope.name, sources)):
            said.update(circle)
            way = ", which takes them from ".join(circle[1:])
            sentence = f"takes its tags from {way}: none of them gets a first one; take image_tags out of one"
            yield mistake(scope.tree, ["image_tags", "from"], sentence)


def _circle(name: str, sources: Mapping[str, str | None]) -> list[str]:
    """From an environment back to itself; nothing where its tags come from elsewhere."""
    way = [name]
    while (source := sources.get(way[-1])) is not None and source not in way[1:]:
        way.append(source)
        if source == name:
            return way
    return []
