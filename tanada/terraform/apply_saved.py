"""Carrying out the saved plan of one target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tanada.declarations import content
from tanada.errors import StillUsedError, TerraformError
from tanada.plan import render
from tanada.terraform import guards, ran, records, saved_plan, seal, target_plan, workspaces
from tanada.terraform.carry_out import carry_out, carry_out_steps, check
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.records import Record
from tanada.terraform.request import Request, request_of
from tanada.terraform.run import ChangeOptions, Run, check_can_ask, check_protected, commit, confirm, ready, synthesize
from tanada.terraform.session import Session
from tanada.terraform.target_plan import Planned

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def apply_saved(run: Run, target: Target, options: ChangeOptions) -> None:
    """Carry out the saved plan of one target, if it is still what it was made from."""
    key = seal.key(run.environ)
    folder = run.layout.plans(target)
    record = records.read(folder, target, offline=options.offline)
    check_protected(run, target.stack, options.protected)
    check_can_ask(run, yes=options.yes)
    records.unsealed(folder, record, key)

    terraform = ready(run, options, [target.stack])
    checked_out = commit(run)
    if not record.begun:
        now = saved_plan.origin_now(terraform, record.origin, checked_out)
        records.check_fresh(target.label, record, now)
        if shown := records.summary(record):
            guards.check_named(shown, options.destroy)
    if not options.no_synth:
        synthesize(run)
    with open_folders(terraform) as folders, folders.session(target, run.voice.steps(target.label)) as session:
        session.init()
        existing = _select(session, record)
        state = ran.known(terraform, target, session.state()).state
        request = request_of(run.system, target, record.given)
        if record.begun:
            records.unsealed(folder, record, key)
            fresh = target_plan.made(session, request, state, target_plan.given_before(record))
            now = saved_plan.origin(session, checked_out, state, fresh.file)
            records.check_fresh(target.label, record, now)
        else:
            file = records.open_plan(folder, record, session.data, key)
            now = saved_plan.origin(session, checked_out, state, file)
            records.check_fresh(target.label, record, now)
            fresh = target_plan.opened(session, request, state, record, file)
        if record.begun and (others := fresh.others(records.parts(record.summary))):
            raise TerraformError(
                f"{target.label}: its plan is carried out in steps, and of what is to do now {others}. "
                f"Look at it: {records.plan_command(now, record.given)}"
            )
        summary = fresh.summary

        guards.check_named(summary, options.destroy)
        limit = content.limit(run.system, target.stack)
        if target.workspace and limit is not None and not state.resources:
            workspaces.check_room(target.workspace, existing, limit, session.holding)
        run.voice.say(f"{target.label}: {render(summary)}")
        if not summary.empty:
            check(run, session, fresh, options)
            if summary.steps or record.begun:
                _in_steps(run, session, request, fresh, record, key)
            else:
                carry_out(run, session, fresh, record)
        elif summary.drift:
            _take_in(run, session, fresh, options)
        if summary.empty or not summary.steps:
            records.discard(folder, record)


def _take_in(run: Run, session: Session, fresh: Planned, options: ChangeOptions) -> None:
    """Write into the state what changed outside Terraform, where a plan holds nothing else: applying it calls nothing
    in AWS. What was deleted by hand would stay in the state for ever, and every plan would name it."""
    label = session.target.label
    confirm(run, f"Take this into the state of {label}? Nothing changes in AWS.", yes=options.yes)
    records.discard(run.layout.plans(session.target))
    session.apply(fresh.file)
    run.voice.say(f"{label}: what changed outside Terraform stands in its state now ({session.context.says}).")


def _in_steps(run: Run, session: Session, request: Request, fresh: Planned, record: Record, key: Fernet | None) -> None:
    """Carry out a saved plan step by step; its record stays until the last one is done."""
    target = session.target
    folder = run.layout.plans(target)
    records.begin(folder, record, key)
    try:
        carry_out_steps(run, session, request, fresh, late=True)
    except StillUsedError as error:
        again = f"tanada apply {target.stack.name}"
        run.voice.say(f"{target.label}: what comes before the last step is applied. {error} Then: {again}")
        return
    records.discard(folder, record)


def _select(session: Session, record: Record) -> tuple[str, ...]:
    """Go to the target's workspace, which must still be there; all workspaces that there are."""
    workspace = session.target.workspace
    if workspace is None:
        return ()
    existing = session.workspaces()
    records.check_workspace(session.target.label, record, existing)
    session.select(workspace)
    return existing
