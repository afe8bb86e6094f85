"""`tanada destroy`: take down one stack or one review environment."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli import options
from tanada.cli.output import running
from tanada.terraform import destroy as destroying
from tanada.terraform import gone
from tanada.terraform.run import ChangeOptions


def destroy(
    stack: Annotated[str, typer.Argument(help="The stack.")],
    workspace: options.Workspace = None,
    offline: options.Offline = False,
    yes: options.Yes = False,
    verbose: options.Verbose = False,
    protected: options.Protected = None,
    destroy: options.Destroy = None,
    no_synth: options.NoSynth = False,
) -> None:
    """Destroy everything in one stack; of the stack review, one workspace, which goes too."""
    with running(verbose=verbose) as run:
        target = gone.target(run, stack, workspace, offline=offline)
        asked = ChangeOptions(offline=offline, yes=yes, protected=protected, destroy=destroy or (), no_synth=no_synth)
        destroying.destroy(run, target, asked)
