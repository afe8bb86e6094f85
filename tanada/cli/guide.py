"""`tanada guide`: the pages of docs/, which come with Tanada, so that they say what this one does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import say
from tanada.errors import TanadaError
from tanada.text import meant, quoted

_PACKAGE = Path(__file__).parents[1]


def guide(
    topic: Annotated[str, typer.Argument(metavar="[TOPIC]", help="A page, such as terraform, or a capability.")] = "",
) -> None:
    """Print a page of the guide; without a topic the list of pages."""
    known = pages()
    if not topic:
        width = max(map(len, known))
        for name, file in known.items():
            say(f"{name:{width}}  {file.read_text(encoding='utf-8').splitlines()[0].removeprefix('# ')}")
        return
    page = known.get(topic) or known.get(f"capabilities/{topic}")
    if page is None:
        near = meant(topic, {*known, *(each.stem for each in known.values())}) or "; `tanada guide` lists them"
        raise TanadaError(f"There is no page {quoted(topic)}{near}")
    say(page.read_text(encoding="utf-8").rstrip("\n"))


def pages() -> dict[str, Path]:
    """Topic → its page: those of docs/ first, then one for each capability."""
    shipped = _PACKAGE / "guide"
    folder = shipped if shipped.is_dir() else _PACKAGE.parent / "docs"  # a checkout has them beside the package
    found = [*sorted(folder.glob("*.md")), *sorted((folder / "capabilities").glob("*.md"))]
    return {page.relative_to(folder).with_suffix("").as_posix(): page for page in found if page.stem != "README"}
