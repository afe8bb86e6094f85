"""`tanada terraform`: any Terraform command on one stack, the way out."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli import log, options
from tanada.cli.output import running
from tanada.terraform.command import command


def terraform(
    stack: Annotated[str, typer.Argument(help="The stack.")],
    arguments: Annotated[list[str], typer.Argument(metavar="-- ARGS", help="What follows `terraform`.")],
    workspace: options.Workspace = None,
    offline: options.Offline = False,
    no_synth: options.NoSynth = False,
    protected: options.Protected = None,
) -> None:
    """Run `terraform ARGS` in one stack, initialised, with the same version, credentials and image tags as plan.

    What changes something asks for --protected as apply does, and destroy for removal: delete, applied; no other of
    Tanada's guards holds here. The stack review may be run without a workspace, a stack that is declared no more as
    long as its state holds something.
    """
    with running() as run:
        code = command(
            run,
            stack,
            workspace,
            arguments,
            offline=offline,
            no_synth=no_synth,
            protected=protected,
            streams=log.streams(),
        )
    raise typer.Exit(code)
