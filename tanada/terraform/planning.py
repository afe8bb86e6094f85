"""Planning and validating one target, as far as it gets: what went wrong is part of the outcome."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from tanada.errors import TanadaError
from tanada.plan import Summary
from tanada.plan import summary as summary_of
from tanada.terraform import images, records, workspaces
from tanada.terraform.errors import StoppedError, TerraformFailedError, WaitsForCommonError
from tanada.terraform.layout import Layout, Target, private_file
from tanada.terraform.places import Places, check_common
from tanada.terraform.records import Commit, Origin, Record
from tanada.terraform.session import Context, Session, State, open_session

Status = Literal["changes", "no changes", "valid", "waits for common", "failed", "refused", "interrupted"]


@dataclass(frozen=True)
class Outcome:
    """How it went for one target."""

    target: Target
    status: Status
    message: str | None = None
    """What to read when it didn't go well."""
    summary: Summary | None = None


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


Report = Callable[[str], None]
"""Hears the step that a target is at."""


def plan(context: Context, places: Places, request: Request, commit: Commit, report: Report) -> Outcome:
    """Plan one target and save the plan with its record."""
    target = request.target

    def work() -> Outcome:
        folder = context.layout.plans(target)
        records.discard(folder)
        check_common(context, target)
        with session(context, places, target, report) as terraform:
            report("init")
            terraform.init()
            with _workspace(terraform, request.limit, report):
                state = terraform.state()
                tags = image_tags(context.layout, request, state)
                report("plan")
                terraform.plan(folder / records.PLAN, variables(context.layout, target, tags))
                summary = summary_of(terraform.show(folder / records.PLAN), target.stack)
        record = Record(
            origin=origin(context, target, commit, state),
            dirty=commit.dirty,
            terraform=context.program.name,
            image_tags=tags,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            summary=records.summary_data(summary),
        )
        records.write(folder, record)
        return Outcome(target, "no changes" if summary.empty else "changes", summary=summary)

    return _outcome(target, work)


def validate(context: Context, places: Places, target: Target, report: Report) -> Outcome:
    """`terraform validate`, without a backend and so without credentials."""

    def work() -> Outcome:
        with session(context, places, target, report) as terraform:
            report("init")
            terraform.init(backend=False)
            report("validate")
            terraform.validate()
        return Outcome(target, "valid")

    return _outcome(target, work)


def _outcome(target: Target, work: Callable[[], Outcome]) -> Outcome:
    try:
        return work()
    except WaitsForCommonError as error:
        return Outcome(target, "waits for common", str(error))
    except StoppedError as error:
        return Outcome(target, "interrupted", str(error))
    except TerraformFailedError as error:
        return Outcome(target, "failed", str(error))
    except TanadaError as error:
        return Outcome(target, "refused", str(error))


@contextlib.contextmanager
def session(context: Context, places: Places, target: Target, report: Report) -> Iterator[Session]:
    """A session whose text goes to the target's log."""
    place = places(target)
    writing = threading.Lock()
    with os.fdopen(private_file(context.layout.log(target)), "w", encoding="utf-8") as log:
        log.write(f"# {target.label}: {context.says}\n")

        def on_line(line: str) -> None:
            with writing:
                log.write(line)
                log.flush()
            if line.startswith(("module.", "data.", "aws_", "terraform_data.")):  # `aws_x.y: Creating...`
                report(line.strip())

        with open_session(context, target, place.folder, environment=place.environment, on_line=on_line) as opened:
            yield opened


@contextlib.contextmanager
def _workspace(terraform: Session, limit: int | None, report: Report) -> Iterator[None]:
    """The target's workspace, made where it is new; one made for a plan that fails goes again."""
    name = terraform.target.workspace
    if name is None:
        yield
        return
    report("workspace")
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


def origin(context: Context, target: Target, commit: Commit, state: State) -> Origin:
    return Origin(
        stack=target.stack.name,
        workspace=target.workspace,
        offline=context.offline,
        terraform_version=context.program.version,
        commit=commit.id,
        configuration=records.configuration_hash(context.layout, target.stack.name),
        lineage=state.lineage,
        serial=state.serial,
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
