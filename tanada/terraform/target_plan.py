"""Planning one target: its request, the plan in a session's own folder, and the saved one with its record."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanada.contract.state import State
from tanada.declarations import content
from tanada.errors import AwsError, TanadaError, TerraformError
from tanada.plan import Message, Part, Status, Step, Summary, impossible, marked
from tanada.plan import summary as summary_of
from tanada.terraform import (
    answered,
    ci_changes,
    fingerprint_key,
    first_tags,
    guards,
    images,
    imports,
    leftovers,
    outcome,
    passwords,
    ran,
    records,
    steps,
    tags,
    variables,
    workspaces,
)
from tanada.terraform.answered import Neighbour
from tanada.terraform.first_tags import First, Sources
from tanada.terraform.folders import Folders, check_common, check_host, state_of
from tanada.terraform.git import Commit
from tanada.terraform.layout import Layout, Target
from tanada.terraform.leftovers import Leftover
from tanada.terraform.outcome import Outcome
from tanada.terraform.records import Origin, Record
from tanada.terraform.session import Context, Session
from tanada.terraform.voice import OnStep

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System


@dataclass(frozen=True)
class Request:
    """One target to plan."""

    target: Target
    images: tuple[str, ...] = ()
    """Those its services run."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Tags from `--image`."""
    kept: records.Asked = field(default_factory=records.Asked)
    """Those that it gave to an earlier plan, which nobody has applied."""
    back: frozenset[str] = frozenset()
    """Images that a rollback takes back: their tags ran, and may have left their registry since."""
    processors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By image, those that it has to be built for."""
    limit: int | None = None
    """How many review environments may exist."""
    review: Target | None = None
    """The review environment that would answer at its host; there must be none."""
    sources: Sources = field(default_factory=Sources)
    """Where tags come from of images that it has never run."""
    shown: frozenset[str] = frozenset()
    """Environment variables whose values stand in the declaration for all to read."""
    patched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By address the ways to what `patches` say of it."""
    quiet: frozenset[str] = frozenset()
    """Services that say nowhere what they write to."""
    stacks: tuple[Stack, ...] = ()
    """The inventory: what rests on a common layer comes before what it takes away."""
    neighbours: tuple[Neighbour, ...] = ()
    """The other environments of its account."""


def request(system: System, target: Target, given: Mapping[str, str], start: str = "HEAD") -> Request:
    """What a target's plan needs of the declaration; of `given` only tags of images that it runs.

    `start` is the commit, of the branch that is applied, from which on folders' last changes are looked for.
    """
    from tanada.declarations.inventory import inventory

    needed = content.images(system, target.stack)
    return Request(
        target=target,
        images=needed,
        given={name: tag for name, tag in given.items() if name in needed},
        processors=content.processors(system, target.stack),
        limit=content.limit(system, target.stack),
        review=_at_its_host(system, target.stack),
        sources=first_tags.sources(system, target, needed, start),
        shown=content.variables(system, target.stack),
        patched=content.patched(system, target.stack),
        quiet=content.quiet(system, target.stack),
        stacks=inventory(system),
        neighbours=answered.neighbours(system, target.stack),
    )


def _at_its_host(system: System, stack: Stack) -> Target | None:
    """Of an environment below the review domain; in another account the host's zone is another one, too."""
    from tanada.declarations.inventory import inventory

    review = next((each for each in inventory(system) if each.kind == "review"), None)
    if review is None or system.review is None or stack.environment is None or review.account != stack.account:
        return None
    from tanada.declarations.domains import labels_below  # here: `--help` loads no model

    labels = labels_below(system.review.domain, filter(None, [system.environments[stack.environment].domain]))
    return Target(review, labels[0]) if labels else None


@dataclass(frozen=True)
class Planned:
    """A plan that was just made, in the session's own folder."""

    file: Path
    state: State
    image_tags: Mapping[str, str]
    given: Mapping[str, str]
    """Those of them that were given, or found for images that never ran: an apply takes the same."""
    store_versions: Mapping[str, int]
    """The number of each store's password, as far as it isn't the first."""
    summary: Summary
    warnings: tuple[Message, ...]
    shown: Mapping[str, Any] = field(repr=False)
    """Its JSON: never leaves memory."""
    emitted: Mapping[str, Any] = field(repr=False)
    """The configuration that it was made of."""
    key: bytes | None = field(repr=False)
    """What fingerprints are made with."""
    missing: tuple[str, ...] = ()
    """Sentences about tags that can't be deployed, as the registry doesn't hold them."""
    answered: tuple[str, ...] = ()
    """Sentences about what it can't do yet: take domains that another environment still answers, raise a database's
    major version without a word for it."""

    def others(self, approved: Sequence[Part]) -> str | None:
        """What it does that isn't left of an approved plan, in words."""
        return steps.others(approved, self.shown, self.key, self.emitted)


@contextlib.contextmanager
def planned(folders: Folders, request: Request, on_step: OnStep) -> Iterator[tuple[Session, Planned]]:
    """Plan one target; the plan file lives as long as the session, unless somebody keeps it."""
    target, layout = request.target, folders.context.layout
    check_common(folders.states, target)
    check_host(folders.context, target, request.review)
    with folders.session(target, on_step) as session:
        on_step("init")
        session.init()
        with _workspace(session, request.limit, on_step) as session:
            known = ran.known(folders.context, target, session.state())
            state, kept = known.state, _kept(request, known.state)
            first = _first(folders.context, request, state, kept)
            given = {**{name: each.tag for name, each in first.items()}, **kept, **request.given}
            chosen = image_tags(layout, request, state, given)
            on_step("plan")
            fresh = made(session, request, state, Given(chosen, given, state.store_versions))
            absent = [Message("warning", each, "Push it first: apply refuses it.") for each in fresh.missing]
            answers = [Message("warning", each, "Until then apply refuses it.") for each in fresh.answered]
            messages = (
                *_said(target, first),
                *_said_kept(target, kept),
                *_said_dropped(target, request, state),
                *ran.messages(target, known, given, request.images),
                *fresh.warnings,
                *absent,
                *answers,
                *_locked(session),
                *_unseen(session, fresh.summary),
                *ci_changes.advice(target.stack, fresh.summary),
            )
        yield session, replace(fresh, warnings=messages)


@dataclass(frozen=True)
class Given:
    """What a plan is made with."""

    image_tags: Mapping[str, str]
    named: Mapping[str, str]
    """Those of them that were given, or found for images that never ran."""
    store_versions: Mapping[str, int]


def given_before(before: Planned | Record) -> Given:
    """What a plan that was made before was made with."""
    return Given(before.image_tags, before.given, before.store_versions)


def made(session: Session, request: Request, state: State, given: Given, *, begun: bool = False) -> Planned:
    """The whole plan of a session that stands on its state, in its own folder; `begun`: of what this apply began, with
    the numbers that it began with."""
    file, layout, stack = session.data / records.PLAN, session.context.layout, request.target.stack.name
    shown, warnings, numbers = passwords.planned(
        session,
        file,
        lambda numbers: variables.given(layout, stack, given.image_tags, numbers),
        given.store_versions,
        raises=not begun,
    )
    return _read(session, request, state, replace(given, store_versions=numbers), file, shown, warnings)


def opened(session: Session, request: Request, state: State, record: Record, file: Path) -> Planned:
    """The same of a plan that was saved before."""
    return _read(session, request, state, given_before(record), file, session.show(file), ())


def _read(
    session: Session,
    request: Request,
    state: State,
    given: Given,
    file: Path,
    shown: Mapping[str, Any],
    warnings: tuple[Message, ...],
) -> Planned:
    target = request.target
    key, emitted = fingerprint_key.key(session.context.environ), session.emitted()
    summary = marked(summary_of(shown, target.stack, request.shown, key, emitted, request.quiet), request.patched)
    noted = state.store_versions
    summary = steps.in_steps(summary, shown, target.stack, request.stacks, key, emitted, noted)
    tags = given.image_tags
    missing = _missing(session, request, summary, _looked_for(request, tags, state))
    others = (
        *_answered(session, request, state, shown),
        *impossible(shown),
        *map(session.secrets.remove, guards.replaced_imports(shown).values()),
        *map(session.secrets.remove, guards.held_imports(shown).values()),
    )
    return Planned(
        file=file,
        state=state,
        image_tags=tags,
        given=given.named,
        store_versions=given.store_versions,
        summary=summary,
        warnings=warnings,
        shown=shown,
        emitted=emitted,
        key=key,
        missing=missing,
        answered=others,
    )


def _answered(session: Session, request: Request, state: State, shown: Mapping[str, Any]) -> tuple[str, ...]:
    """What stands against the domains that an environment's plan takes; nothing of what can't be looked for."""
    stack, context = request.target.stack, session.context
    names = answered.wanted(shown) if stack.kind == "environment" else frozenset()
    if not names:
        return ()
    found = answered.refusals(names, state, request.neighbours, lambda other: state_of(context, other))
    left: Sequence[Leftover] = ()
    if context.offline:
        left = leftovers.offline(context.layout, request.stacks)
    else:
        with contextlib.suppress(AwsError):
            left = leftovers.in_buckets(request.stacks, stack.state_key.partition("/")[0], stack.account)
    declared = {each.name for each in request.stacks}  # of which `answered` has spoken
    left = [each for each in left if each.stack not in declared]
    gone = (leftovers.answering(stack, name, left) for name in sorted(names))
    return (*found, *(each for each in gone if each))


def _unseen(session: Session, summary: Summary) -> tuple[Message, ...]:
    context = session.context
    if not context.offline:
        return ()
    declared = context.layout.configuration(session.target.stack.name).read_text(encoding="utf-8")
    return imports.unseen(json.loads(declared), session.emitted(), summary)


def _looked_for(request: Request, tags: Mapping[str, str], state: State) -> dict[str, str]:
    """The tags that have to be in their registries: others than what runs (that one may have left since, and nothing
    waits for it), and those that a rollback goes back to, which run no more where another one failed."""
    return {image: tag for image, tag in tags.items() if image in request.back or state.image_tags.get(image) != tag}


def _missing(session: Session, request: Request, summary: Summary, tags: Mapping[str, str]) -> tuple[str, ...]:
    """What the registry says of new tags, where a definition that runs one is made."""
    deploys = any(each.type == _DEFINITION and each.action in ("create", "replace") for each in summary.changes)
    if session.context.offline or not deploys or not tags:
        return ()
    from tanada.aws.registry import missing  # loads boto3

    return tuple(missing(request.target.stack, request.sources.repositories, tags, request.processors))


_DEFINITION = "aws_ecs_task_definition"


def made_for(step: Step, session: Session, request: Request, whole: Planned) -> Path:
    """The plan of one step of a plan, which it keeps to; raises TerraformError where Terraform would do more."""
    if not step.keeps and not step.omits and not step.only:
        return whole.file
    file = session.data / "step.tfplan"
    stack = request.target.stack.name
    given = variables.given(session.context.layout, stack, whole.image_tags, whole.store_versions)
    with session.configured(steps.configured(step, whole.emitted)):
        shown, _ = session.plan(file, given, targets=steps.targets(step, whole.emitted))
    if others := steps.others(steps.within(step, whole.summary.parts), shown, whole.key, whole.emitted):
        raise TerraformError(f"A step of this plan would do what the plan does not: {others}.")
    return file


def plan(folders: Folders, request: Request, commit: Commit, on_step: OnStep, key: Fernet | None = None) -> Outcome:
    """Plan one target and save the plan with its record, sealed where there is a key."""
    target, context = request.target, folders.context

    def work() -> Outcome:
        records.discard_plan(folder)
        if not ci:
            records.ask(folder, records.Asked(request.given, None, context.offline))
        with planned(folders, request, on_step) as (session, fresh):
            if not ci:
                asked = {**_kept(request, fresh.state), **request.given}
                records.ask(folder, records.Asked(asked, fresh.state.serial, context.offline))
                if not asked:
                    records.forget_asked(folder)  # said once
            record = Record(
                origin=origin(session, commit, fresh.state, fresh.file),
                dirty=commit.dirty,
                image_tags=fresh.image_tags,
                given=fresh.given,
                store_versions=fresh.store_versions,
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                summary=records.summary_data(fresh.summary),
                waits=foreseen,
            )
            records.save(folder, record, None if foreseen else fresh.file, key)
        status: Status = "no changes" if fresh.summary.empty else "changes"
        return Outcome(
            target,
            status,
            summary=fresh.summary,
            messages=(*_foreseen(target), *fresh.warnings) if foreseen else fresh.warnings,
            images=fresh.given,
            foreseen=foreseen,
            secrets=session.secrets,
        )

    folder = context.layout.plans(target)
    ci = _in_ci(context)
    if not ci:
        request = replace(request, kept=records.asked(folder, offline=context.offline))
    foreseen = target.stack.common in folders.foreseen
    tried = outcome.attempt(target, work)
    if tried.status == "waits for common":
        keep_tags(context, request, commit, key)
    return tried if tried.images else replace(tried, images=request.given)


def _in_ci(context: Context) -> bool:
    """A job plans what it is told, whoever planned in the same folder before."""
    from tanada.forge.ci import detect  # loads what reads the CI's event

    return detect(context.environ) is not None


def _kept(request: Request, state: State) -> dict[str, str]:
    """The tags of an earlier plan that count: nobody has applied since, and none is named now."""
    kept = request.kept
    if kept.serial is not None and kept.serial != state.serial:
        return {}
    return {
        name: tag
        for name, tag in kept.tags.items()
        if name in request.images and name not in request.given and state.image_tags.get(name) != tag
    }


def _said_kept(target: Target, kept: Mapping[str, str]) -> tuple[Message, ...]:
    return tuple(
        Message(
            "warning",
            f"{target.label} takes {image} {tag}, which an earlier plan was given",
            f"That plan was not applied. For another tag: --image {image}=TAG.",
        )
        for image, tag in sorted(kept.items())
    )


def _said_dropped(target: Target, request: Request, state: State) -> tuple[Message, ...]:
    """Tags of an earlier plan that count no more, as somebody has applied since, and run nowhere."""
    kept = request.kept
    if kept.serial is None or kept.serial == state.serial:
        return ()
    return tuple(
        Message(
            "warning",
            f"{target.label} takes {image} {state.image_tags[image]}, not {tag}, which an earlier plan was given",
            f"Somebody has applied since. To deploy it all the same: --image {image}={tag}.",
        )
        for image, tag in sorted(kept.tags.items())
        if image in request.images and image not in request.given and state.image_tags.get(image, tag) != tag
    )


def keep_tags(context: Context, request: Request, commit: Commit, key: Fernet | None) -> None:
    """Keep what a target that waits was given: an apply of all takes the same tags, once its common layer is there."""
    target = request.target
    kept = records.Asked() if _in_ci(context) else records.asked(context.layout.plans(target), offline=context.offline)
    given = {**{name: tag for name, tag in kept.tags.items() if name in request.images}, **request.given}
    record = Record(
        origin=_origin(context, target, commit),
        dirty=commit.dirty,
        image_tags=given,
        given=given,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        summary={},
        waits=True,
    )
    records.save(context.layout.plans(target), record, None, key)


def _foreseen(target: Target) -> tuple[Message, ...]:
    common = target.stack.common
    text = f"{target.label} is planned on {common} as that will be"
    return (Message("warning", text, f"{common} isn't applied as it is declared: apply it first, then plan again."),)


@contextlib.contextmanager
def _workspace(session: Session, limit: int | None, on_step: OnStep) -> Iterator[Session]:
    """A session in the target's workspace, made where it is new; one made for a plan that fails goes again."""
    name = session.target.workspace
    if name is None:
        yield session
        return
    on_step("workspace")
    existing = session.workspaces()
    if limit is not None:
        workspaces.check_limit(name, existing, limit, session.holding)
    if session.context.reads_only and name not in existing:
        yield session.in_an_empty_state(name)
        return
    session.select_or_create(name)
    try:
        yield session
    except Exception:
        if name not in existing:
            with contextlib.suppress(TanadaError):
                session.delete_workspace(name)
        raise


def _locked(session: Session) -> tuple[Message, ...]:
    """Who changes this state at the moment: a plan that takes no lock doesn't wait for it."""
    target = session.target
    if not session.context.reads_only:
        return ()
    from tanada.aws.states import lock  # loads boto3

    holder = lock(target.stack, target.workspace)
    if holder is None:
        return ()
    summary = f"The state of {target.label} is locked by {holder}"
    return (Message("warning", summary, "Something changes it now, so this plan may be out of date when that ends."),)


def origin(session: Session, commit: Commit, state: State, plan: Path) -> Origin:
    """What a plan file was made from, or what it would be applied to."""
    made = _origin(session.context, session.target, commit)
    return replace(
        made,
        configuration=session.configuration,
        lineage=state.lineage,
        serial=state.serial,
        plan=records.digest(plan),
    )


def origin_now(context: Context, planned: Origin, commit: Commit) -> Origin:
    """What of a plan's origin is known without a synth; the rest as it was."""
    return replace(
        planned,
        offline=context.offline,
        terraform_version=context.program.version,
        terraform=context.program.name,
        commit=commit.id,
    )


def _origin(context: Context, target: Target, commit: Commit) -> Origin:
    """The same without a plan."""
    return Origin(
        stack=target.stack.name,
        workspace=target.workspace,
        offline=context.offline,
        terraform_version=context.program.version,
        terraform=context.program.name,
        commit=commit.id,
        configuration="",
        lineage=None,
        serial=None,
        plan="",
    )


def image_tags(layout: Layout, request: Request, state: State, given: Mapping[str, str]) -> dict[str, str]:
    """What the stack's images run; TerraformError where one of them has no tag."""
    target = request.target
    if variables.IMAGE_TAGS not in variables.declared(layout, target.stack.name):
        return {}
    known = (given, state.image_tags)
    unknown = images.missing(request.images, *known)
    listing = " ; ".join(tags.listing(request.sources.repositories[name], target.stack.account_id) for name in unknown)
    return images.choose(target.label, request.images, known, listing)


def _first(context: Context, request: Request, state: State, kept: Mapping[str, str]) -> dict[str, First]:
    if variables.IMAGE_TAGS not in variables.declared(context.layout, request.target.stack.name):
        return {}
    unknown = images.missing(request.images, request.given, kept, state.image_tags)
    return first_tags.find(context, request.target, request.sources, unknown)


def _said(target: Target, first: Mapping[str, First]) -> tuple[Message, ...]:
    """Of tags that nobody named: which, and why."""
    return tuple(
        Message("warning", f"{target.label} begins with {image} {each.tag}", f"No tag was named: {each.reason}.")
        for image, each in first.items()
    )
