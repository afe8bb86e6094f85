"""Carrying out a plan that was made: what must hold before, at once or step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tanada.contract.environment import RECORDS_ELSEWHERE
from tanada.errors import TerraformError
from tanada.plan import Step, achieved
from tanada.terraform import (
    ci_changes,
    generated,
    guards,
    lasting,
    ran,
    records,
    removal,
    sign_in,
    steps,
    target_plan,
    tasks,
)
from tanada.terraform.delegation import Delegation
from tanada.terraform.folders import others_offline
from tanada.terraform.layout import Target
from tanada.terraform.records import Record
from tanada.terraform.request import Request
from tanada.terraform.run import ChangeOptions, Run, confirm
from tanada.terraform.session import Session
from tanada.terraform.target_plan import Planned
from tanada.terraform.tokens import Tokens


def check(run: Run, session: Session, fresh: Planned, options: ChangeOptions, *, later: Collection[str] = ()) -> None:
    """Refuse a plan that loses what is kept, that CI may not carry out, or that can't come to its end; then somebody
    says yes, to all its steps. What goes `later` is asked for then."""
    target, says, summary = session.target, session.context.says, fresh.summary
    if impossible := (*fresh.missing, *fresh.answered):
        raise TerraformError(" ".join(impossible))
    ci_changes.check_not_by_ci(target.stack, summary, by_ci=bool(session.context.accounts))
    guards.check_locked(summary)
    check_kept(run, target, fresh, options, later)
    lasting.check(session, fresh.shown)
    how = f" in {len(summary.steps)} steps" if len(summary.steps) > 1 else ""
    confirm(run, f"Apply this to {target.label}{how} ({says})?", yes=options.yes)


def check_kept(run: Run, target: Target, fresh: Planned, options: ChangeOptions, later: Collection[str] = ()) -> None:
    """Refuse what `removal` holds, by what was applied: the commit that takes something away lets nothing go."""
    applied = removal.outputs_before(fresh.shown)
    if removal.is_held(run.system, target.stack, applied):
        removal.check_let_go(fresh.summary, fresh.shown)
        more = removal.unapplied(run.root, run.system, target.stack, applied)
        guards.check_kept(fresh.summary, options.destroy, later, more)


def carry_out(run: Run, session: Session, fresh: Planned, record: Record | None = None) -> None:
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
        if (ours := _ours(run, session, step, fresh, whole, put)) is not None:
            words, do = ours
            run.voice.note(f"{target.label}: step {number} of {count}: {words}.")
            do()
            continue
        run.voice.note(f"{target.label}: step {number} of {count}.")
        _apply(run, session, target_plan.made_for(step, session, request, fresh))
    run.voice.say(f"{target.label}: applied: {achieved(whole.summary)} ({says}).")
    _tell_records(run, target, whole)
    return True


def _ours(
    run: Run, session: Session, step: Step, fresh: Planned, whole: Planned, put: Tokens
) -> tuple[str, Callable[[], None]] | None:
    """What a step does that Terraform has no part in, in words, and doing it; None of an apply."""
    shown = fresh.shown
    comes_alone = any(each.alone == step.token for each in whole.summary.steps)  # in a step of its own, later
    ways: tuple[tuple[str | None, str, Callable[[], None]], ...] = (
        (step.task, f"{step.called} runs", lambda: tasks.run(run, session, step, shown)),
        (step.token, f"{step.token} gets a token", lambda: put.put(step, shown, alone=not comes_alone)),
        (step.provider, f"Cognito gets {step.provider}", lambda: sign_in.put(run, session, step, shown)),
        (step.alone, f"{step.alone} takes one token alone", lambda: put.alone(step)),
    )
    return next(((words, do) for of, words, do in ways if of is not None), None)


def _check_unused(run: Run, session: Session, fresh: Planned) -> None:
    """Refuse to take away what another state still uses, whether it is declared or not."""
    target = session.target
    if session.context.offline:
        others = others_offline(run.layout, target.stack.name)
    else:
        from tanada.aws.states import others as others_of  # loads boto3

        others = others_of(target.stack, run.system.name)
    steps.check_unused(target.label, fresh.shown, session.whole_state(), others)
