"""Planning one target and saving its plan with its record, and what that was made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.contract.state import State
from tanada.plan import Message, Status
from tanada.terraform import outcome, records
from tanada.terraform.context import Context
from tanada.terraform.folders import Folders
from tanada.terraform.git import Commit
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.plan_tags import kept_tags
from tanada.terraform.records import Origin, Record
from tanada.terraform.request import Request
from tanada.terraform.session import Session
from tanada.terraform.target_plan import planned
from tanada.terraform.voice import OnStep

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def plan(folders: Folders, request: Request, commit: Commit, on_step: OnStep, key: Fernet | None = None) -> Outcome:
    """Plan one target and save the plan with its record, sealed where there is a key."""
    target, context = request.target, folders.context

    def work() -> Outcome:
        records.discard_plan(folder)
        if not ci:
            records.ask(folder, records.Asked(request.given, None, context.offline))
        with planned(folders, request, on_step) as (session, fresh):
            if not ci:
                asked = {**kept_tags(request, fresh.state), **request.given}
                records.ask(folder, records.Asked(asked, fresh.state.serial, context.offline))
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
