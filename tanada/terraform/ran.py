"""The tags that last worked: noted beside a target's state once an apply has ended, and read by every plan of it.

In the state's bucket for all who plan, offline or with a local backend in a file; a review environment has its own.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.contract import ran
from tanada.contract import state as states
from tanada.contract.environment import image_tag_output
from tanada.contract.ran import History
from tanada.errors import StoppedError, TanadaError, TerraformError
from tanada.files import parsed, write_private
from tanada.plan import Message
from tanada.terraform import records
from tanada.terraform.layout import Target

if TYPE_CHECKING:
    from tanada.contract.state import State
    from tanada.terraform.context import Context
    from tanada.terraform.session import Session
    from tanada.terraform.target_plan import Planned


NAME = "image-tags.json"
"""Behind the name of the state's file, or the key of its object. Offline whatever is called otherwise is removed before
a run (tanada/offline/stack_copy.py)."""


def _state_file(context: Context, target: Target) -> Path | None:
    """Where the state lies on this machine; None where it is in a bucket, or the stack isn't synthesized."""
    stack = target.stack.name
    if context.offline:
        folder, inner = context.layout.offline / stack, f"{states.FILE}.d"
        return (folder / inner / target.workspace if target.workspace else folder) / states.FILE
    try:
        configuration = parsed(context.layout.configuration(stack).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    local = configuration.get("terraform", {}).get("backend", {}).get("local")
    if local is None:
        return None
    folder = context.layout.stack(stack)
    if target.workspace:
        return folder / str(local.get("workspace_dir", f"{states.FILE}.d")) / target.workspace / states.FILE
    return folder / str(local.get("path", states.FILE))


def _file(context: Context, target: Target) -> Path | None:
    """Where it lies on this machine; None where it is in a bucket."""
    state = _state_file(context, target)
    return None if state is None else state.with_name(f"{state.name}.{NAME}")


def state_of(context: Context, target: Target) -> Known:
    """A target's state without a session of it; AwsError where it can't be read."""
    file = _state_file(context, target)
    if file is not None:
        return known(context, target, states.read(file.read_bytes() if file.is_file() else "", str(file)))
    from tanada.aws.states import read as read_state  # loads boto3

    return known(context, target, read_state(target.stack, target.workspace))


def read(context: Context, target: Target) -> History:
    """What is noted; raises TanadaError where nothing says it."""
    file = _file(context, target)
    try:
        if file is not None:
            return ran.parse(file.read_bytes() if os.path.lexists(file) else "")
        from tanada.aws.states import beside  # loads boto3

        return ran.parse(beside(target.stack, target.workspace, NAME))
    except OSError as error:
        raise TerraformError(f"{file} can't be read: {error.strerror}.") from None
    except ValueError:
        place = f"s3://{target.stack.bucket}/{_key(target)}" if file is None else str(file)
        raise TerraformError(
            f"{place} isn't what Tanada writes there: damaged, or of a later one. Where that can't be mended, take it "
            "away: what is applied next begins it anew."
        ) from None


def _key(target: Target) -> str:
    from tanada.aws.states import key_beside  # loads boto3

    return key_beside(target.stack, target.workspace, NAME)


def _write(context: Context, target: Target, history: History) -> None:
    file = _file(context, target)
    if file is not None:
        write_private(file, ran.written(history))
        return
    from tanada.aws.states import write_beside  # loads boto3

    write_beside(target.stack, target.workspace, NAME, ran.written(history))


def forget(context: Context, target: Target) -> None:
    """Of what is destroyed. Raises AwsError."""
    file = _file(context, target)
    if file is not None:
        file.unlink(missing_ok=True)
        return
    from tanada.aws.states import delete_beside  # loads boto3

    delete_beside(target.stack, target.workspace, NAME)


@dataclass(frozen=True)
class Known:
    """A state whose tags are those that last worked, and how that is known."""

    state: State
    history: History
    unsure: str = ""
    """Why nothing noted could be read."""


def known(context: Context, target: Target, state: State) -> Known:
    """The same of what a state says; common layers run no images, and what was never applied has nothing noted."""
    if target.stack.kind == "common" or state.serial is None:
        return Known(state, History())
    try:
        history = read(context, target)
    except TanadaError as error:
        return Known(state, History(), str(error))
    return Known(replace(state, image_tags=history.tags(state.image_tags)), history)


def messages(target: Target, known: Known, given: Mapping[str, str], needed: Sequence[str]) -> tuple[Message, ...]:
    """What a plan says of tags that failed, where it takes those that worked before."""
    label, said = target.label, []
    if known.unsure:
        detail = f"The tags that the state names are taken. {known.unsure}"
        said.append(Message("warning", f"Which tags of {label} worked is not known", detail))
    for image, bad in sorted(known.history.failed.items()):
        runs = known.state.image_tags.get(image)
        if image not in needed or image in given or runs is None or runs == bad.tag:
            continue
        detail = f"This plan takes {runs}. To try the other one again: --image {image}={bad.tag}."
        how = f"{bad.tag} failed ({_day(bad.at)}), {runs} runs"
        if bad.open:
            detail += " Where that runs already, its apply notes it."
            how = f"the apply of {bad.tag} did not come to its end ({_day(bad.at)}), {runs} is known to work"
        said.append(Message("warning", f"{label}: {image}: {how}", detail))
    return tuple(said)


def _day(at: str) -> str:
    return at.replace("T", " ").removesuffix("+00:00") + " UTC" if at else "earlier"


def says(entry: ran.Ran) -> str:
    """A tag with its time, for people."""
    return f"{entry.tag} ({_day(entry.at)}{', taken back' if entry.undone else ''})"


@contextlib.contextmanager
def noted(
    session: Session,
    planned: Planned,
    note: Callable[[str], None],
    undone: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Carry a plan out inside, all of it: which of its tags worked is written down then, however it ends. `undone` are
    tags that a rollback takes back."""
    target = session.target
    late, new, began = _late(planned), _new(planned), _now()
    known = {image: tag for image, tag in new.items() if image not in late}
    with contextlib.suppress(TanadaError, OSError):  # said at the end
        # Of one that is killed nobody notes anything any more, and the state names these all the same.
        _note(session, lambda history: history.since(planned.state.image_tags).begun(known, began), only=bool(known))
    try:
        yield
    except TanadaError as failed:
        try:
            if isinstance(failed, TerraformError) and not failed.begun:
                # Of tags that weren't tried nothing is known: another run may have applied the very same plan.
                _note(session, lambda history: history.without(known, began), only=bool(known))
            else:
                _after_failure(session, planned, note)
        except StoppedError:
            pass  # nothing is started any more; the state names a tag that wasn't steady only where that was noted
        except (TanadaError, OSError) as error:  # what led here is what is to be said first
            note(f"{target.label}: that this failed could not be written down: {error}")
        raise
    if not planned.image_tags:
        return
    try:
        history = read(session.context, target)
        after = history.since(planned.state.image_tags).undone(undone or {})
        after = after.after(planned.image_tags, {}, _now())
        if after != history:
            _write(session.context, target, after)
    except (TanadaError, OSError) as error:  # the apply itself has ended well
        note(f"{target.label}: which tags worked could not be written down, so a rollback won't know: {error}")


def confirmed(session: Session, planned: Planned, note: Callable[[str], None]) -> None:
    """Of a plan that changes nothing: a tag that was named, and whose apply failed or was killed, runs after all; else
    each plan that names none would go back from it."""

    def settled(history: History) -> History:
        failed = history.failed
        runs = {image: tag for image, tag in planned.given.items() if image in failed and failed[image].tag == tag}
        return history.after(runs, {}, _now()) if runs else history

    if not planned.given:
        return
    try:
        _note(session, settled)
    except (TanadaError, OSError) as error:
        note(f"{session.target.label}: which tags worked could not be written down: {error}")


def _note(session: Session, change: Callable[[History], History], *, only: bool = True) -> None:
    """Write down what changes of what is noted."""
    if only and (after := change(before := read(session.context, session.target))) != before:
        _write(session.context, session.target, after)


def _new(planned: Planned) -> dict[str, str]:
    """The tags that a plan deploys."""
    before = planned.state.image_tags
    return {image: tag for image, tag in planned.image_tags.items() if before.get(image) != tag}


def _late(planned: Planned) -> frozenset[str]:
    """Images whose output is unknown at plan: the state names their tag once their services are steady."""
    outputs = planned.shown.get("output_changes") or {}
    return frozenset(
        image
        for image in planned.image_tags
        if (outputs.get(image_tag_output(image)) or {}).get("after_unknown") is True
    )


def _after_failure(session: Session, planned: Planned, note: Callable[[str], None]) -> None:
    target, before, new, late = session.target, planned.state.image_tags, _new(planned), _late(planned)
    if not new:
        return
    held = session.state().image_tags
    worked = {image: tag for image, tag in new.items() if image in late and held.get(image) == tag}
    failed = {image: tag for image, tag in new.items() if image not in worked}
    history = read(session.context, target).since(before)
    _write(session.context, target, history.after(worked, failed, _now()))
    if failed:
        origin = (target.stack.name, target.workspace, session.context.offline)
        again = records.command(*origin, {**planned.given, **failed})
        runs = ", ".join(f"{image} {before[image]}" for image in sorted(failed) if image in before)
        without = f"the next plan takes what worked before ({runs})" if runs else "no tag of it worked yet"
        note(f"{target.label}: {without}. To try the same again: {again}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
