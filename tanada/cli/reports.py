"""What the verbs that talk to a forge share: their flags, the reports, the system's name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanada.declarations.lookup import find_stack
from tanada.errors import TanadaError
from tanada.files import replace_file
from tanada.forge.ci import CI, ForgeName, with_flags

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System
    from tanada.errors import DeclarationError
    from tanada.plan import Report


Merge = Annotated[
    list[Path] | None,
    typer.Option("--merge", metavar="DIR", help="Reports of other jobs, in folders below too; else .tanada/reports."),
]
Forge = Annotated[ForgeName | None, typer.Option("--forge", help="Else as the CI's environment says.")]
Repository = Annotated[
    str | None, typer.Option("--repository", metavar="OWNER/NAME", help="Else as the CI's environment says.")
]
To = Annotated[
    str | None, typer.Option("--to", metavar="FILE", help="Write the Markdown there (- prints it) and call no forge.")
]


@dataclass(frozen=True)
class LoadedReports:
    """The reports, and whose they are."""

    root: Path
    system: str
    stacks: tuple[Stack, ...]
    """All but review, whose environments come and go."""
    reports: Sequence[Report]
    ended: frozenset[str]
    """The steps that came to their end (`plan`, `apply`), which may leave no report."""
    killed: bool = False
    """A run left reports and did not come to its end."""
    declared: System | None = None
    """None of a declaration that is mistaken."""


def load_reports(merge: Sequence[Path] | None) -> LoadedReports:
    """The reports to speak of; refuses a folder that isn't there, or that a commit may have brought."""
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load
    from tanada.plan import shown
    from tanada.terraform import own
    from tanada.terraform.handed import unended
    from tanada.terraform.layout import Layout
    from tanada.terraform.process import Processes
    from tanada.terraform.reports import ended, read

    root = own.root_of(Path.cwd(), os.environ, Processes())
    system = load(root)
    stacks = tuple(stack for stack in inventory(system) if stack.kind != "review")
    folders = merge or [Layout(root).reports]
    check_handed(folders)
    if not merge and not folders[0].is_dir():
        raise TanadaError("There is no report here: run tanada plan first, or name other jobs' with --merge DIR.")
    handed = [shown(report) for report in read(folders)]  # another job's, which may be anybody's
    return LoadedReports(root, system.name, stacks, handed, frozenset(ended(folders)), unended(folders), system)


def check_handed(folders: Sequence[Path]) -> None:
    """Refuse folders of reports that a commit may have brought."""
    from tanada.terraform.handed import check
    from tanada.terraform.process import Processes

    check(folders, os.environ, Processes())


def missing_report(stack: Stack) -> Report:
    """What is said of a stack that nobody looked at, as its job never got that far."""
    from tanada.plan import Message, Report

    why = Message("error", "There is no report of it: its job ended before its plan.")
    return Report(stack.name, stack.name, stack.kind, stack.account, stack.protected, "failed", messages=(why,))


def parse_expected(text: str, stacks: Sequence[Stack]) -> list[Stack]:
    """The stacks that are named, or that a matrix of `tanada matrix --forge github` deals out."""
    try:
        matrix = json.loads(text) if text.lstrip().startswith("{") else None
        words = text.split() if matrix is None else [w for job in matrix["include"] for w in job["stacks"].split()]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise TanadaError("--expect: expected names of stacks, or what tanada matrix --forge github printed.") from None
    return [find_stack(stacks, word) for word in words]


def invalid_declaration_report(error: DeclarationError) -> LoadedReports:
    """What to say where the declaration itself is mistaken, so that nothing was planned; raises the error where not
    even the system's name can be read."""
    from tanada.declarations.root import find_root
    from tanada.plan import Message, Report

    root = find_root(Path.cwd()).resolve()
    named = re.search(r"(?m)^system:[ ]*([a-z][a-z0-9-]*)", (root / "system.yaml").read_text("utf-8", "replace"))
    if named is None:
        raise error
    report = Report(
        label="declaration",
        stack="declaration",
        kind="common",
        account="",
        protected=False,
        status="refused",
        messages=tuple(Message("error", str(mistake)) for mistake in error.mistakes),
    )
    return LoadedReports(root, named[1], (), [report], frozenset())


def resolve_ci(ci: CI | None, forge: ForgeName | None, repository: str | None, instead: str = "") -> CI:
    """The forge and the repository, from the environment and the flags; without them, what can be done `instead`."""
    return with_flags(ci, os.environ, forge, repository, instead)


MARKDOWN = ", or --to FILE to write Markdown instead"
"""What verbs can do that have `To`."""


def write_markdown(to: str, text: str) -> None:
    """To a file that the user names, or printed."""
    if to == "-":
        typer.echo(text, nl=False)
    else:
        path = Path(to)
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")  # a pipe, a terminal
        else:
            replace_file(path.resolve(), text)
