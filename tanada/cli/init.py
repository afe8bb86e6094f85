"""`tanada init NAME`: a new team's repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import say


def init(name: Annotated[Path, typer.Argument(help="The new folder; its last word names the system.")]) -> None:
    """Write a new repository: declarations to start from, main.py, the pinned Terraform, and this Tanada itself."""
    from tanada.templates import write_repository
    from tanada.templates.wheel import installed

    written = write_repository(name, installed)
    say(f"{name}: {len(written)} files written.")
    say("Next: cd there, read README.md, put your account and domains into system.yaml, then `tanada check`.")
