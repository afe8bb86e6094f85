"""Checks of `image_tags`: it names another permanent environment."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scopes
from tanada.declarations.tree import mistake
from tanada.text import meant, one_of, quoted


def check_image_tags(system: Scopes) -> Iterator[Mistake]:
    names = [scope.name for scope in system.everyone if scope.kind == "environment"]
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
