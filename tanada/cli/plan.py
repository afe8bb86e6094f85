"""`tanada plan`: what Terraform would do, stack by stack, saved for apply and reported for comments."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from tanada.cli import options
from tanada.cli.diff import compared
from tanada.cli.output import note, outcome_data, progress, say, show_leftovers, show_outcomes
from tanada.cli.running import Run, choose_stacks, context, frame, reporting_failure, running, synthesize
from tanada.errors import TanadaError, TerraformError
from tanada.terraform import images, leftovers, parallel, records, reports, seal, workspaces
from tanada.terraform import plan as planning
from tanada.terraform.folders import open_folders

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.terraform.changes_since import Changed
    from tanada.terraform.leftovers import Leftover
    from tanada.terraform.plan import Outcome
    from tanada.terraform.reports import Frame
    from tanada.terraform.session import Context


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
    strict: Annotated[bool, typer.Option("--strict", help="A stack that waits for common is an error.")] = False,
    jobs: options.Jobs = None,
    no_synth: options.NoSynth = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
) -> None:
    """Plan stacks in parallel, save the plans for `tanada apply`, and show what they do.

    Each stack's report goes to .tanada/reports/, for `tanada comment`. With TANADA_PLAN_KEY saved plans are sealed.
    """
    if changed_since and no_synth:
        raise TerraformError("--changed-since synthesizes both sides: it can't go with --no-synth.")
    key = seal.key(os.environ)
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

        reports.empty(run.layout.reports)
        commit = records.commit(run.root, os.environ, run.processes)
        shared = frame("plan", commit, offline=offline)
        changed: Changed | None = None
        with reporting_failure(run, targets, shared):
            if changed_since:
                changed = compared(run.root, run.processes, changed_since)
                shared = replace(shared, base=changed.base, everything_changed=changed.reason)
                targets = [target for target in targets if target.stack.name in changed.stacks]
            elif not no_synth:
                synthesize(run)
            terraform = context(run, offline=offline, stacks=[target.stack for target in targets])
            shared = replace(shared, terraform=terraform.says)
            for label in records.discard_others(run.layout, targets, commit.id):
                note(f"{label}: its saved plan is deleted, it was made at another commit and isn't planned now.")
            with open_folders(terraform) as folders, progress([target.label for target in targets]) as on_steps:
                outcomes = parallel.each(
                    targets,
                    lambda target: planning.plan(
                        terraform,
                        folders,
                        planning.request(run.system, target, given),
                        commit,
                        on_steps(target.label),
                        key,
                    ),
                    jobs or parallel.default_jobs(),
                )
        looking = not stacks or _looks_for_all(run, chosen, changed)
        left = _leftovers(run, terraform) if looking and not run.processes.stopped else []
        _report(run, outcomes, left, shared, changed)
        reports.end(run.layout.reports, "plan")
        if as_json:
            say(json.dumps(outcome_data(outcomes, terraform.says), indent=2, sort_keys=True))
        else:
            show_outcomes(outcomes, run.layout, terraform.says, offline=terraform.offline)
            show_leftovers(left)
    raise typer.Exit(options.exit_code(outcomes, strict=strict))


def _looks_for_all(run: Run, named: Sequence[Stack], changed: Changed | None) -> bool:
    """Whether a run on named stacks looks for states without a declaration: in CI these are a shard of all stacks."""
    from tanada.forge.ci import detect  # here: it reads the CI's event

    if detect(os.environ) is None:
        return False
    return bool(changed.gone) if changed else run.stacks[0] in named


def _leftovers(run: Run, terraform: Context) -> list[Leftover]:
    """States without a declaration; not to be able to look is no reason to fail the plans."""
    if terraform.offline:
        return leftovers.offline(run.layout, run.stacks)
    try:
        return leftovers.in_buckets(run.stacks, run.system.name)
    except TanadaError as error:
        note(f"States without a declaration were not looked for. {error}")
        return []


def _report(
    run: Run, outcomes: Sequence[Outcome], left: Sequence[Leftover], shared: Frame, changed: Changed | None
) -> None:
    for outcome in outcomes:
        stack = outcome.target.stack
        report = reports.report(
            outcome,
            run.stacks,
            shared,
            reasons=reports.reasons(changed.declaration.get(stack.name, ())) if changed else (),
            # With credentials the plan says it better.
            configuration=changed.configuration.get(stack.name, ()) if changed and shared.offline else (),
        )
        reports.write(run.layout.reports, report)
    for leftover in left:
        reports.write(run.layout.reports, reports.undeclared(leftover, shared))
