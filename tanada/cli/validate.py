"""`tanada validate`: what `terraform validate` says of each stack."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli import options
from tanada.cli.output import note, progress, say, show_problems
from tanada.cli.running import choose_stacks, context, running, synthesize
from tanada.terraform import parallel, plan
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target


def validate(
    stacks: Annotated[list[str] | None, typer.Argument(help="Stacks; all of them where none is named.")] = None,
    offline: options.Offline = False,
    jobs: options.Jobs = None,
    no_synth: options.NoSynth = False,
) -> None:
    """Check every stack's configuration against the provider's schema; needs no credentials."""
    with running() as run:
        chosen = choose_stacks(run.stacks, stacks) if stacks else list(run.stacks)
        if not no_synth:
            synthesize(run)
        terraform = context(run, offline=offline)
        targets = [Target(stack) for stack in chosen]
        with open_folders(terraform) as folders, progress([target.label for target in targets]) as reports:
            outcomes = parallel.each(
                targets,
                lambda target: plan.validate(terraform, folders, target, reports(target.label)),
                jobs or parallel.default_jobs(),
            )
        show_problems(outcomes, run.layout)
        for outcome in outcomes:
            say(f"{outcome.target.label}: {outcome.status} ({terraform.says})")
    code = options.exit_code(outcomes)
    if code:
        note("Not every stack is valid.")
        raise typer.Exit(code)
