"""`tanada image-tag`: the tag of an image by the commit that last changed its folder."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli.output import running, say
from tanada.terraform import image_tag as tags


def image_tag(
    image: Annotated[str, typer.Argument(help="One of common.images, with a folder.")],
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="For building the same commit again: a tag that no registry holds yet.")
    ] = False,
) -> None:
    """Print the tag of an image: the commit that last changed its folder, or the newest build of it.

    With --rebuild the next one, where that commit was built before: it ends in -r2, -r3 and so on. Asks each account's
    registry.
    """
    with running() as run:
        tag = tags.to_rebuild(run, image) if rebuild else tags.to_run(run, image)
        say(tag)
