"""`tanada diff --since REF`: which stacks a change reaches, exactly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanada.cli.output import Terminal, say
from tanada.terraform import own
from tanada.terraform.changes_since import Changed, compare
from tanada.terraform.process import Processes

if TYPE_CHECKING:
    from tanada.declarations.changes import Change


def diff(
    since: Annotated[
        str, typer.Option("--since", metavar="REF", help="A branch, tag or commit; compared where HEAD parted from it.")
    ],
    names: Annotated[bool, typer.Option("--names", help="Print the names of the stacks alone, one a line.")] = False,
) -> None:
    """Show the stacks whose emitted JSON differs since REF, by what, and the lines of the declaration that did it."""
    changed = since_ref(since)
    if names:
        for stack in changed.stacks:
            say(stack)
    else:
        for line in lines(changed):
            say(line)


def since_ref(ref: str) -> Changed:
    """What changed since a ref in the system we stand in; says on stderr what was compared, and what is gone."""
    processes = Processes()
    with processes.stopping_on_signals(lambda _: None):
        return compare(own.root_of(Path.cwd(), os.environ, processes), os.environ, processes, ref, Terminal())


def lines(changed: Changed) -> Iterator[str]:
    """A paragraph a stack: the lines of the declaration, then what differs in its JSON."""
    for stack in changed.stacks:
        yield stack
        for change in changed.declaration.get(stack, ()):
            yield f"  {declared(change)}"
        for line in changed.configuration.get(stack, ()):
            yield f"  {line}"


def declared(change: Change) -> str:
    """`system.yaml:12: common.network.nat: single → none  # why`; a line that is gone as that of the file before."""
    from tanada.terraform.reports import reasons  # loads what reads reports

    (shown,) = reasons([change])
    where = f"{change.file}:{change.line}" + (" (before)" if change.old_line else "")
    path = f"{change.path}: " if change.path else ""
    reason = f"  # {shown.comment}" if shown.comment else ""
    return f"{where}: {path}{shown.before or '–'} → {shown.after or '–'}{reason}"
