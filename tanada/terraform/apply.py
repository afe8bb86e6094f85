"""Carrying out plans: the saved one of a stack, or one after another, each held to what was approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tanada.declarations import content
from tanada.plan import Message, Summary, achieved, render
from tanada.plan import summary as summary_of
from tanada.terraform import (
    approval,
    ci_changes,
    guards,
    outcome,
    records,
    reports,
    seal,
    target_plan,
    workspaces,
)
from tanada.terraform.approval import Approval
from tanada.terraform.folders import Folders, open_folders
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.records import Record
from tanada.terraform.reports import Frame
from tanada.terraform.run import (
    ChangeOptions,
    Run,
    check_can_ask,
    check_images,
    check_protected,
    commit,
    confirm,
    frame,
    prepared,
    reporting_failure,
)
from tanada.terraform.session import Context, Session

# --- one saved plan --------------------------------------------------------------------------------------------------


def apply_saved(run: Run, target: Target, options: ChangeOptions) -> None:
    """Carry out the saved plan of one target, if it is still what it was made from."""
    key = seal.key(run.environ)
    folder = run.layout.plans(target)
    record = records.read(folder, target, offline=options.offline)
    check_protected(run, target.stack, options.protected)
    check_can_ask(run, yes=options.yes)

    terraform = prepared(run, options, [target.stack])
    checked_out = commit(run)
    with open_folders(terraform) as folders, folders.session(target, run.voice.steps(target.label)) as session:
        session.init()
        existing = _select(session, record)
        state = session.state()
        file = records.open_plan(folder, record, session.data, key)
        now = target_plan.origin(session, checked_out, state, file)
        records.check_fresh(target.label, record.origin, now)
        summary = summary_of(session.show(file), target.stack, content.variables(run.system, target.stack))

        guards.check_named(summary, options.destroy)
        limit = content.limit(run.system, target.stack)
        if target.workspace and limit is not None and not state.resources:
            workspaces.check_room(target.workspace, existing, limit, session.holding)
        run.voice.say(f"{target.label}: {render(summary)}")
        if not summary.empty:
            _carry_out(run, session, file, summary, options)


def _select(session: Session, record: Record) -> tuple[str, ...]:
    """Go to the target's workspace, which must still be there; all workspaces that there are."""
    workspace = session.target.workspace
    if workspace is None:
        return ()
    existing = session.workspaces()
    records.check_workspace(session.target.label, record.origin, existing)
    session.select(workspace)
    return existing


def _carry_out(run: Run, session: Session, file: Path, summary: Summary, options: ChangeOptions) -> None:
    """Apply a plan that changes something, if it loses nothing that is kept and somebody says yes."""
    target, says = session.target, session.context.says
    ci_changes.check_not_by_ci(target.stack, summary, by_ci=bool(session.context.accounts))
    guards.check_locked(summary)
    if content.kept(run.system, target.stack):
        guards.check_kept(summary, options.destroy)
    confirm(run, f"Apply this to {target.label} ({says})?", yes=options.yes)
    try:
        session.apply(file)
    finally:
        records.discard(run.layout.plans(target))  # the state is another one now, however far it got
    run.voice.say(f"{target.label}: applied: {achieved(summary)} ({says}).")


# --- all that was approved -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Approved:
    """What was looked at before."""

    folder: Path | None = None
    """Reports of what was approved; without them the plans saved here count."""
    fingerprints: Sequence[str] = ()
    """Of plans that a person has looked at since."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Tags to use instead of the approved plan's."""
    person: str | None = None
    """Who started this run in CI, by hand."""


@dataclass(frozen=True)
class _Turn:
    """One target of a run over all."""

    target: Target
    tags: Mapping[str, str]
    objection: Callable[[Summary], str | None]
    """Why its fresh plan may not be applied."""
    word: Callable[[Summary], str | None]
    """What is said of it where a person's word lets it go on."""


def apply_all(run: Run, options: ChangeOptions, approved: Approved) -> list[Outcome]:
    """Plan each stack anew and apply it where that is what was approved; stop at the first that isn't, or fails.

    Stacks that nobody planned are left alone, unless they rest on a common layer that was; where what was approved is
    all in other accounts, that leaves nothing.
    """
    targets, approvals = _concerned(run, options, approved)
    reports.empty(run.layout.reports)
    if not targets:
        reports.end(run.layout.reports, "apply")
        run.voice.say("What was approved concerns no stack here: there is nothing to apply.")
        return []
    shared = frame(run, "apply", commit(run), offline=options.offline)
    with reporting_failure(run, targets, shared):
        terraform = prepared(run, options, [target.stack for target in targets])

    def turn(target: Target, before: Sequence[Outcome]) -> _Turn:
        return _Turn(
            target,
            tags={**approvals[target.label].images, **approved.images},
            objection=approval.judge(target, approvals, approved.fingerprints, before),
            word=lambda summary: approval.on_the_word(
                summary,
                approvals[target.label],
                approved.fingerprints,
                approved.person,
                protected=target.stack.protected,
            ),
        )

    return _one_after_another(run, terraform, targets, turn, options, replace(shared, terraform=terraform.says))


def _concerned(run: Run, options: ChangeOptions, approved: Approved) -> tuple[list[Target], Mapping[str, Approval]]:
    """The targets that have their turn, and what was approved of all, by label."""
    approval.check_fingerprints(approved.fingerprints)
    here = [Target(stack) for stack in approval.chosen(run.stacks, options.protected)]
    check_images(run, approved.images, [target.stack for target in here])
    check_can_ask(run, yes=options.yes)
    everywhere = [Target(stack) for stack in run.stacks if stack.kind != "review"]
    approvals = _approvals(run, everywhere, approved.folder, offline=options.offline)
    nothing_differed = approved.folder is not None and "plan" in reports.ended([approved.folder])
    targets = approval.concerned(here, approvals, nothing_differed=nothing_differed)
    if left_alone := [target.label for target in here if target not in targets]:
        run.voice.note(f"Left alone, as no plan of them was approved: {', '.join(left_alone)}.")
    return targets, approvals


def _approvals(run: Run, targets: Sequence[Target], folder: Path | None, *, offline: bool) -> dict[str, Approval]:
    if folder is not None:
        by_label = {report.label: report for report in reports.read([folder])}
        return {target.label: approval.of_report(by_label.get(target.label), offline=offline) for target in targets}
    key = seal.key(run.environ)
    saved = {}
    for target in targets:
        plan_folder = run.layout.plans(target)
        record = records.find(plan_folder)
        if record is not None:
            records.unsealed(plan_folder, record, key)
        saved[target.label] = approval.of_record(record, offline=offline)
    return saved


def _one_after_another(
    run: Run,
    terraform: Context,
    targets: Sequence[Target],
    turn: Callable[[Target, Sequence[Outcome]], _Turn],
    options: ChangeOptions,
    shared: Frame,
) -> list[Outcome]:
    """Each target's turn, as long as all goes well; however it ends, every target has a report and its line.

    Killed, it writes nothing more: so what is true then is written before.
    """
    outcomes: list[Outcome] = []
    _report(run, [approval.left_out(target, None) for target in targets], shared)
    try:
        with open_folders(terraform) as folders:
            for target in targets:
                if run.processes.stopped or approval.stopped_by(outcomes):
                    break
                _report(run, [approval.in_its_turn(target)], shared)
                outcomes.append(_apply_anew(run, folders, turn(target, outcomes), options))
                _report(run, outcomes[-1:], shared)
    finally:
        stopped_by = approval.stopped_by(outcomes)
        rest = [approval.left_out(target, stopped_by) for target in targets[len(outcomes) :]]
        _report(run, rest, shared)
        outcomes += rest
        reports.end(run.layout.reports, "apply")
        run.voice.applied(outcomes, run.layout, terraform.says)
    return outcomes


def _report(run: Run, outcomes: Sequence[Outcome], shared: Frame) -> None:
    for each in outcomes:
        reports.write(run.layout.reports, reports.report(each, run.stacks, shared))


def _apply_anew(run: Run, folders: Folders, turn: _Turn, options: ChangeOptions) -> Outcome:
    """Plan one target and apply it at once, unless there is an objection."""
    target = turn.target
    request = target_plan.request(run.system, target, turn.tags)
    summary: Summary | None = None
    given: Mapping[str, str] = request.given

    def work() -> Outcome:
        nonlocal summary, given
        with target_plan.planned(folders, request, run.voice.steps(target.label)) as (session, fresh):
            summary, given = fresh.summary, fresh.given
            run.voice.say(f"{target.label}: {render(summary)}")
            if summary.empty:
                records.discard(run.layout.plans(target))
                return Outcome(target, "no changes", messages=fresh.warnings, secrets=session.secrets)
            if why := turn.objection(summary):
                said = (Message("error", why), *fresh.warnings)
                return Outcome(target, "not approved", why, messages=said, secrets=session.secrets)
            word = turn.word(summary)
            if word:
                run.voice.note(f"{target.label}: {word}")
            _carry_out(run, session, fresh.file, summary, options)
        said = (*((Message("warning", word),) if word else ()), *fresh.warnings)
        return Outcome(target, "applied", messages=said, secrets=session.secrets)

    return replace(outcome.attempt(target, work), summary=summary, images=given)
