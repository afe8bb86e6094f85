"""Planning and validating one target, as far as it gets: what went wrong is part of the outcome."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tanada.errors import StoppedError, TanadaError, TerraformFailedError, WaitsForCommonError
from tanada.files import private_file
from tanada.plan import Message, Status, Summary, without_secrets
from tanada.plan import summary as summary_of
from tanada.state import State
from tanada.terraform import images, records, workspaces
from tanada.terraform.folders import Folders, check_common
from tanada.terraform.layout import Layout, Target
from tanada.terraform.records import Commit, Origin, Record
from tanada.terraform.session import Context, Session, open_session

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

    from tanada.declarations.inventory import Stack
    from tanada.declarations.models import System  # models, which take their time to load


@dataclass(frozen=True)
class Outcome:
    """How it went for one target."""

    target: Target
    status: Literal["valid"] | Status
    message: str | None = None
    """What to read when it didn't go well."""
    summary: Summary | None = None
    messages: tuple[Message, ...] = ()
    """Errors and warnings, for the report."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Tags that `--image` gave."""


@dataclass(frozen=True)
class Request:
    """One target to plan."""

    target: Target
    images: tuple[str, ...] = ()
    """Those its services run."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Tags from `--image`."""
    limit: int | None = None
    """How many review environments may exist."""
    shown: frozenset[str] = frozenset()
    """Environment variables whose values stand in the declaration for all to read."""


def request(system: System, target: Target, given: Mapping[str, str]) -> Request:
    """What a target's plan needs of the declaration."""
    needed = images.used(system, target.stack)
    return Request(
        target=target,
        images=needed,
        given={name: tag for name, tag in given.items() if name in needed},
        limit=system.review.limit if system.review and target.stack.kind == "review" else None,
        shown=shown_variables(system, target.stack),
    )


def shown_variables(system: System, stack: Stack) -> frozenset[str]:
    """Names of the environment variables whose values stand in the declaration."""
    services = images.services(system, stack).values()
    return frozenset(name for service in services for name in service.variables)


OnStep = Callable[[str], None]
"""Hears the step that a target is at."""


@dataclass(frozen=True)
class Planned:
    """A plan that was just made, in the session's own folder."""

    file: Path
    state: State
    image_tags: Mapping[str, str]
    summary: Summary
    warnings: tuple[Message, ...]


@contextlib.contextmanager
def planned(context: Context, folders: Folders, request: Request, on_step: OnStep) -> Iterator[tuple[Session, Planned]]:
    """Plan one target; the plan file lives as long as the session, unless somebody keeps it."""
    target = request.target
    check_common(context, target)
    with session(context, folders, target, on_step) as terraform:
        on_step("init")
        terraform.init()
        with _workspace(terraform, request.limit, on_step):
            state = terraform.state()
            tags = image_tags(context.layout, request, state)
            on_step("plan")
            file = terraform.data / records.PLAN
            warnings = terraform.plan(file, variables(context.layout, target, tags))
            shown = terraform.show(file)
            summary = summary_of(shown, target.stack, request.shown)
            # A check's message is a warning too, and may hold what the plan marks as sensitive elsewhere.
            warnings = without_secrets(warnings, shown)
        yield terraform, Planned(file, state, tags, summary, warnings)


def plan(
    context: Context, folders: Folders, request: Request, commit: Commit, on_step: OnStep, key: Fernet | None = None
) -> Outcome:
    """Plan one target and save the plan with its record, sealed where there is a key."""
    target = request.target

    def work() -> Outcome:
        folder = context.layout.plans(target)
        records.discard(folder)
        with planned(context, folders, request, on_step) as (_, made):
            record = Record(
                origin=origin(context, target, commit, made.state, made.file),
                dirty=commit.dirty,
                image_tags=made.image_tags,
                given=request.given,
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                summary=records.summary_data(made.summary),
            )
            records.save(folder, record, made.file, key)
        status: Status = "no changes" if made.summary.empty else "changes"
        return Outcome(target, status, summary=made.summary, messages=made.warnings)

    return replace(outcome(target, work), images=request.given)


def validate(context: Context, folders: Folders, target: Target, on_step: OnStep) -> Outcome:
    """`terraform validate`, without a backend and so without credentials."""

    def work() -> Outcome:
        with session(context, folders, target, on_step) as terraform:
            on_step("init")
            terraform.init(backend=False)
            on_step("validate")
            terraform.validate()
        return Outcome(target, "valid")

    return outcome(target, work)


def outcome(target: Target, work: Callable[[], Outcome]) -> Outcome:
    """What `work` returns, or how it went wrong."""
    try:
        return work()
    except TanadaError as error:
        return went_wrong(target, error)


def went_wrong(target: Target, error: TanadaError) -> Outcome:
    """The outcome of a target that ended with an error."""
    said = (Message("error", str(error)),)
    match error:
        case WaitsForCommonError():
            return Outcome(target, "waits for common", str(error), messages=said)
        case StoppedError():
            return Outcome(target, "interrupted", str(error), messages=said)
        case TerraformFailedError():
            return Outcome(target, "failed", str(error), messages=error.messages)
        case _:
            return Outcome(target, "refused", str(error), messages=said)


@contextlib.contextmanager
def session(context: Context, folders: Folders, target: Target, on_step: OnStep) -> Iterator[Session]:
    """A session whose text goes to the target's log."""
    working = folders(target)
    writing = threading.Lock()
    with os.fdopen(private_file(context.layout.log(target)), "w", encoding="utf-8") as log:
        log.write(f"# {target.label}: {context.says}\n")

        def on_line(line: str) -> None:
            with writing:
                log.write(line)
                log.flush()
            if line.startswith(("module.", "data.", "aws_", "terraform_data.")):  # `aws_x.y: Creating...`
                on_step(line.strip())

        with open_session(context, target, working.folder, environment=working.environment, on_line=on_line) as opened:
            yield opened


@contextlib.contextmanager
def _workspace(terraform: Session, limit: int | None, on_step: OnStep) -> Iterator[None]:
    """The target's workspace, made where it is new; one made for a plan that fails goes again."""
    name = terraform.target.workspace
    if name is None:
        yield
        return
    on_step("workspace")
    existing = terraform.workspaces()
    if limit is not None:
        workspaces.check_limit(name, existing, limit)
    terraform.select_or_create(name)
    try:
        yield
    except Exception:
        if name not in existing:
            with contextlib.suppress(TanadaError):
                terraform.delete_workspace(name)
        raise


def origin(context: Context, target: Target, commit: Commit, state: State, plan: Path) -> Origin:
    """What a plan file was made from, or what it would be applied to."""
    return Origin(
        stack=target.stack.name,
        workspace=target.workspace,
        offline=context.offline,
        terraform_version=context.program.version,
        terraform=context.program.name,
        commit=commit.id,
        configuration=records.digest(context.layout.configuration(target.stack.name)),
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
