"""Planning one target: in a session, in the plan's own folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tanada.contract.state import State
from tanada.errors import AwsError, TanadaError, TerraformError
from tanada.files import parsed
from tanada.plan import Message, Part, Step, Summary, impossible, marked
from tanada.plan import summary as summary_of
from tanada.terraform import (
    answered,
    ci_changes,
    fingerprint_key,
    guards,
    imports,
    leftovers,
    passwords,
    ran,
    records,
    steps,
    variables,
    workspaces,
)
from tanada.terraform.folders import Folders, check_common, check_host, state_of
from tanada.terraform.leftovers import Leftover
from tanada.terraform.plan_tags import first_of, image_tags, kept_tags, said_of_dropped, said_of_first, said_of_kept
from tanada.terraform.records import Record
from tanada.terraform.request import Request
from tanada.terraform.session import Session
from tanada.terraform.voice import OnStep


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
            state, kept = known.state, kept_tags(request, known.state)
            first = first_of(folders.context, request, state, kept)
            given = {**{name: each.tag for name, each in first.items()}, **kept, **request.given}
            chosen = image_tags(layout, request, state, given)
            on_step("plan")
            fresh = made(session, request, state, Given(chosen, given, state.store_versions))
            absent = [Message("warning", each, "Push it first: apply refuses it.") for each in fresh.missing]
            answers = [Message("warning", each, "Until then apply refuses it.") for each in fresh.answered]
            messages = (
                *said_of_first(target, first),
                *said_of_kept(target, kept),
                *said_of_dropped(request, state),
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
    return imports.unseen(parsed(declared), session.emitted(), summary)


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
