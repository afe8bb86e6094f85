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
) -> None:
    """Run `terraform ARGS` in one stack, initialised, with the same version, credentials and image tags as plan.

    None of Tanada's guards hold here but Terraform's own. The stack review may be run without a workspace.
    """
    with running() as run:
        code = command(run, stack, workspace, arguments, offline=offline, no_synth=no_synth, streams=log.streams())
    raise typer.Exit(code)
