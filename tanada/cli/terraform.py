"""`tanada terraform`: any Terraform command on one stack, the way out."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli import options
from tanada.cli.output import steps
from tanada.cli.running import context, find_stack, find_target, running, synthesize
from tanada.terraform import plan
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target

_WITH_VARIABLES = {"apply", "console", "destroy", "import", "plan", "refresh"}


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
        target = find_target(run, stack, workspace) if workspace else Target(find_stack(run.stacks, stack))
        if not no_synth:
            synthesize(run)
        chosen = context(run, offline=offline, stacks=[target.stack])
        with (
            open_folders(chosen) as folders,
            plan.session(chosen, folders, target, steps(target.label)) as session,
        ):
            session.init()
            if target.workspace:
                session.select(target.workspace)
            tags = session.state().image_tags if arguments[0] in _WITH_VARIABLES else {}
            code = session.attached(arguments, plan.variables(run.layout, target, tags) if tags else {})
    raise typer.Exit(code)
