"""Taking down one stack, or one workspace of review with the workspace itself."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.declarations import content
from tanada.errors import AwsError
from tanada.plan import Summary, achieved, render
from tanada.plan import summary as summary_of
from tanada.terraform import generated, gone, guards, lasting, ran, records, removal, variables, workspaces
from tanada.terraform.folders import occupied_offline, open_folders
from tanada.terraform.layout import Target
from tanada.terraform.run import ChangeOptions, Run, check_can_ask, check_protected, confirm, ready, synthesize
from tanada.terraform.session import Session

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


def destroy(run: Run, target: Target, options: ChangeOptions) -> None:
    """Destroy everything in a target, once nothing rests on it and somebody says yes."""
    removal.check_declared(run.root, run.system, target.stack)
    check_protected(run, target.stack, options.protected)
    check_can_ask(run, yes=options.yes)

    terraform = ready(run, options, [target.stack])
    check_unused(run, target.stack, offline=options.offline)
    if not options.no_synth:
        synthesize(run)
    if not target.stack.declared:
        gone.emit(run.layout, target.stack, run.stacks)
    with open_folders(terraform) as folders, folders.session(target, run.voice.steps(target.label)) as session:
        session.init()
        existing = session.workspaces() if target.workspace else ()
        if target.workspace is None or target.workspace in existing:
            if target.workspace:
                session.select(target.workspace)  # never -or-create: a misspelt name would make one
            _destroy(run, session, options)
        else:
            there = workspaces.those_there(target.workspace, existing)
            run.voice.say(f"{target.label} has no state: it is gone already, or never was ({terraform.says}). {there}")
            generated.delete(run, target, (), offline=options.offline)  # if the end of a destroy was missed
    records.discard(run.layout.plans(target))


def _destroy(run: Run, session: Session, options: ChangeOptions) -> None:
    target, says = session.target, session.context.says
    held = session.whole_state()
    removal.check_applied(run.root, run.system, target.stack, held)
    if not target.stack.declared:
        gone.check_providers(target.stack, held, session.emitted())
    read = generated.of_state(session)
    file = session.data / records.PLAN  # goes with the session
    summary = _planned(run, session, options, file)
    run.voice.say(f"{target.label}: {render(summary)}")
    if not summary.empty or target.workspace:
        confirm(run, f"Destroy {target.label} ({says})?", yes=options.yes)
    if not summary.empty:
        session.apply(file, verb="destroy")
    if target.stack.kind != "common":
        with contextlib.suppress(AwsError):  # what is left of it names nothing that is there
            ran.forget(session.context, target)
    if target.workspace:
        session.delete_workspace(target.workspace)
    # Tasks that run on need them, so they go last, and only where all else is gone.
    generated.delete(run, target, read, offline=options.offline)
    run.voice.say(f"{target.label}: {achieved(summary)} ({says}).")


def _planned(run: Run, session: Session, options: ChangeOptions, file: Path) -> Summary:
    """Plan to destroy; refuses what would be lost unnamed."""
    stack = session.target.stack
    if stack.declared:
        state = session.state()
        given = variables.given(run.layout, stack.name, state.image_tags, state.store_versions)
        readable = content.variables(run.system, stack)
    else:
        given, readable = {}, frozenset()
    shown, _ = session.plan(file, given, destroy=True)
    summary = summary_of(shown, stack, readable)
    guards.check_named(summary, options.destroy)
    guards.check_locked(summary)
    lasting.check(session, shown)
    return summary


def check_unused(run: Run, stack: Stack, *, offline: bool) -> None:
    """Refuse to destroy a common stack on which any other state rests."""
    guards.check_unused(stack, _states_in_use(run, stack, offline=offline))


def _states_in_use(run: Run, stack: Stack, *, offline: bool) -> list[str]:
    """The states that rest on a common stack and still hold resources; no common layer rests on another."""
    if stack.kind != "common":
        return []
    if offline:
        known = {other.name: other for other in run.stacks}
        there = sorted(run.layout.offline.iterdir()) if run.layout.offline.is_dir() else []
        # Of one that is declared no more nobody knows whose it was.
        names = {each.name for each in there if each.name not in known} | {
            name for name, other in known.items() if other.bucket == stack.bucket
        }
        return occupied_offline(run.layout, [name for name in names if gone.kind_of(name) != "common"])
    from tanada.aws.states import occupied  # loads boto3

    layers = f"{run.system.name}/common-"
    return [key for key in occupied(stack, run.system.name) if not key.startswith(layers)]
