"""Planning stacks side by side: which, with what, and the reports for comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
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
    saved_plan,
    seal,
    taken,
    targets,
)
from tanada.terraform.folders import Folders, open_folders
from tanada.terraform.foreseen import open_foreseen
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.request import Request, request_of
from tanada.terraform.run import Run, check_images, commit, context, frame, reporting_failure, synthesize
from tanada.terraform.strangers import without_old_values
from tanada.text import cut

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from tanada.declared.system import System
    from tanada.terraform.changes_since import Changed
    from tanada.terraform.context import Context
    from tanada.terraform.git import Commit
    from tanada.terraform.leftovers import Leftover
    from tanada.terraform.reports import Frame
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
    if not options.stacks and (idle := [each.environment for each in run.stacks if not each.created]):
        run.voice.note(f"Left out, by created: false: {', '.join(map(str, idle))}; each is planned by its name.")

    reports.empty(run.layout.reports)
    checked_out = commit(run)
    shared = frame(run, "plan", checked_out, offline=options.offline)
    with reporting_failure(run, asked, shared):
        # What needs no synth comes before it; who needs credentials is known after a comparison alone.
        stacks = [target.stack for target in asked]
        early = None if options.changed_since else context(run, offline=options.offline, stacks=stacks)
        changed = _synthesized(run, options)
        wanted = [target for target in asked if changed is None or target.stack.name in changed.stacks]
        bare = options.offline and not run.environ.get("TANADA_CI_ROLE")
        kept_back = _kept_back(held, wanted, offline=options.offline, bare=bare) if held else []
        if held and bare:
            taken.emit_offline(run.layout, {target.stack.name for target in wanted} & {*held.planned_offline})
        wanted = [each for each in wanted if each not in {outcome.target for outcome in kept_back}]
        terraform = early or context(run, offline=options.offline, stacks=[target.stack for target in wanted])
        for label in records.discard_others(run.layout, wanted, checked_out.id):
            run.voice.note(f"{label}: its saved plan is deleted, it was made at another commit and isn't planned now.")
        work = _Work(run, options, checked_out, key, changed.base if changed else "HEAD")
        planned = work.side_by_side(open_folders(terraform), wanted)
        if options.offline and not held:
            planned = work.with_what_they_wait_for(terraform, planned)
        if held and options.offline:
            planned = [_says_why(outcome, held) for outcome in planned]
        if held and held.allowed:
            planned = [_to_strangers(outcome, run.system) for outcome in planned]
        outcomes = sorted([*kept_back, *planned], key=lambda outcome: run.stacks.index(outcome.target.stack))
    looking = not options.stacks or _looks_for_all(run, asked, changed)
    elsewhere = held is not None and bool(held.redirects)  # whose states these are is what it changes
    left = _leftovers(run, terraform) if looking and not elsewhere and not run.processes.stopped else []
    shared = replace(shared, terraform=terraform.says)
    if changed is not None:
        shared = replace(shared, base=changed.base, everything_changed=changed.reason, maker=changed.maker)
    declared = {stack.name for stack in run.stacks}
    _report(run, outcomes, [each for each in left if each.stack not in declared], shared, changed)
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


@dataclass(frozen=True)
class _Work:
    """Plans targets as they were asked for."""

    run: Run
    options: PlanOptions
    checked_out: Commit
    key: Fernet | None
    start: str

    def side_by_side(self, opened: AbstractContextManager[Folders], wanted: Sequence[Target]) -> list[Outcome]:
        """The outcomes of targets, many at a time."""
        run, options = self.run, self.options
        with opened as folders, run.voice.progress([target.label for target in wanted]) as steps:
            return parallel.each(
                wanted,
                lambda target: saved_plan.plan(
                    folders, self._request(target), self.checked_out, steps(target.label), self.key
                ),
                options.jobs or parallel.default_jobs(),
            )

    def with_what_they_wait_for(self, terraform: Context, planned: list[Outcome]) -> list[Outcome]:
        """Offline: the same outcomes, those that wait planned on their common layers as these will be, and the layers
        that nobody asked for planned too, unless it was asked what differs."""
        run = self.run
        waiting = [outcome.target for outcome in planned if outcome.status == "waits for common"]
        names = {target.stack.common for target in waiting}
        commons = [Target(stack) for stack in run.stacks if stack.name in names]
        asked = {outcome.target for outcome in planned}
        more = [] if self.options.changed_since else [common for common in commons if common not in asked]
        if more and not run.processes.stopped:
            planned = [*planned, *self.side_by_side(open_folders(terraform), more)]
        if waiting and not run.processes.stopped:
            run.voice.note(
                f"Not applied yet: {', '.join(sorted(names))}. What waits for it is planned on what it will be."
            )
            again = self.side_by_side(open_foreseen(terraform, commons), waiting)
            found = {outcome.target: outcome for outcome in again}
            planned = [self._better(terraform, each, found.get(each.target, each)) for each in planned]
        return planned

    def _better(self, terraform: Context, before: Outcome, foreseen: Outcome) -> Outcome:
        """What could be foreseen; else that it waits, and why it would still fail then."""
        if foreseen is before or foreseen.summary is not None or foreseen.status == "interrupted":
            return foreseen
        saved_plan.keep_tags(terraform, self._request(before.target), self.checked_out, self.key)
        if foreseen.status == "waits for common":
            return before
        then = Message("warning", f"Once {before.target.stack.common} is applied: {foreseen.message}")
        return replace(before, messages=(*before.messages, then))

    def _request(self, target: Target) -> Request:
        return request_of(self.run.system, target, self.options.images, self.start)


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
