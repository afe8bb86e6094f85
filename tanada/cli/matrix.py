"""`tanada matrix`: the plans of a fleet as jobs of the team's own CI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.diff import since_ref
from tanada.cli.output import note
from tanada.forge.ci import ForgeName
from tanada.terraform import own
from tanada.terraform import shards as dealing
from tanada.terraform.process import Processes


def matrix(
    forge: Annotated[ForgeName, typer.Option("--forge", help="For whose CI.")],
    shards: Annotated[
        int | None,
        typer.Option("--shards", min=1, max=dealing.MOST_JOBS, help="Jobs; else one for 20 stacks, 20 at most."),
    ] = None,
    changed_since: Annotated[
        str | None, typer.Option("--changed-since", metavar="REF", help="Only stacks that differ since REF.")
    ] = None,
) -> None:
    """Print a GitHub Actions matrix or a GitLab child pipeline of jobs that plan the stacks, common ones first."""
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load

    root = own.root_of(Path.cwd(), os.environ, Processes())
    changed = since_ref(changed_since) if changed_since is not None else None
    stacks = inventory(load(root))
    wanted = None if changed is None else set(changed.stacks)
    if changed and changed.gone and not wanted:
        wanted = {stacks[0].name}  # one job, to look for what a stack left behind that is declared no more
    # Review has no plan by itself: its workspaces have.
    meant = [stack.name for stack in stacks if stack.created and stack.kind != "review"]
    names = [name for name in meant if wanted is None or name in wanted]
    dealt = dealing.shards(names, shards)
    note(f"Stacks: {len(names)}; jobs: {len(dealt)}.")
    typer.echo(dealing.github(dealt) if forge == "github" else dealing.gitlab(dealt), nl=forge == "github")
