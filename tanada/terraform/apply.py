"""Carrying out plans: the saved one of a stack, or one after another, each held to what was approved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.contract.environment import RECORDS_ELSEWHERE
from tanada.declarations import content
from tanada.errors import StillUsedError, TerraformError
from tanada.plan import Message, Status, Step, Summary, achieved, render
from tanada.terraform import (
    approval,
    ci_changes,
    generated,
    guards,
    lasting,
    outcome,
    ran,
    records,
    removal,
    reports,
    seal,
    sign_in,
    steps,
    target_plan,
    tasks,
    workspaces,
)
from tanada.terraform.approval import Approval, Others
from tanada.terraform.delegation import Delegation
from tanada.terraform.folders import Folders, open_folders, others_offline
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
    ready,
    reporting_failure,
    synthesize,
)
from tanada.terraform.session import Context, Session
from tanada.terraform.target_plan import Planned, Request
from tanada.terraform.tokens import Tokens

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

# --- one saved plan --------------------------------------------------------------------------------------------------


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
        now = target_plan.origin_now(terraform, record.origin, checked_out)
        records.check_fresh(target.label, record, now)
        if shown := records.summary(record):
            guards.check_named(shown, options.destroy)
    if not options.no_synth:
        synthesize(run)
    with open_folders(terraform) as folders, folders.session(target, run.voice.steps(target.label)) as session:
        session.init()
        existing = _select(session, record)
        state = ran.known(terraform, target, session.state()).state
        request = target_plan.request(run.system, target, record.given)
        if record.begun:
            records.unsealed(folder, record, key)
            fresh = target_plan.made(session, request, state, target_plan.given_before(record))
            now = target_plan.origin(session, checked_out, state, fresh.file)
            records.check_fresh(target.label, record, now)
        else:
            file = records.open_plan(folder, record, session.data, key)
            now = target_plan.origin(session, checked_out, state, file)
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
                _carry_out(run, session, fresh, record)
        else:
            ran.confirmed(session, fresh, run.voice.note)
            if summary.drift:
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


def check(run: Run, session: Session, fresh: Planned, options: ChangeOptions, *, later: Collection[str] = ()) -> None:
    """Refuse a plan that loses what is kept, that CI may not carry out, or that can't come to its end; then somebody
    says yes, to all its steps. What goes `later` is asked for then."""
    target, says, summary = session.target, session.context.says, fresh.summary
    if impossible := (*fresh.missing, *fresh.answered):
        raise TerraformError(" ".join(impossible))
    ci_changes.check_not_by_ci(target.stack, summary, by_ci=bool(session.context.accounts))
    guards.check_locked(summary)
    _check_kept(run, target, fresh, options, later)
    lasting.check(session, fresh.shown)
    how = f" in {len(summary.steps)} steps" if len(summary.steps) > 1 else ""
    confirm(run, f"Apply this to {target.label}{how} ({says})?", yes=options.yes)


def _check_kept(run: Run, target: Target, fresh: Planned, options: ChangeOptions, later: Collection[str] = ()) -> None:
    """Refuse what `removal` holds, by what was applied: the commit that takes something away lets nothing go."""
    applied = removal.outputs_before(fresh.shown)
    if removal.is_held(run.system, target.stack, applied):
        removal.check_let_go(fresh.summary, fresh.shown)
        more = removal.unapplied(run.root, run.system, target.stack, applied)
        guards.check_kept(fresh.summary, options.destroy, later, more)


def _carry_out(run: Run, session: Session, fresh: Planned, record: Record | None = None) -> None:
    """Apply a plan that changes something; its record is used then."""
    target = session.target
    generated.make(run, session)
    try:
        with ran.noted(session, fresh, run.voice.note):
            _apply(run, session, fresh.file)
    finally:
        records.discard(run.layout.plans(target), record)  # the state is another one now, however far it got
    run.voice.say(f"{target.label}: applied: {achieved(fresh.summary)} ({session.context.says}).")
    _tell_records(run, target, fresh)


def _tell_records(run: Run, target: Target, applied: Planned) -> None:
    """Of hosts that lie in no zone, new ones or such as lead elsewhere now, what whoever keeps their DNS has to do."""
    change = (applied.shown.get("output_changes") or {}).get(RECORDS_ELSEWHERE) or {}
    after = change.get("after") if change.get("actions") != ["no-op"] else None
    for host, balancer in sorted((after or {}).items()):
        run.voice.say(f"{target.label}: {host} lies in no zone of the declaration: its DNS has to lead to {balancer}.")


def _apply(run: Run, session: Session, file: Path) -> None:
    """Carry out a plan file; of zones that it makes their name servers are said."""
    label = session.target.label
    zones = Delegation(session.whole_state, lambda text: run.voice.note(f"{label}: {text}"), session.emitted())
    try:
        session.apply(file, on_line=zones.hear)
    finally:
        for line in zones.ended():
            run.voice.say(f"{label}: {line}")


def carry_out_steps(
    run: Run,
    session: Session,
    request: Request,
    fresh: Planned,
    *,
    late: bool,
    undone: Mapping[str, str] | None = None,
) -> bool:
    """Carry a plan out step by step, each but the first planned anew and held to what is left of it; whether all of it
    is done. `undone` are tags that a rollback takes back.

    Only `late` may a step be taken that comes after other stacks, and then none of them may still use what goes.
    Raises StillUsedError.
    """
    generated.make(run, session)
    with ran.noted(session, fresh, run.voice.note, undone):
        return _step_by_step(run, session, request, fresh, late=late)


def _step_by_step(run: Run, session: Session, request: Request, fresh: Planned, *, late: bool) -> bool:
    target, says, whole = session.target, session.context.says, fresh
    count, put = max(len(whole.summary.steps), 1), Tokens(run, session)
    for number, step in enumerate(whole.summary.steps or (Step(),), start=1):
        if step.stacks and not late:
            return False
        if number > 1:
            given = target_plan.given_before(whole)
            fresh = target_plan.made(session, request, session.state(), given, begun=True)
            if others := fresh.others(whole.summary.parts):
                raise TerraformError(f"{target.label}: before step {number} of {count}, of what is to do now {others}.")
            if fresh.summary.empty:
                break
        if step.stacks:
            _check_unused(run, session, fresh)
        if step.task is not None:
            run.voice.note(f"{target.label}: step {number} of {count}: {step.called} runs.")
            tasks.run(run, session, step, fresh.shown)
            continue
        if step.token is not None:
            run.voice.note(f"{target.label}: step {number} of {count}: {step.token} gets a token.")
            late = any(each.alone == step.token for each in whole.summary.steps)
            put.put(step, fresh.shown, alone=not late)
            continue
        if step.provider is not None:
            run.voice.note(f"{target.label}: step {number} of {count}: Cognito gets {step.provider}.")
            sign_in.put(run, session, step, fresh.shown)
            continue
        if step.alone is not None:
            run.voice.note(f"{target.label}: step {number} of {count}: {step.alone} takes one token alone.")
            put.alone(step)
            continue
        run.voice.note(f"{target.label}: step {number} of {count}.")
        _apply(run, session, target_plan.made_for(step, session, request, fresh))
    run.voice.say(f"{target.label}: applied: {achieved(whole.summary)} ({says}).")
    _tell_records(run, target, whole)
    return True


def _check_unused(run: Run, session: Session, fresh: Planned) -> None:
    """Refuse to take away what another state still uses, whether it is declared or not."""
    target = session.target
    if session.context.offline:
        others = others_offline(run.layout, target.stack.name)
    else:
        from tanada.aws.states import others as others_of  # loads boto3

        others = others_of(target.stack, run.system.name)
    steps.check_unused(target.label, fresh.shown, session.whole_state(), others)


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
    objection: Callable[[Summary, Others], str | None]
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
                _report(run, [_now(outcomes[-1])], shared)
            else:
                for number, outcome in enumerate(outcomes):
                    if outcome.left and not run.processes.stopped and not approval.stopped_by(outcomes):
                        outcomes[number] = _apply_left(run, folders, turn(outcome.target, outcomes), outcome, options)
                        _report(run, [outcomes[number]], shared)
                        if not approval.goes_on(outcomes[number].status):
                            break
    finally:
        stopped_by = next((each for each in outcomes if not approval.goes_on(each.status)), None)
        rest = [approval.left_out(target, stopped_by) for target in targets[len(outcomes) :]]
        halves = [approval.half(each, stopped_by) if each.left else each for each in outcomes]
        _report(run, [*(half for half, each in zip(halves, outcomes, strict=True) if half is not each), *rest], shared)
        outcomes = [*halves, *rest]
        reports.end(run.layout.reports, "apply")
        run.voice.applied(outcomes, run.layout, terraform.says)
    return outcomes


def _now(outcome: Outcome) -> Outcome:
    """What is true of a target after its first turn, if nothing comes any more."""
    return approval.half(outcome, None) if outcome.left else outcome


def _report(run: Run, outcomes: Sequence[Outcome], shared: Frame) -> None:
    for each in outcomes:
        reports.write(run.layout.reports, reports.report(each, run.stacks, shared))


def _apply_anew(run: Run, folders: Folders, turn: _Turn, options: ChangeOptions) -> Outcome:
    """Plan one target and apply it at once, unless there is an objection; of a plan in steps what comes before other
    stacks."""
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
                ran.confirmed(session, fresh, run.voice.note)
                records.discard(run.layout.plans(target))
                return Outcome(target, "no changes", messages=fresh.warnings, secrets=session.secrets)
            if why := turn.objection(summary, fresh.others):
                said = (Message("error", why), *fresh.warnings)
                return Outcome(target, "not approved", why, messages=said, secrets=session.secrets)
            word = turn.word(summary)
            if word:
                run.voice.note(f"{target.label}: {word}")
            said = (*((Message("warning", word),) if word else ()), *fresh.warnings)
            # Additions, and the stacks that rest on this one, wait for no word on what it loses at the end.
            check(run, session, fresh, options, later=summary.goes_late)
            if summary.steps:
                return _first_steps(run, session, request, fresh, said)
            _carry_out(run, session, fresh)
        return Outcome(target, "applied", messages=said, secrets=session.secrets)

    return replace(outcome.attempt(target, work), summary=summary, images=given)


def _first_steps(run: Run, session: Session, request: Request, fresh: Planned, said: tuple[Message, ...]) -> Outcome:
    """The outcome of a plan in steps, with what it leaves for after the other stacks."""
    target = session.target
    folder = run.layout.plans(target)
    if record := records.find(folder):
        records.begin(folder, record, seal.key(run.environ))
    done = carry_out_steps(run, session, request, fresh, late=False)
    if done:
        records.discard(folder)
        return Outcome(target, "applied", messages=said, secrets=session.secrets)
    status: Status = "no changes" if fresh.summary.steps[0].stacks else "applied"
    return Outcome(target, status, messages=said, secrets=session.secrets, left=fresh.summary.parts)


def _apply_left(run: Run, folders: Folders, turn: _Turn, before: Outcome, options: ChangeOptions) -> Outcome:
    """Plan a target again after the stacks that rest on it, and take away what is left of its plan, unless it is kept
    and nobody named it."""
    target = turn.target
    request = target_plan.request(run.system, target, turn.tags)

    def work() -> Outcome:
        with target_plan.planned(folders, request, run.voice.steps(target.label)) as (session, fresh):
            if others := fresh.others(before.left):
                why = f"After its first step, of what is to do now {others}."
                said = (Message("error", why), *fresh.warnings)
                return Outcome(target, "not approved", why, messages=said, secrets=session.secrets)
            _check_kept(run, target, fresh, options)
            if not fresh.summary.empty:
                carry_out_steps(run, session, request, fresh, late=True)
            records.discard(run.layout.plans(target))
        return Outcome(target, "applied", messages=before.messages, secrets=session.secrets)

    return replace(outcome.attempt(target, work), summary=before.summary, images=request.given)
