"""What `apply --all` may do: which stacks in which order, and whether a plan is the one that was approved."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tanada.errors import TerraformError
from tanada.plan import Message, Part, Report, Status, Summary
from tanada.terraform.fingerprint_key import VARIABLE
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.records import Record
from tanada.terraform.records import parts as parts_of
from tanada.text import cut, meant, one_of, visible

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

SHOWN = 12
"""Digits of a fingerprint that tell two plans apart for people."""
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_NAMED = re.compile(r"[0-9a-f]{32,64}")
"""What a person approves by. Whoever writes both plans may look for two whose first digits are alike: of 12 digits
(48 bits) that takes 2^24 tries at what was shown and another, of 32 digits 2^64."""


def chosen(stacks: Sequence[Stack], protected: str | None) -> list[Stack]:
    """The stacks of all unprotected accounts, or of the protected one that is named, in the inventory's order.

    Review environments come and go with their branches, each applied by itself; so is what isn't `created`.
    """
    accounts = {stack.account for stack in stacks}
    if protected is not None and protected not in accounts:
        known = one_of(sorted(accounts)) + meant(protected, accounts)
        raise TerraformError(f"--protected {protected}: there is no such account; {known}")
    wanted = [
        stack
        for stack in stacks
        if stack.created
        and stack.kind != "review"
        and (not stack.protected if protected is None else stack.account == protected)
    ]
    if not wanted:
        raise TerraformError("All accounts are protected: name the one that this is meant for, with --protected.")
    return wanted


def check_fingerprints(named: Sequence[str]) -> None:
    """Refuse an `--approve` that can't name a plan."""
    for text in named:
        if not _NAMED.fullmatch(text):
            raise TerraformError(
                f"--approve {visible(cut(text, 80))}: expected the fingerprint of a plan as the comment or the log has "
                "it whole: 64 of the digits 0-9 and a-f, or its first 32 at least, for another plan's may begin alike."
            )


@dataclass(frozen=True)
class Approval:
    """What was approved for a target."""

    fingerprint: str | None
    """None where nothing was."""
    otherwise: str
    """What to say of it when the plan isn't this one: `its plan failed when it was asked for`."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Tags that its plan was given."""
    planned: bool = True
    """Whether anybody planned it."""
    keyed: str = ""
    """Its fingerprint with values marked as sensitive, where the job that showed it held TANADA_FINGERPRINT_KEY."""
    parts: tuple[Part, ...] = ()
    """Of a plan in steps, what it does: after an earlier step some of it is left."""


NOTHING = Approval(None, "no plan of it was approved", planned=False)


def concerned(
    targets: Sequence[Target], approvals: Mapping[str, Approval], *, nothing_differed: bool = False
) -> list[Target]:
    """The targets that have their turn: planned, or on a common layer that was; `approvals` are those of all accounts.

    Others are left alone, so that what drifts elsewhere holds no release up. Where nothing at all was planned, all are
    looked at: what then wants to change was never approved, and somebody should hear of it. Unless a pull request's
    plan came to its end and found no stack that differs (`nothing_differed`): then none has its turn.
    """
    planned = {label for label, approval in approvals.items() if approval.planned}
    if not planned:
        return [] if nothing_differed else list(targets)
    return [target for target in targets if target.label in planned or target.stack.common in planned]


def of_report(report: Report | None, *, offline: bool) -> Approval:
    """What a report from the pull request approves."""
    if report is None or report.step != "plan":
        return NOTHING
    if report.offline != offline:
        return Approval(None, f"what was approved was planned {'offline' if report.offline else 'not offline'}")
    match report.status:
        case "changes" if report.summary and _FINGERPRINT.fullmatch(report.summary.fingerprint):
            called = report.summary.called[:SHOWN]
            if report.summary.keyed and not _FINGERPRINT.fullmatch(report.summary.keyed):
                return Approval(None, f"its plan was “{report.status}” when it was approved")
            return Approval(
                report.summary.fingerprint,
                f"the approved plan is {called}",
                dict(report.images),
                keyed=report.summary.keyed,
                parts=report.summary.parts,
            )
        case "no changes":
            return Approval(None, "nothing was to be done when it was approved", dict(report.images))
        case "waits for common":
            return Approval(None, f"it waited for {report.common} when it was approved", dict(report.images))
        case status:
            return Approval(None, f"its plan was “{status}” when it was approved")


def of_record(record: Record | None, *, offline: bool) -> Approval:
    """What a plan saved here approves: somebody made it, and then said `apply`."""
    if record is None or record.origin.offline != offline:
        return Approval(None, "no plan of it is saved here", planned=False)
    if record.waits and not record.summary:
        return Approval(None, "it waited for its common layer when it was planned", record.given)
    saved, keyed = (str(record.summary.get(name) or "") for name in ("fingerprint", "keyed"))
    called = (keyed or saved)[:SHOWN] or "of an older Tanada"
    return Approval(
        saved or None, f"the saved plan is {called}", record.given, keyed=keyed, parts=parts_of(record.summary)
    )


def same(summary: Summary, approval: Approval, *, protected: bool) -> bool:
    """Whether a plan is the approved one.

    Fingerprints without a key are compared by every job. Those with one are compared where the job that showed the plan
    held it too: one that runs a branch's code doesn't, for that could read it there. In a protected account the
    plan was shown on the main branch: there both hold it, or neither does.
    """
    if not summary.fingerprint or summary.fingerprint != approval.fingerprint:
        return False
    if summary.keyed and approval.keyed:
        return hmac.compare_digest(summary.keyed, approval.keyed)
    return _comparable(summary, approval, protected=protected)


def _comparable(summary: Summary, approval: Approval, *, protected: bool) -> bool:
    """Whether both hold the same kinds of fingerprints, or need not."""
    if summary.keyed and approval.keyed:
        return True
    return not approval.keyed and not (summary.keyed and protected)


Others = Callable[[Sequence[Part]], str | None]
"""What a plan does that isn't left of approved parts, in words."""


def left(summary: Summary, approval: Approval, others: Others, *, protected: bool) -> str | None:
    """Why a plan isn't what earlier steps have left of the approved one; None where it is."""
    if not approval.parts or not _comparable(summary, approval, protected=protected):
        return approval.otherwise
    differing = others(approval.parts)
    return f"{approval.otherwise}, in steps, and of what is to do now {differing}" if differing else None


def _named(summary: Summary, named: Sequence[str]) -> bool:
    """Whether a person named it: by what it is called, so that a key counts where there is one."""
    return bool(summary.called) and any(
        _NAMED.fullmatch(digits) and summary.called.startswith(digits) for digits in named
    )


def objection(
    summary: Summary,
    approval: Approval,
    named: Sequence[str],
    others: Others,
    *,
    common: str | None,
    common_changed: bool,
    protected: bool = False,
) -> str | None:
    """Why a plan that changes something isn't approved; None when it is.

    `named` are the fingerprints of plans that a person has looked at since; `common` is the layer that the stack rests
    on, and whether it was changed with the same approval.
    """
    now = summary.called
    if same(summary, approval, protected=protected) or _named(summary, named):
        return None
    why = left(summary, approval, others, protected=protected)
    if why is None:
        return None
    if summary.fingerprint == approval.fingerprint and bool(summary.keyed) != bool(approval.keyed):
        holds = ("this job holds", "the job that showed it didn't")
        one, other = holds if summary.keyed else ("the job that showed it held", "this one doesn't")
        why += f", {one} {VARIABLE} and {other}"
    if approval.fingerprint and common and common_changed:
        why += f", made against {common} as it was before its own change"
    return (
        f"This is not what was approved: {why}, and this one is {now[:SHOWN]}. Look at what it does; if that is meant, "
        f"run the same again with --approve {now}."
    )


def on_the_word(
    summary: Summary, approval: Approval, named: Sequence[str], person: str | None, *, protected: bool = False
) -> str | None:
    """Whose word it is that a plan goes on: of a person who named its fingerprint, or started the run that applies what
    was approved; None where an event did.

    `person` is who started this run in CI; None on somebody's own machine too.
    """
    now = summary.called
    if same(summary, approval, protected=protected) or not _named(summary, named):
        return f"Applied by a run that {person} started." if person else None
    return f"Applied on the word of {person or 'whoever ran this'} (--approve {now[:SHOWN]}): {approval.otherwise}."


def check_person(named: Sequence[str], *, in_ci: bool, person: str | None) -> None:
    """Refuse the word of nobody: a job that an event started has no person who looked at a plan."""
    if named and in_ci and person is None:
        raise TerraformError(
            "--approve is the word of a person who looked at the plan, and an event started this run: start one by"
            " hand, and give the fingerprint there."
        )


def judge(
    target: Target, approvals: Mapping[str, Approval], named: Sequence[str], before: Sequence[Outcome]
) -> Callable[[Summary, Others], str | None]:
    """What hears a target's fresh plan and says the objection, after the outcomes of those that had their turn before.

    The common layer counts as changed where it was applied just now, or where its own plan was approved with this one:
    that may have been applied by an earlier run.
    """
    common = None if target.stack.kind == "common" else target.stack.common
    layer = approvals.get(target.stack.common)
    applied = any(each.target.label == target.stack.common for each in before if each.status == "applied")
    changed = applied or bool(layer and layer.fingerprint)
    mine = approvals[target.label]
    return lambda summary, others: objection(
        summary, mine, named, others, common=common, common_changed=changed, protected=target.stack.protected
    )


def stopped_by(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The last outcome, if none comes after it."""
    return outcomes[-1] if outcomes and not goes_on(outcomes[-1].status) else None


def goes_on(status: str) -> bool:
    """Whether the next stack may be applied."""
    return status in {"applied", "no changes"}


def in_its_turn(target: Target) -> Outcome:
    """What is true of a target from the beginning of its turn on, until its outcome takes this one's place."""
    why = "The run ended in the middle of its turn: its state and log tell what was applied until then."
    return Outcome(target, "interrupted", why, messages=(Message("error", f"{target.label}: {why}"),))


def half(outcome: Outcome, stopped_by: Outcome | None) -> Outcome:
    """The outcome of a target of whose plan only the first step had its turn, or none yet."""
    done = "Its first step was applied" if outcome.status == "applied" else "Nothing of it was applied yet"
    why = (
        f"{stopped_by.target.label} comes before the rest: {stopped_by.status}"
        if stopped_by
        else "the rest's turn never came"
    )
    text = f"{outcome.target.label}: {done}; {why}. The same run, started again, goes on with what is left."
    status: Status = "not applied"
    return replace(outcome, status=status, message=text, messages=(Message("error", text), *outcome.messages), left=())


def left_out(target: Target, stopped_by: Outcome | None) -> Outcome:
    """The outcome of a target whose turn never came."""
    if stopped_by is None:
        why = "its turn never came."
    else:
        why = f"{stopped_by.target.label} comes before it: {stopped_by.status}."
    status: Status = "not applied"
    return Outcome(target, status, why, messages=(Message("error", f"{target.label} was not applied: {why}"),))
