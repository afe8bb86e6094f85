"""How outcomes of Terraform look: what went wrong, and one table at the end."""

from __future__ import annotations

import errno
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

from tanada.cli.output import columns, say, tell

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from tanada.declarations.inventory import Stack
    from tanada.plan import Message
    from tanada.terraform.layout import Layout
    from tanada.terraform.leftovers import Leftover
    from tanada.terraform.outcome import Outcome

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


_SHORT = {"create": "+", "update": "~", "replace": "±", "destroy": "-", "same": "="}
"""Heads that leave the status its room where the words don't, as Terraform signs them."""
_LINE = 32
"""Characters of a status that stand in one line where they can: `waits for common-production`."""
_GAP = 2
"""Columns between two of a table."""


def console(*, stderr: bool) -> Console:
    """Where tables and live lines are drawn."""
    return _console(columns(), sys.stderr if stderr else sys.stdout)


def _console(width: int, file: IO[str] | None = None) -> Console:
    """Rich's ends the process with 1 where nobody reads any more: whoever draws hears of it, as of any other words."""
    from rich.console import Console

    class Heard(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    return Heard(file=file, width=width, highlight=False, emoji=False, soft_wrap=False)


def show_problems(outcomes: Sequence[Outcome], layout: Layout) -> None:
    """What went wrong, in Terraform's words or ours."""
    for outcome in outcomes:
        if outcome.message and outcome.status in {"failed", "refused", "not approved"}:
            tell(f"\n{outcome.target.label}: {outcome.status}\n{outcome.message}")
            if outcome.status == "failed":
                tell(f"Log: {layout.log(outcome.target).relative_to(layout.root)}")


def show_warnings(outcomes: Sequence[Outcome]) -> None:
    """Each warning once, with the stacks that give it: a check that does not pass, a state that somebody has locked."""
    labels: dict[Message, list[str]] = {}
    for outcome in outcomes:
        for message in outcome.messages:
            if message.severity == "warning":
                labels.setdefault(replace(message, address=None), []).append(outcome.target.label)
    for message, stacks in labels.items():
        tell(f"\nWarning: {message.summary} ({', '.join(dict.fromkeys(stacks))})")
        if message.detail:
            tell(textwrap.indent(message.detail, "  "))


def show_outcomes(outcomes: Sequence[Outcome], layout: Layout, says: str, *, offline: bool) -> None:
    """What went wrong, what is lost and why, and one table; offline, which replacements it may have missed."""
    from rich.markup import escape

    from tanada.plan import render

    if not outcomes:
        tell(f"Terraform: {says}: there is nothing to plan.")
        return
    show_problems(outcomes, layout)
    show_warnings(outcomes)
    for outcome in outcomes:
        if outcome.summary and not outcome.summary.empty:
            tell(f"\n{outcome.target.label}: {render(outcome.summary)}")
    table = _table(says)
    rows = [(outcome, _numbers(outcome), _status(outcome, offline=offline)) for outcome in outcomes]
    # The status is what everybody looks for: none of its words is cut.
    widest = max(len(word) for outcome, _, status in rows for word in (*status.split(), outcome.status))
    widest = min(widest, columns() // 2)
    numbers = [max(len(row[1][n]) for row in rows) for n in range(len(_SHORT))]
    words = [max(len(word), number) for word, number in zip(_SHORT, numbers, strict=True)]
    gaps = _GAP * (len(_SHORT) + 1) + 2
    labels = max(len(outcome.target.label) for outcome in outcomes)
    whole = min(max(len(status) for *_, status in rows), _LINE)
    short = labels + sum(words) + gaps + whole > columns()
    _stacks(table, outcomes, columns() - sum(numbers if short else words) - gaps - widest)
    for word, sign in _SHORT.items():
        table.add_column(sign if short else word, justify="right", no_wrap=True)
    table.add_column("status", overflow="fold", min_width=widest)
    for outcome, counts, status in rows:
        table.add_row(outcome.target.label, *counts, f"[{_COLOURS[outcome.status]}]{escape(status)}[/]")
    say("")
    console(stderr=False).print(table)
    for line in _next(outcomes, offline=offline):
        tell(f"\n{line}")


def _next(outcomes: Sequence[Outcome], *, offline: bool) -> Iterator[str]:
    """What to do where a stack waits for its common layer."""
    planned = {outcome.target.stack.name for outcome in outcomes if outcome.status == "changes"}
    waiting = [outcome.target.stack for outcome in outcomes if outcome.status == "waits for common" or outcome.foreseen]
    flags = " --offline" if offline else ""
    for stack in {stack.common: stack for stack in reversed(waiting)}.values():
        protected = f" --protected {stack.account}" if stack.protected else ""
        first = "" if stack.common in planned else f"tanada plan {stack.common}{flags}, then "
        yield f"Next: {first}tanada apply {stack.common}{flags}{protected}, then this again."


def _table(says: str) -> Table:
    """One that stays readable where a terminal has 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    return Table(
        title=f"Terraform: {says}",
        title_justify="left",
        title_style="",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )


def _numbers(outcome: Outcome) -> list[str]:
    counts = outcome.summary.counts if outcome.summary else None
    if counts is None:
        return ["–"] * len(_SHORT)
    return [str(n) for n in (counts.create, counts.update, counts.replace, counts.destroy, counts.unchanged)]


def _status(outcome: Outcome, *, offline: bool) -> str:
    from tanada.plan import unknown_replacements

    status = outcome.message if outcome.status == "waits for common" and outcome.message else outcome.status
    status = status.removeprefix(f"{outcome.target.label} ").rstrip(".")
    if outcome.foreseen:
        status += f"; waits for {outcome.target.stack.common}"
    if offline and outcome.summary and outcome.summary.unread_types:
        status += f"; {unknown_replacements(outcome.summary.unread_types)}"
    return status


def _stacks(table: Table, outcomes: Sequence[Outcome], room: int) -> None:
    """The labels, folded where they don't fit."""
    widest = max(len(outcome.target.label) for outcome in outcomes)
    width = max(min(widest, room), len("stack"))
    table.add_column("stack", overflow="fold", min_width=width, max_width=width)


def show_leftovers(leftovers: Sequence[Leftover], stacks: Sequence[Stack]) -> None:
    """States that no plan of all looks at; `stacks` are all that are declared."""
    for leftover in leftovers:
        declared = any(stack.name == leftover.stack for stack in stacks)
        way = "" if declared else f". To take it down: {leftover.command}"
        tell(f"{leftover.said(stacks)}: {', '.join(leftover.places)}{way}")


def show_applied(outcomes: Sequence[Outcome], layout: Layout, says: str) -> None:
    """What was applied and what was not, and why."""
    from rich.markup import escape

    from tanada.plan import achieved, headline

    show_problems(outcomes, layout)
    show_warnings(outcomes)
    table = _table(says)
    _stacks(table, outcomes, columns() * 2 // 5)
    table.add_column("status", no_wrap=True)
    table.add_column("what", overflow="fold")
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
    console(stderr=False).print(table)


def show_compared(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """What differs, a column each of what is compared: at a terminal folded to its width, in a pipe whole lines."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for head in ("", *names):
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    whole = _console(100_000).measure(table).maximum
    _console(columns() if sys.stdout.isatty() else whole).print(table)


def outcome_data(outcomes: Sequence[Outcome], says: str, *, offline: bool) -> dict[str, Any]:
    """The outcomes for programs."""
    from tanada.terraform.records import summary_data

    return {
        "terraform": says,
        "stacks": {
            outcome.target.label: {
                "status": outcome.status,
                "message": outcome.message,
                "warnings": [
                    {"summary": message.summary, "detail": message.detail}
                    for message in outcome.messages
                    if message.severity == "warning"
                ],
                "summary": summary_data(outcome.summary) if outcome.summary else None,
                # Types of which it is not known offline what replaces them: an update of theirs may be a replacement.
                "unread_types": list(outcome.summary.unread_types) if offline and outcome.summary else [],
            }
            for outcome in outcomes
        },
    }
