"""How runs of Terraform look: notes, live progress, and the table at the end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from tanada.terraform.layout import Layout
    from tanada.terraform.leftovers import Leftover
    from tanada.terraform.plan import Outcome

_COLOURS = {
    "changes": "yellow",
    "no changes": "green",
    "valid": "green",
    "waits for common": "cyan",
    "failed": "red",
    "refused": "red",
    "interrupted": "magenta",
    "undeclared": "yellow",
    "applied": "green",
    "not applied": "magenta",
    "not approved": "red",
}


def _console(*, stderr: bool) -> Console:
    from rich.console import Console  # here, as below: most verbs draw no table

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 160, highlight=False, soft_wrap=False)


def note(text: str) -> None:
    """What happens now; on stderr, so that stdout holds results alone."""
    typer.echo(text, err=True)


def say(text: str) -> None:
    """A result."""
    typer.echo(text)


def progress_line() -> Callable[[str], None] | None:
    """On a terminal: shows a text in the place of the one before; "" removes it."""
    if not sys.stderr.isatty():
        return None
    return lambda text: typer.echo(f"\r{text}\x1b[K", err=True, nl=False)


Reports = Callable[[str], Callable[[str], None]]
"""label → a function that hears the step the label is at."""


@contextlib.contextmanager
def progress(labels: Sequence[str]) -> Iterator[Reports]:
    """A live line a target on a terminal, else a plain line a step."""
    if not sys.stderr.isatty():
        yield lambda label: _plain_reporter(label)
        return
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    widest = max(map(len, labels), default=0)
    bars = Progress(
        SpinnerColumn(finished_text="·"),
        TextColumn("{task.fields[label]}", table_column=Column(no_wrap=True, min_width=widest)),
        TextColumn("[dim]{task.description}", table_column=Column(no_wrap=True)),
        TimeElapsedColumn(),
        console=_console(stderr=True),
        transient=True,
    )
    with bars:
        tasks = {label: bars.add_task("waiting", label=label, total=None) for label in labels}
        yield lambda label: lambda step: bars.update(tasks[label], description=escape(step.split(" [id=")[0]))


def _plain_reporter(label: str) -> Callable[[str], None]:
    """A step a line; Terraform's own lines stay in the log."""

    def report(step: str) -> None:
        if ":" not in step:
            note(f"{label}: {step}")

    return report


_QUIET = ("Refresh", "Reading...", "Read complete", "Plan to ", "Drift detected")


def steps(label: str) -> Callable[[str], None]:
    """For a verb on one target: its steps, and what Terraform makes or takes away, as it happens."""

    def report(step: str) -> None:
        if not any(word in step for word in _QUIET):
            note(f"{label}: {step}")

    return report


def show_problems(outcomes: Sequence[Outcome], layout: Layout) -> None:
    """What went wrong, in Terraform's words or ours."""
    for outcome in outcomes:
        if outcome.message and outcome.status in {"failed", "refused", "not approved"}:
            say(f"\n{outcome.target.label}: {outcome.status}\n{outcome.message}")
            if outcome.status == "failed":
                say(f"Log: {layout.log(outcome.target).relative_to(layout.root)}")


def show_outcomes(outcomes: Sequence[Outcome], layout: Layout, says: str, *, offline: bool) -> None:
    """What went wrong, what is lost and why, and one table; offline, which replacements it may have missed."""
    from rich.markup import escape
    from rich.table import Table

    from tanada.plan import line, unknown_replacements

    if not outcomes:
        say(f"Terraform: {says}: there is nothing to plan.")
        return
    show_problems(outcomes, layout)
    for outcome in outcomes:
        lost = [change for change in outcome.summary.changes if change.destroys] if outcome.summary else []
        if lost:
            say(f"\n{outcome.target.label} replaces or destroys:")
            for change in lost:
                say(f"  {line(change)}")
    table = Table(title=f"Terraform: {says}", title_justify="left", title_style="")
    table.add_column("stack", no_wrap=True, min_width=max(len(outcome.target.label) for outcome in outcomes))
    for word in ("create", "update", "replace", "destroy", "unchanged"):
        table.add_column(word, justify="right")
    table.add_column("status")
    for outcome in outcomes:
        counts = outcome.summary.counts if outcome.summary else None
        numbers = (
            [str(n) for n in (counts.create, counts.update, counts.replace, counts.destroy, counts.unchanged)]
            if counts
            else ["–"] * 5
        )
        status = outcome.message if outcome.status == "waits for common" and outcome.message else outcome.status
        status = status.removeprefix(f"{outcome.target.label} ").rstrip(".")
        if offline and outcome.summary and outcome.summary.unread_types:
            status += f"; {unknown_replacements(outcome.summary.unread_types)}"
        table.add_row(outcome.target.label, *numbers, f"[{_COLOURS[outcome.status]}]{escape(status)}[/]")
    say("")
    _console(stderr=False).print(table)


def show_leftovers(leftovers: Sequence[Leftover]) -> None:
    """States without a declaration."""
    for leftover in leftovers:
        say(
            f"{leftover.stack} is declared no more, but its state still holds {leftover.resources} "
            f"resource{'s' if leftover.resources != 1 else ''}: {', '.join(leftover.places)}"
        )


def show_applied(outcomes: Sequence[Outcome], layout: Layout, says: str) -> None:
    """What was applied and what was not, and why."""
    from rich.markup import escape
    from rich.table import Table

    from tanada.plan import achieved, headline

    show_problems(outcomes, layout)
    table = Table(title=f"Terraform: {says}", title_justify="left", title_style="")
    table.add_column("stack", no_wrap=True, min_width=max(len(outcome.target.label) for outcome in outcomes))
    table.add_column("status", no_wrap=True)
    table.add_column("what")
    for outcome in outcomes:
        match outcome.status, outcome.summary:
            case "applied", summary if summary:
                what = achieved(summary)
            case "not applied", _:
                what = outcome.message or ""
            case _, summary:
                what = headline(summary) if summary else ""
        table.add_row(outcome.target.label, f"[{_COLOURS[outcome.status]}]{outcome.status}[/]", escape(what))
    say("")
    _console(stderr=False).print(table)


def outcome_data(outcomes: Sequence[Outcome], says: str) -> dict[str, Any]:
    """The outcomes for programs."""
    from tanada.terraform.records import summary_data

    return {
        "terraform": says,
        "stacks": {
            outcome.target.label: {
                "status": outcome.status,
                "message": outcome.message,
                "summary": summary_data(outcome.summary) if outcome.summary else None,
            }
            for outcome in outcomes
        },
    }
