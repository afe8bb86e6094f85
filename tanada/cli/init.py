"""`tanada init NAME`: a new team's repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import tell
from tanada.errors import TanadaError


def init(
    name: Annotated[str, typer.Argument(help="The new folder; its last word names the system.")],
    system: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="web-product|corporate-site|wordpress",
            help="What it begins as: tanada guide systems says which is yours.",
        ),
    ] = "web-product",
) -> None:
    """Write a new repository: declarations to start from, main.py, the pinned Terraform, and this Tanada itself."""
    from tanada.templates import write_repository
    from tanada.templates.wheel import installed

    if not name.strip():  # a variable of the shell's that is not set; a Path would be the folder in which we are
        raise TanadaError("The new folder has no name: say it, as in tanada init my-system")
    written = write_repository(Path(name), installed, system)
    tell(f"{name}: {len(written)} files written.")
    tell("Next: cd there, read README.md, put your account and domains into system.yaml, then `tanada check`.")
