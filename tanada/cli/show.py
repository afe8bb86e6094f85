"""`tanada show`: every value that holds in an environment, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.declarations.loader import Declarations, compose
from tanada.declarations.origins import Row, effective
from tanada.declarations.root import find_root
from tanada.errors import DeclarationError
from tanada.text import meant, one_of, quoted


def show(
    environment: Annotated[
        str, typer.Argument(metavar="ENV", help="An environment's name, review, or common-<account>.")
    ],
) -> None:
    """Print every effective value of an environment with its source: default, blueprint or override."""
    rows = rows_of(compose(find_root(Path.cwd())), environment)
    widths = [max(len(row.path) for row in rows), min(max(len(row.value) for row in rows), 60)]
    for row in rows:
        line = f"{row.path:<{widths[0]}}  {row.value:<{widths[1]}}  {row.source}"
        # typer.echo takes the style away where no terminal reads.
        typer.echo(typer.style(line, dim=True) if row.source == "default" else line)


def rows_of(declarations: Declarations, name: str) -> list[Row]:
    """The rows of an environment, of review or of a common layer; stacks' names do too."""
    system = declarations.system
    name = name.removeprefix("environment-")
    if name in system.environments:
        return list(effective(system.environments[name], declarations.environments[name]))
    if name == "review" and system.review is not None and declarations.review is not None:
        return list(effective(system.review, declarations.review))
    account = name.removeprefix("common-")
    if name.startswith("common-") and account in system.accounts:
        return list(effective(system.accounts[account], declarations.accounts.mapping[account]))
    known = [*system.environments, *(f"common-{each}" for each in system.accounts)]
    if system.review is not None:
        known.append("review")
    raise DeclarationError(f"There is no environment {quoted(name)}; {one_of(known)}{meant(name, known)}")
