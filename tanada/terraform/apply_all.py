"""Planning one target after another anew and carrying that out, each held to what was approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tanada.plan import Message, Status, Summary, render
from tanada.terraform import approval, outcome, records, reports, seal, target_plan
from tanada.terraform.approval import Approval, Others
from tanada.terraform.carry_out import carry_out, carry_out_steps, check, check_kept
from tanada.terraform.context import Context
from tanada.terraform.folders import Folders, open_folders
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.reports import Frame
from tanada.terraform.request import Request, request_of
from tanada.terraform.run import (
    ChangeOptions,
    Run,
    check_can_ask,
    check_images,
    commit,
    frame,
    prepared,
    reporting_failure,
)
from tanada.terraform.session import Session
from tanada.terraform.target_plan import Planned


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
    request = request_of(run.system, target, turn.tags)
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
            carry_out(run, session, fresh)
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
    request = request_of(run.system, target, turn.tags)

    def work() -> Outcome:
        with target_plan.planned(folders, request, run.voice.steps(target.label)) as (session, fresh):
            if others := fresh.others(before.left):
                why = f"After its first step, of what is to do now {others}."
                said = (Message("error", why), *fresh.warnings)
                return Outcome(target, "not approved", why, messages=said, secrets=session.secrets)
            check_kept(run, target, fresh, options)
            if not fresh.summary.empty:
                carry_out_steps(run, session, request, fresh, late=True)
            records.discard(run.layout.plans(target))
        return Outcome(target, "applied", messages=before.messages, secrets=session.secrets)

    return replace(outcome.attempt(target, work), summary=before.summary, images=request.given)
