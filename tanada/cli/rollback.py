"""`tanada rollback`: deploy what worked before."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli import options
from tanada.cli.output import running
from tanada.declarations.lookup import find_stack
from tanada.terraform import images
from tanada.terraform.layout import Target
from tanada.terraform.run import ChangeOptions


def rollback(
    environment: Annotated[str, typer.Argument(metavar="ENV", help="An environment's name.")],
    service: Annotated[
        str | None,
        typer.Argument(metavar="SERVICE", help="Whose images go back; else those that the last apply changed."),
    ] = None,
    image: Annotated[
        list[str] | None,
        typer.Option("--image", metavar="NAME=TAG", help="Another tag that worked, of the ten that are remembered."),
    ] = None,
    offline: options.Offline = False,
    yes: options.Yes = False,
    verbose: options.Verbose = False,
    protected: options.Protected = None,
    no_synth: options.NoSynth = False,
) -> None:
    """Plan an environment with the image tags that worked before those that run, show it, ask, and apply it.

    A tag worked once an apply with it has ended well. Where the last one failed, the one that worked last is taken. All
    that runs an image goes back with it, and a tag that was taken back is not gone back to. Whatever else the
    declaration says that isn't applied is applied too: look at the plan, or check out the commit that runs.
    """
    tags = images.parse(image or ())
    asked = ChangeOptions(offline=offline, yes=yes, protected=protected, no_synth=no_synth)
    with running(verbose=verbose) as run:
        from tanada.terraform.rollback import rollback as back  # no `--help` needs it

        back(run, Target(find_stack(run.stacks, environment)), service, tags, asked)
