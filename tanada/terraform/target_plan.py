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
from tanada.errors import TanadaError, TerraformError
from tanada.plan import Message, Part, Status, Step, Summary
from tanada.plan import summary as summary_of
from tanada.terraform import ci_changes, fingerprint_key, images, outcome, records, steps, workspaces
from tanada.terraform.folders import Folders, check_common
from tanada.terraform.git import Commit
from tanada.terraform.layout import Layout, Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.records import Origin, Record
from tanada.terraform.session import Session
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
    processors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By image, those that it has to be built for."""
    limit: int | None = None
    """How many review environments may exist."""
    shown: frozenset[str] = frozenset()
    """Environment variables whose values stand in the declaration for all to read."""
    stacks: tuple[Stack, ...] = ()
    """The inventory: what rests on a common layer comes before what it takes away."""


def request(system: System, target: Target, given: Mapping[str, str]) -> Request:
    """What a target's plan needs of the declaration; of `given` only tags of images that it runs."""
    from tanada.declarations.inventory import inventory

    needed = content.images(system, target.stack)
    return Request(
        target=target,
        images=needed,
        given={name: tag for name, tag in given.items() if name in needed},
        processors=content.processors(system, target.stack),
        limit=content.limit(system, target.stack),
        shown=content.variables(system, target.stack),
        stacks=inventory(system),
    )


@dataclass(frozen=True)
class Planned:
    """A plan that was just made, in the session's own folder."""

    file: Path
    state: State
    image_tags: Mapping[str, str]
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

    def others(self, approved: Sequence[Part]) -> str | None:
        """What it does that isn't left of an approved plan, in words."""
        return steps.others(approved, self.shown, self.key, self.emitted)


@contextlib.contextmanager
def planned(folders: Folders, request: Request, on_step: OnStep) -> Iterator[tuple[Session, Planned]]:
    """Plan one target; the plan file lives as long as the session, unless somebody keeps it."""
    target, layout = request.target, folders.context.layout
    check_common(folders.context, target)
    with folders.session(target, on_step) as session:
        on_step("init")
        session.init()
        with _workspace(session, request.limit, on_step) as session:
            state = session.state()
            tags = image_tags(layout, request, state)
            on_step("plan")
            fresh = made(session, request, state, tags)
            absent = (Message("warning", each, "Push it first: apply refuses it.") for each in fresh.missing)
            messages = (*fresh.warnings, *absent, *_locked(session), *ci_changes.advice(target.stack, fresh.summary))
        yield session, replace(fresh, warnings=messages)


def made(session: Session, request: Request, state: State, tags: Mapping[str, str]) -> Planned:
    """The whole plan of a session that stands on its state, in its own folder."""
    file = session.data / records.PLAN
    shown, warnings = session.plan(file, variables(session.context.layout, request.target, tags))
    return _read(session, request, state, tags, file, shown, warnings)


def opened(session: Session, request: Request, state: State, tags: Mapping[str, str], file: Path) -> Planned:
    """The same of a plan that was saved before."""
    return _read(session, request, state, tags, file, session.show(file), ())


def _read(
    session: Session,
    request: Request,
    state: State,
    tags: Mapping[str, str],
    file: Path,
    shown: Mapping[str, Any],
    warnings: tuple[Message, ...],
) -> Planned:
    target = request.target
    key, emitted = fingerprint_key.key(session.context.environ), session.emitted()
    summary = summary_of(shown, target.stack, request.shown, key, emitted)
    summary = steps.in_steps(summary, shown, target.stack, request.stacks, key, emitted)
    missing = _missing(
        session, request, summary, {image: tag for image, tag in tags.items() if _new(image, tag, state)}
    )
    return Planned(file, state, tags, summary, warnings, shown, emitted, key, missing)


def _new(image: str, tag: str, state: State) -> bool:
    """Whether a tag is another than what runs: that one may have left its registry since, and nothing waits for it."""
    return state.image_tags.get(image) != tag


def _missing(session: Session, request: Request, summary: Summary, tags: Mapping[str, str]) -> tuple[str, ...]:
    """What the registry says of new tags, where a definition that runs one is made."""
    deploys = any(each.type == _DEFINITION and each.action in ("create", "replace") for each in summary.changes)
    if session.context.offline or not deploys or not tags:
        return ()
    from tanada.aws.registry import missing  # loads boto3

    stack = request.target.stack
    return tuple(missing(stack, stack.state_key.partition("/")[0], tags, request.processors))


_DEFINITION = "aws_ecs_task_definition"


def made_for(step: Step, session: Session, request: Request, whole: Planned) -> Path:
    """The plan of one step of a plan, which it keeps to; raises TerraformError where Terraform would do more."""
    if not step.keeps and not step.omits:
        return whole.file
    file = session.data / "step.tfplan"
    given = variables(session.context.layout, request.target, whole.image_tags)
    with session.configured(steps.configured(step, whole.emitted)):
        shown, _ = session.plan(file, given, targets=steps.targets(step, whole.emitted))
    if others := steps.others(steps.within(step, whole.summary.parts), shown, whole.key, whole.emitted):
        raise TerraformError(f"A step of this plan would do what the plan does not: {others}.")
    return file


def plan(folders: Folders, request: Request, commit: Commit, on_step: OnStep, key: Fernet | None = None) -> Outcome:
    """Plan one target and save the plan with its record, sealed where there is a key."""
    target, context = request.target, folders.context

    def work() -> Outcome:
        folder = context.layout.plans(target)
        records.discard(folder)
        with planned(folders, request, on_step) as (session, fresh):
            record = Record(
                origin=origin(session, commit, fresh.state, fresh.file),
                dirty=commit.dirty,
                image_tags=fresh.image_tags,
                given=request.given,
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                summary=records.summary_data(fresh.summary),
            )
            records.save(folder, record, fresh.file, key)
        status: Status = "no changes" if fresh.summary.empty else "changes"
        return Outcome(target, status, summary=fresh.summary, messages=fresh.warnings, secrets=session.secrets)

    return replace(outcome.attempt(target, work), images=request.given)


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
        workspaces.check_limit(name, existing, limit)
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
    context, target = session.context, session.target
    return Origin(
        stack=target.stack.name,
        workspace=target.workspace,
        offline=context.offline,
        terraform_version=context.program.version,
        terraform=context.program.name,
        commit=commit.id,
        configuration=session.configuration,
        lineage=state.lineage,
        serial=state.serial,
        plan=records.digest(plan),
    )


def declared_variables(layout: Layout, stack: str) -> frozenset[str]:
    """The variables that a synthesized stack takes."""
    configuration = json.loads(layout.configuration(stack).read_text(encoding="utf-8"))
    return frozenset(configuration.get("variable", {}))


def image_tags(layout: Layout, request: Request, state: State) -> dict[str, str]:
    if "image_tags" not in declared_variables(layout, request.target.stack.name):
        return {}
    return images.choose(request.target.label, request.images, request.given, state.image_tags)


def variables(layout: Layout, target: Target, tags: Mapping[str, str]) -> dict[str, str]:
    """What Terraform is given, by environment variables."""
    if "image_tags" not in declared_variables(layout, target.stack.name):
        return {}
    return {"image_tags": json.dumps(dict(tags), sort_keys=True)}
