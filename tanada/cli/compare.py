"""`tanada compare`: one table of what differs between environments, by declaration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import tell
from tanada.cli.show import rows_of, shown
from tanada.cli.tables import show_compared
from tanada.declarations.comparison import differences, folded
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import compose
from tanada.declarations.lookup import find_stack
from tanada.declarations.origins import Row
from tanada.declarations.root import find_root
from tanada.errors import TanadaError
from tanada.text import quoted


def compare(
    environments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ENV]...", help="Environments, review, or several common-<account>; without any all environments."
        ),
    ] = None,
) -> None:
    """Print one table of what differs between environments, by declaration: a dash where there is no such thing."""
    from tanada.declarations.changes import secrets_of

    declarations = compose(find_root(Path.cwd()))
    stacks = inventory(declarations.system)
    words = environments or [each.environment or each.name for each in stacks if each.kind != "common"]
    compared = {(stack := find_stack(stacks, word)).name: stack for word in words}
    if len(compared) < 2:
        raise TanadaError(
            f"There is nothing to compare {quoted(words[0]) if words else 'here'} with: name two environments or more."
        )
    kinds = {stack.kind == "common": stack.name for stack in compared.values()}
    if len(kinds) > 1:
        raise TanadaError(
            f"{quoted(kinds[True])} is a common layer and {quoted(kinds[False])} is none: compare like with like."
        )
    secrets = secrets_of(declarations)
    labels = [each.environment or each.name for each in compared.values()]
    found = list(folded(list(differences([rows_of(declarations, name) for name in compared]))))
    if not found:
        tell(f"Nothing differs between {', '.join(labels[:-1])} and {labels[-1]}.")
        return
    show_compared(
        labels,
        [(each.path, *(shown(Row(each.path, value, ""), secrets).value for value in each.values)) for each in found],
    )
