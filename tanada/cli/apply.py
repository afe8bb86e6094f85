"""`tanada apply`: carry out the saved plan of one stack, if it is still what it was made from."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from tanada.cli import options
from tanada.cli.running import (
    check_can_ask,
    confirm,
    context,
    find_target,
    resolve_credentials,
    running,
    synthesize,
)
from tanada.cli.showing import say, steps
from tanada.plan import achieved, render
from tanada.plan import summary as summary_of
from tanada.terraform import guards, planning, records, workspaces
from tanada.terraform.places import open_places


def apply(
    stack: Annotated[str, typer.Argument(help="The stack.")],
    workspace: options.Workspace = None,
    offline: options.Offline = False,
    yes: options.Yes = False,
    protected: options.Protected = None,
    destroy: options.Destroy = None,
    no_synth: options.NoSynth = False,
) -> None:
    """Apply the plan that `tanada plan` saved; a stale one is refused, with what differs."""
    with running() as run:
        target = find_target(run, stack, workspace)
        folder = run.layout.plans(target)
        record = records.read(folder, target, offline=offline)
        guards.check_protected(target.stack, protected)
        check_can_ask(yes=yes)

        if not no_synth:
            synthesize(run)
        terraform = context(run, offline=offline, credentials=resolve_credentials(offline=offline))
        commit = records.commit(run.root, os.environ, run.processes)
        with (
            open_places(terraform) as places,
            planning.session(terraform, places, target, steps(target.label)) as session,
        ):
            session.init()
            existing: tuple[str, ...] = ()
            if target.workspace:
                existing = session.workspaces()
                records.check_workspace(target.label, record.origin, existing)
                session.select(target.workspace)
            state = session.state()
            records.check_fresh(target.label, record.origin, planning.origin(terraform, target, commit, state))
            summary = summary_of(session.show(folder / records.PLAN), target.stack)

            guards.check_named(summary, destroy or [])
            if guards.keeps(run.system, target.stack):
                guards.check_kept(summary, destroy or [])
            if target.workspace and run.system.review and not state.resources:
                workspaces.check_room(target.workspace, existing, run.system.review.limit)
            say(f"{target.label}: {render(summary)}")
            if not summary.empty:
                confirm(run, f"Apply this to {target.label} ({terraform.says})?", yes=yes)
                try:
                    session.apply(folder / records.PLAN)
                finally:
                    records.discard(folder)  # the state is another one now, however far it got
                say(f"{target.label}: applied: {achieved(summary)} ({terraform.says}).")
