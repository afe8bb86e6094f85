"""`tanada plan`: what Terraform would do, stack by stack, saved for apply."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from tanada.cli import options
from tanada.cli.running import choose_stacks, context, resolve_credentials, running, synthesize
from tanada.cli.showing import outcome_data, progress, say, show_outcomes
from tanada.terraform import images, parallel, planning, records, workspaces
from tanada.terraform.layout import Target
from tanada.terraform.places import open_places
from tanada.terraform.planning import Request

if TYPE_CHECKING:
    from tanada.declarations import System  # models, which take their time to load


def plan(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks; where none is named, all but review (with --workspace: it too).")
    ] = None,
    workspace: options.Workspace = None,
    image: options.Image = None,
    offline: options.Offline = False,
    strict: Annotated[bool, typer.Option("--strict", help="A stack that waits for common is an error.")] = False,
    jobs: options.Jobs = None,
    no_synth: options.NoSynth = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
) -> None:
    """Plan stacks in parallel, save the plans for `tanada apply`, and show what they do."""
    with running() as run:
        if stacks:
            chosen = choose_stacks(run.stacks, stacks)
        else:
            chosen = [stack for stack in run.stacks if stack.kind != "review" or workspace]
        domain = run.system.review.domain if run.system.review else None
        workspaces.check_used(workspace, chosen)
        targets = [workspaces.choose(stack, workspace if stack.kind == "review" else None, domain) for stack in chosen]
        given = images.parse(image or [])
        images.check_known(given, {name for target in targets for name in images.used(run.system, target.stack)})

        if not no_synth:
            synthesize(run)
        terraform = context(run, offline=offline, credentials=resolve_credentials(offline=offline))
        commit = records.commit(run.root, os.environ, run.processes)
        with open_places(terraform) as places, progress([target.label for target in targets]) as reports:
            outcomes = parallel.each(
                targets,
                lambda target: planning.plan(
                    terraform, places, _request(run.system, target, given), commit, reports(target.label)
                ),
                jobs or parallel.default_jobs(),
            )
        if as_json:
            say(json.dumps(outcome_data(outcomes, terraform.says), indent=2, sort_keys=True))
        else:
            show_outcomes(outcomes, run.layout, terraform.says)
    raise typer.Exit(options.exit_code(outcomes, strict=strict))


def _request(system: System, target: Target, given: dict[str, str]) -> Request:
    return Request(
        target=target,
        images=images.used(system, target.stack),
        given=given,
        limit=system.review.limit if system.review and target.stack.kind == "review" else None,
    )
