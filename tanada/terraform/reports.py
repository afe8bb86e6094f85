"""Reports as files, one a target: written by the job that planned or applied, read by the one that comments.

A report may come from another job, which ran code of whoever opened the pull request: it is read like any input.
"""

from __future__ import annotations

import functools
import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from tanada.comment.severity import ordered
from tanada.errors import TerraformError
from tanada.files import private_folder, write_private
from tanada.plan import Message, Reason, Report, shown
from tanada.plan.shown import reason
from tanada.secrecy import Secrets
from tanada.terraform.messages import bounded

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from tanada.declarations.changes import Change
    from tanada.declarations.inventory import Stack
    from tanada.terraform.leftovers import Leftover
    from tanada.terraform.outcome import Outcome

_LARGEST = 8 * 1024 * 1024
"""Bytes of one report: a stack has some hundred resources, and a summary some kB of each that changes."""
_LARGEST_SUM = 512 * 1024 * 1024
ENDED = "ended"
"""Beside the reports of a run that came to its end: without it, none of them may mean that it never began."""
_MOST = 10_000
"""Reports of one comment: ten times the largest fleet that is spoken of."""


@dataclass(frozen=True)
class Frame:
    """What all reports of one run share."""

    step: Literal["plan", "apply"]
    terraform: str
    offline: bool
    commit: str | None
    dirty: bool
    created_at: str
    """ISO 8601, UTC."""
    log_url: str | None = None
    base: str | None = None
    """The commit that was compared with, where one was."""
    everything_changed: str | None = None
    """Why the comparison reaches all stacks, where that is not for the declaration's sake."""
    maker: str | None = None
    """How Tanada itself, or what it runs with, changes."""


def report(
    outcome: Outcome,
    stacks: Sequence[Stack],
    frame: Frame,
    reasons: tuple[Reason, ...] = (),
    configuration: tuple[str, ...] = (),
    secrets: Secrets | None = None,
) -> Report:
    """How it went for one target; `stacks` is the inventory, `secrets` what the declaration is known to hold."""
    stack = outcome.target.stack
    assert outcome.status != "valid"
    common = stack.kind == "common"
    resting = tuple(other.name for other in stacks if other.kind != "common" and other.common == stack.name)
    report = Report(
        label=outcome.target.label,
        stack=stack.name,
        kind=stack.kind,
        account=stack.account,
        protected=stack.protected,
        status=outcome.status,
        environment=stack.environment,
        workspace=outcome.target.workspace,
        common=None if common else stack.common,
        dependents=resting if common else (),
        messages=outcome.messages,
        summary=outcome.summary,
        images=tuple(sorted(outcome.images.items())),
        reasons=reasons,
        configuration=configuration,
        **asdict(frame),
    )
    report = shown(report, outcome.secrets | (secrets or Secrets()))
    return replace(report, messages=bounded(report.messages))  # last: what is cut in half is no longer found


def reasons(changes: Sequence[Change]) -> tuple[Reason, ...]:
    """The lines of the declaration that changed and reach a stack."""
    secrets = Secrets()
    return tuple(
        reason(Reason(each.file, each.line, each.path, each.before, each.after, each.comment, each.hidden), secrets)
        for each in changes
    )


def undeclared(leftover: Leftover, frame: Frame) -> Report:
    """The report of a state without a declaration."""
    what = "1 resource" if leftover.resources == 1 else f"{leftover.resources} resources"
    return Report(
        label=leftover.stack,
        stack=leftover.stack,
        kind=_kind(leftover.stack),
        account=leftover.account or "",
        protected=leftover.protected,
        status="undeclared",
        messages=(
            Message(
                "warning",
                f"{leftover.stack} is declared no more, but its state still holds {what}.",
                f"State: {', '.join(leftover.places)}. To remove what it holds: {leftover.command} "
                f"({leftover.before}).",
            ),
        ),
        **asdict(frame),
    )


def _kind(stack: str) -> Literal["common", "environment", "review"]:
    """The inventory doesn't know it any more: its name is all that is left of it."""
    if stack == "review":
        return "review"
    return "common" if stack.startswith("common-") else "environment"


# --- files -----------------------------------------------------------------------------------------------------------


def empty(folder: Path) -> None:
    """Delete the reports of an earlier run, and make the folder: that none is in it says that nothing was planned."""
    private_folder(folder)
    (folder / ENDED).unlink(missing_ok=True)
    for file in _files(folder):
        file.unlink(missing_ok=True)  # another run, of another workspace, may be emptying it too


def end(folder: Path, step: Literal["plan", "apply"]) -> None:
    """Say that a run came to its end, whatever it had to report."""
    private_folder(folder)
    write_private(folder / ENDED, f"{step}\n")


def ended(folders: Sequence[Path]) -> set[str]:
    """The steps that came to their end: `plan`, `apply`."""
    files = [Path(place) / ENDED for folder in folders for place, _, names in os.walk(folder) if ENDED in names]
    return {"apply" if file.read_bytes()[:5] == b"apply" else "plan" for file in files if not file.is_symlink()}


def write(folder: Path, report: Report) -> None:
    """Keep a report, readable by its owner alone."""
    write_private(folder / f"{quote(report.label, safe='')}.json", json.dumps(vars(report), default=vars) + "\n")


def read(folders: Sequence[Path]) -> list[Report]:
    """All reports in the folders and below, common layers first; of two for one target the newer.

    Raises TerraformError where a folder isn't there, or a file isn't a report or larger than any.
    """
    by_label: dict[str, Report] = {}
    number = size = 0
    for folder in folders:
        if not folder.is_dir():
            raise TerraformError(f"{folder}: expected a folder of reports, as tanada plan writes them.")
        for file in _files(folder):
            number, size = number + 1, size + file.lstat().st_size
            if number > _MOST or size > _LARGEST_SUM:
                raise TerraformError(
                    f"{folder}: more than {_MOST} reports or {_LARGEST_SUM // 1024**2} MiB: expected one a stack."
                )
            one = _read(file)
            if one.label not in by_label or by_label[one.label].created_at < one.created_at:
                by_label[one.label] = one
    return ordered(tuple(by_label.values()))


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):  # follows no link
        folders.sort()
        yield from (Path(place) / name for name in sorted(names) if name.endswith(".json"))


def _read(file: Path) -> Report:
    from pydantic import ValidationError

    # A link could lead to any file of the machine, whose text would then stand in an error.
    if file.is_symlink() or not file.is_file():
        raise TerraformError(f"{file}: expected a report, a file of its own.")
    if file.stat().st_size > _LARGEST:
        raise TerraformError(f"{file}: a report has at most {_LARGEST // 1024**2} MiB.")
    try:
        report = _adapter().validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise TerraformError(
            f"{file} isn't a report of Tanada, or is damaged: {f'{where}: ' if where else ''}{first['msg']}."
        ) from None
    cost = report.summary.cost if report.summary else None
    numbers = (cost.before, cost.after, *(cost.scaled or ()), *(cost.scaled_before or ())) if cost else ()
    if not all(map(math.isfinite, numbers)):
        raise TerraformError(f"{file} isn't a report of Tanada, or is damaged: summary.cost: expected numbers.")
    return report


@functools.cache
def _adapter() -> TypeAdapter[Report]:
    from pydantic import TypeAdapter

    return TypeAdapter(Report)
