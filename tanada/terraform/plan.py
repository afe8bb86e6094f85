"""Planning stacks side by side: which, with what, and the reports for comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tanada.errors import TanadaError, TerraformError
from tanada.plan import Message
from tanada.terraform import (
    changes_since,
    leftovers,
    parallel,
    records,
    reports,
    seal,
    taken,
    target_plan,
    targets,
)
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.run import Run, check_images, commit, context, frame, reporting_failure, synthesize
from tanada.terraform.strangers import without_old_values
from tanada.text import cut

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from tanada.declared.system import System
    from tanada.terraform.changes_since import Changed
    from tanada.terraform.git import Commit
    from tanada.terraform.leftovers import Leftover
    from tanada.terraform.reports import Frame
    from tanada.terraform.session import Context
    from tanada.terraform.taken import Taken


_LONGEST = 300
"""Characters of a sentence why something is not planned, which a pull request may have chosen."""


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """What is asked for."""

    stacks: Sequence[str] = ()
    """Words for stacks; none for all but review, which needs a workspace."""
    workspace: str | None = None
    changed_since: str | None = None
    """A ref: only what differs from where HEAD parted from it."""
    images: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    jobs: int | None = None
    no_synth: bool = False


@dataclass(frozen=True)
class Plans:
    """What came of it."""

    outcomes: Sequence[Outcome]
    leftovers: Sequence[Leftover]
    terraform: str
    """Which terraform made them, in words."""


def plan(run: Run, options: PlanOptions) -> Plans:
    """Plan stacks, save the plans for apply, and leave a report of each target."""
    if options.changed_since and options.no_synth:
        raise TerraformError("--changed-since synthesizes both sides: it can't go with --no-synth.")
    held = taken.read(run.layout)
    if held and not options.changed_since:
        raise TerraformError("This checkout holds what a pull request asks for: plan it with --changed-since HEAD.")
    key = seal.key(run.environ)
    asked = targets.several(run.system, run.stacks, options.stacks, options.workspace)
    check_images(run, options.images, [target.stack for target in asked])

    reports.empty(run.layout.reports)
    checked_out = commit(run)
    shared = frame(run, "plan", checked_out, offline=options.offline)
    with reporting_failure(run, asked, shared):
        changed = _synthesized(run, options)
        wanted = [target for target in asked if changed is None or target.stack.name in changed.stacks]
        bare = options.offline and not run.environ.get("TANADA_CI_ROLE")
        kept_back = _kept_back(held, wanted, offline=options.offline, bare=bare) if held else []
        if held and bare:
            taken.emit_offline(run.layout, {target.stack.name for target in wanted} & {*held.planned_offline})
        whole, wanted = wanted, [each for each in wanted if each not in {outcome.target for outcome in kept_back}]
        terraform = context(run, offline=options.offline, stacks=[target.stack for target in wanted])
        for label in records.discard_others(run.layout, wanted, checked_out.id):
            run.voice.note(f"{label}: its saved plan is deleted, it was made at another commit and isn't planned now.")
        start = changed.base if changed else "HEAD"
        planned = _side_by_side(run, terraform, wanted, options, checked_out, key, start)
        if held and options.offline:
            planned = [_says_why(outcome, held) for outcome in planned]
        if held and held.allowed:
            planned = [_to_strangers(outcome, run.system) for outcome in planned]
        outcomes = sorted([*kept_back, *planned], key=lambda outcome: whole.index(outcome.target))
    looking = not options.stacks or _looks_for_all(run, asked, changed)
    elsewhere = held is not None and bool(held.redirects)  # whose states these are is what it changes
    left = _leftovers(run, terraform) if looking and not elsewhere and not run.processes.stopped else []
    shared = replace(shared, terraform=terraform.says)
    if changed is not None:
        shared = replace(shared, base=changed.base, everything_changed=changed.reason, maker=changed.maker)
    _report(run, outcomes, left, shared, changed)
    return Plans(outcomes, left, terraform.says)


def _synthesized(run: Run, options: PlanOptions) -> Changed | None:
    """Write `cdktf.out/`, and compare where that is asked for."""
    if options.changed_since:
        return changes_since.compare(run.root, run.environ, run.processes, options.changed_since, run.voice)
    if not options.no_synth:
        synthesize(run)
    return None


def _kept_back(held: Taken, wanted: Sequence[Target], *, offline: bool, bare: bool) -> list[Outcome]:
    """The targets that are not planned here, each with why, in one sentence."""
    found = []
    for target in wanted:
        if why := held.held(target.stack.name, offline=offline, bare=bare):
            more = f" (and {len(why) - 1} more)" if len(why) > 1 else ""
            sentence = f"{target.label} is not planned with credentials: {cut(why[0], _LONGEST)}{more}."
            never = held.offline.get(target.stack.name, ())
            nor = (f"Nor is it planned offline: {cut(never[0], _LONGEST)}.",) if never else ()
            message = Message("error", sentence, "\n".join((*why[1:], *nor)))
            found.append(Outcome(target, "refused", sentence, messages=(message,)))
    return found


def _says_why(outcome: Outcome, held: Taken) -> Outcome:
    """An offline plan's outcome with why it is one."""
    why = (*held.redirects, *held.refused.get(outcome.target.stack.name, ()))
    sentence = (
        f"{outcome.target.label} is planned offline, without credentials: {cut(why[0], _LONGEST)}." if why else ""
    )
    warning = (Message("warning", sentence, "\n".join(why[1:])),) if why else ()
    return replace(outcome, messages=(*outcome.messages, *warning))


def _to_strangers(outcome: Outcome, system: System) -> Outcome:
    """Without old values, unless the base says that forks may see them; what of it a pull request changes redirects."""
    ci = system.accounts[outcome.target.stack.account].common.ci
    if outcome.summary is None or (ci is not None and ci.old_values_to_forks):
        return outcome
    return replace(outcome, summary=without_old_values(outcome.summary))


def _side_by_side(
    run: Run,
    terraform: Context,
    wanted: Sequence[Target],
    options: PlanOptions,
    checked_out: Commit,
    key: Fernet | None,
    start: str,
) -> list[Outcome]:
    with open_folders(terraform) as folders, run.voice.progress([target.label for target in wanted]) as steps:
        return parallel.each(
            wanted,
            lambda target: target_plan.plan(
                folders,
                target_plan.request(run.system, target, options.images, start),
                checked_out,
                steps(target.label),
                key,
            ),
            options.jobs or parallel.default_jobs(),
        )


def _looks_for_all(run: Run, named: Sequence[Target], changed: Changed | None) -> bool:
    """Whether a run on named stacks looks for states without a declaration: in CI these are a shard of all stacks."""
    from tanada.forge.ci import detect

    if detect(run.environ) is None:
        return False
    return bool(changed.gone) if changed else any(target.stack == run.stacks[0] for target in named)


def _leftovers(run: Run, terraform: Context) -> list[Leftover]:
    """States without a declaration; not to be able to look is no reason to fail the plans."""
    if terraform.offline:
        return leftovers.offline(run.layout, run.stacks)
    try:
        return leftovers.in_buckets(run.stacks, run.system.name)
    except TanadaError as error:
        run.voice.note(f"States without a declaration were not looked for. {error}")
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
            secrets=changed.secrets if changed else None,
        )
        reports.write(run.layout.reports, report)
    for leftover in left:
        reports.write(run.layout.reports, reports.undeclared(leftover, shared))
    reports.end(run.layout.reports, "plan")
