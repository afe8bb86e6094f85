"""How plans are carried out: the saved one of a stack, or one after another, each held to what was approved."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.cli.output import note, say, show_applied, steps
from tanada.cli.running import Run, check_can_ask, confirm, context, frame, reporting_failure, synthesize
from tanada.plan import Message, Summary, achieved, render
from tanada.plan import summary as summary_of
from tanada.terraform import approval, guards, images, plan, records, reports, seal, workspaces
from tanada.terraform.approval import Approval
from tanada.terraform.folders import Folders, open_folders
from tanada.terraform.layout import Target
from tanada.terraform.plan import Outcome
from tanada.terraform.session import Context, Session

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack  # models, which take their time to load


@dataclass(frozen=True)
class Wish:
    """What the command line says of any apply."""

    offline: bool
    yes: bool
    destroy: Sequence[str]
    """Addresses that may be lost."""
    no_synth: bool


def apply_saved(run: Run, target: Target, wish: Wish, protected: str | None) -> None:
    """Carry out the saved plan of one target, if it is still what it was made from."""
    key = seal.key(os.environ)
    folder = run.layout.plans(target)
    record = records.read(folder, target, offline=wish.offline)
    guards.check_protected(target.stack, protected)
    check_can_ask(yes=wish.yes)

    terraform = _terraform(run, wish, [target.stack])
    commit = records.commit(run.root, os.environ, run.processes)
    with (
        open_folders(terraform) as folders,
        plan.session(terraform, folders, target, steps(target.label)) as session,
    ):
        session.init()
        existing: tuple[str, ...] = ()
        if target.workspace:
            existing = session.workspaces()
            records.check_workspace(target.label, record.origin, existing)
            session.select(target.workspace)
        state = session.state()
        file = records.open_plan(folder, record, session.data, key)
        records.check_fresh(target.label, record.origin, plan.origin(terraform, target, commit, state, file))
        shown = plan.shown_variables(run.system, target.stack)
        summary = summary_of(session.show(file), target.stack, shown)

        guards.check_named(summary, wish.destroy)
        if target.workspace and run.system.review and not state.resources:
            workspaces.check_room(target.workspace, existing, run.system.review.limit)
        say(f"{target.label}: {render(summary)}")
        if not summary.empty:
            _carry_out(run, session, file, summary, wish)


def apply_all(
    run: Run,
    wish: Wish,
    protected: str | None,
    approved: Path | None,
    named: Sequence[str],
    tags: Mapping[str, str],
) -> list[Outcome]:
    """Plan each stack anew and apply it where that is what was approved; stop at the first that isn't, or fails.

    Stacks that nobody planned are left alone, unless they rest on a common layer that was; where what was approved is
    all in other accounts, that leaves nothing.

    `approved` is a folder of reports; without one, the plans saved here count. `named` are fingerprints of plans that
    a person has looked at since, and `tags` image tags to use instead of the approved plan's.
    """
    approval.check_fingerprints(named)
    everything = [Target(stack) for stack in approval.chosen(run.stacks, protected)]
    elsewhere = [Target(stack) for stack in run.stacks if stack.kind != "review"]
    images.check_known(tags, {name for target in everything for name in images.used(run.system, target.stack)})
    check_can_ask(yes=wish.yes)
    approvals = _approvals(run, elsewhere, approved, offline=wish.offline)
    nothing_differed = approved is not None and "plan" in reports.ended([approved])
    targets = approval.concerned(everything, approvals, nothing_differed=nothing_differed)
    if left_alone := [target.label for target in everything if target not in targets]:
        note(f"Left alone, as no plan of them was approved: {', '.join(left_alone)}.")

    reports.empty(run.layout.reports)
    if not targets:
        reports.end(run.layout.reports, "apply")
        say("What was approved concerns no stack here: there is nothing to apply.")
        return []
    shared = frame("apply", records.commit(run.root, os.environ, run.processes), offline=wish.offline)
    with reporting_failure(run, targets, shared):
        terraform = _terraform(run, wish, [target.stack for target in targets])
    shared = replace(shared, terraform=terraform.says)
    outcomes: list[Outcome] = []
    try:
        with open_folders(terraform) as folders:
            for target in targets:
                if run.processes.stopped or (outcomes and not approval.goes_on(outcomes[-1].status)):
                    break
                mine = approvals[target.label]
                changed = any(each.target.label == target.stack.common for each in outcomes if each.status == "applied")
                refuse = _judge(target, mine, named, common_changed=changed or _changes(approvals, target))
                request = plan.request(run.system, target, {**mine.images, **tags})
                outcomes.append(_apply_anew(run, terraform, folders, request, wish, refuse))
                reports.write(run.layout.reports, reports.report(outcomes[-1], run.stacks, shared))
    finally:
        stopped_by = outcomes[-1] if outcomes and not approval.goes_on(outcomes[-1].status) else None
        rest = [approval.left_out(target, stopped_by) for target in targets[len(outcomes) :]]
        for outcome in rest:
            reports.write(run.layout.reports, reports.report(outcome, run.stacks, shared))
        outcomes += rest
        reports.end(run.layout.reports, "apply")
        show_applied(outcomes, run.layout, terraform.says)
    return outcomes


def _terraform(run: Run, wish: Wish, stacks: Sequence[Stack]) -> Context:
    if not wish.no_synth:
        synthesize(run)
    return context(run, offline=wish.offline, stacks=stacks)


def _approvals(run: Run, targets: Sequence[Target], folder: Path | None, *, offline: bool) -> dict[str, Approval]:
    if folder is not None:
        found = {report.label: report for report in reports.read([folder])}
        return {target.label: approval.of_report(found.get(target.label), offline=offline) for target in targets}
    key = seal.key(os.environ)
    saved = {}
    for target in targets:
        folder = run.layout.plans(target)
        record = records.find(folder)
        if record is not None:
            records.unsealed(folder, record, key)
        saved[target.label] = approval.of_record(record, offline=offline)
    return saved


def _changes(approvals: Mapping[str, Approval], target: Target) -> bool:
    """Whether the common layer's own plan was approved too: it may have been applied by an earlier run."""
    common = approvals.get(target.stack.common)
    return bool(common and common.fingerprint)


def _judge(
    target: Target, mine: Approval, named: Sequence[str], *, common_changed: bool
) -> Callable[[Summary], str | None]:
    common = None if target.stack.kind == "common" else target.stack.common
    return lambda summary: approval.objection(summary, mine, named, common=common, common_changed=common_changed)


def _apply_anew(
    run: Run,
    terraform: Context,
    folders: Folders,
    request: plan.Request,
    wish: Wish,
    refuse: Callable[[Summary], str | None],
) -> Outcome:
    """Plan one target and apply it at once, unless `refuse` says why not."""
    target = request.target
    summary: Summary | None = None

    def work() -> Outcome:
        nonlocal summary
        with plan.planned(terraform, folders, request, steps(target.label)) as (session, made):
            summary = made.summary
            say(f"{target.label}: {render(summary)}")
            if summary.empty:
                records.discard(run.layout.plans(target))
                return Outcome(target, "no changes", messages=made.warnings)
            if why := refuse(summary):
                return Outcome(target, "not approved", why, messages=(Message("error", why), *made.warnings))
            _carry_out(run, session, made.file, summary, wish)
        return Outcome(target, "applied", messages=made.warnings)

    return replace(plan.outcome(target, work), summary=summary, images=request.given)


def _carry_out(run: Run, session: Session, file: Path, summary: Summary, wish: Wish) -> None:
    """Apply a plan that changes something, if it loses nothing that is kept and somebody says yes."""
    target, says = session.target, session.context.says
    if guards.keeps(run.system, target.stack):
        guards.check_kept(summary, wish.destroy)
    confirm(run, f"Apply this to {target.label} ({says})?", yes=wish.yes)
    try:
        session.apply(file)
    finally:
        records.discard(run.layout.plans(target))  # the state is another one now, however far it got
    say(f"{target.label}: applied: {achieved(summary)} ({says}).")
