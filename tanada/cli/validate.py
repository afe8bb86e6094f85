"""`tanada validate`: what `terraform validate` says of each stack."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli import options, tables
from tanada.cli.output import note, running, tell
from tanada.terraform import validate as validating


def validate(
    stacks: Annotated[list[str] | None, typer.Argument(help="Stacks; all of them where none is named.")] = None,
    offline: options.Offline = False,
    jobs: options.Jobs = None,
    no_synth: options.NoSynth = False,
) -> None:
    """Check every stack's configuration against the provider's schema; needs no credentials."""
    with running() as run:
        outcomes, terraform = validating.validate(run, stacks or (), offline=offline, jobs=jobs, no_synth=no_synth)
        tables.show_problems(outcomes, run.layout)
        for outcome in outcomes:
            tell(f"{outcome.target.label}: {outcome.status} ({terraform})")
    code = options.exit_code(outcomes)
    if code:
        note("Not every stack is valid.")
        raise typer.Exit(code)
