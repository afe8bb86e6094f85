"""`tanada show`: every value that holds in an environment, and where it comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import say
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import Declarations, compose
from tanada.declarations.lookup import find_stack
from tanada.declarations.origins import Row, effective
from tanada.declarations.root import find_root
from tanada.secrecy import Secrets, decides, hidden


def show(
    environment: Annotated[
        str, typer.Argument(metavar="ENV", help="An environment's name, review, or common-<account>.")
    ],
) -> None:
    """Print every effective value of an environment with its source: default, blueprint or override."""
    from tanada.declarations.changes import secrets_of

    declarations = compose(find_root(Path.cwd()))
    secrets = secrets_of(declarations)
    rows = [shown(row, secrets) for row in rows_of(declarations, environment)]
    widths = [max(len(row.path) for row in rows), min(max(len(row.value) for row in rows), 60)]
    for row in rows:
        line = f"{row.path:<{widths[0]}}  {row.value:<{widths[1]}}  {row.source}"
        # It takes the style away where no terminal reads.
        say(typer.style(line, dim=True) if row.source == "default" else line)


def shown(row: Row, secrets: Secrets) -> Row:
    """The row without what is secret: CI prints it too."""
    path = tuple(row.path.split("."))
    if decides(path):
        return replace(row, value=secrets.marked.remove(row.value))
    return replace(row, value=secrets.remove(hidden(row.value, *reversed(path[-2:]))))


def rows_of(declarations: Declarations, word: str) -> list[Row]:
    """The rows of the stack that a word means: of an environment, of review or of a common layer."""
    system = declarations.system
    stack = find_stack(inventory(system), word)
    if stack.environment is not None:
        return list(effective(system.environments[stack.environment], declarations.environments[stack.environment]))
    if stack.kind == "common":
        return list(effective(system.accounts[stack.account], declarations.accounts.mapping[stack.account]))
    assert system.review is not None
    assert declarations.review is not None
    return list(effective(system.review, declarations.review))
