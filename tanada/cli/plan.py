"""`tanada plan`: what Terraform would do, stack by stack, saved for apply and reported for comments."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from tanada.cli import options, tables
from tanada.cli.output import running, say
from tanada.terraform import guards, images
from tanada.terraform.plan import PlanOptions
from tanada.terraform.plan import plan as plan_stacks


def plan(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks; where none is named, all but review (with --workspace: it too).")
    ] = None,
    changed_since: Annotated[
        str | None,
        typer.Option("--changed-since", metavar="REF", help="Of those, what differs from the merge base with REF."),
    ] = None,
    workspace: options.Workspace = None,
    image: options.Image = None,
    offline: options.Offline = False,
    protected: Annotated[
        str | None,
        typer.Option(
            "--protected",
            metavar="ACCOUNT",
            help="Taken as apply takes it: one command line serves both, a plan needs none.",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A stack that waits for common is an error.")] = False,
    jobs: options.Jobs = None,
    no_synth: options.NoSynth = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
) -> None:
    """Plan stacks in parallel, save the plans for `tanada apply`, and show what they do.

    Each stack's report goes to .tanada/reports/, for `tanada comment`. With TANADA_PLAN_KEY saved plans are sealed.
    """
    asked = PlanOptions(
        stacks=stacks or (),
        workspace=workspace,
        changed_since=changed_since,
        images=images.parse(image or ()),
        offline=offline,
        jobs=jobs,
        no_synth=no_synth,
    )
    with running() as run:
        guards.check_account(protected, {stack.account for stack in run.stacks if stack.protected})
        plans = plan_stacks(run, asked)
        if as_json:
            outcomes = tables.outcome_data(plans.outcomes, plans.terraform, offline=offline)
            say(json.dumps(outcomes, indent=2, sort_keys=True))
        else:
            tables.show_outcomes(plans.outcomes, run.layout, plans.terraform, offline=offline)
            tables.show_leftovers(plans.leftovers, run.stacks)
    raise typer.Exit(options.exit_code(plans.outcomes, strict=strict))
