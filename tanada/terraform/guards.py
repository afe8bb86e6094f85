"""What apply and destroy refuse: protected accounts, stores that are kept, a common layer in use, a missing `yes`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from tanada.declarations import content
from tanada.errors import TerraformError
from tanada.plan import Summary, why
from tanada.resources import is_kept
from tanada.text import meant, one_of

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System


def check_kept(summary: Summary, named: Collection[str]) -> None:
    """Refuse a plan that destroys or replaces what can't be made again and wasn't named."""
    lost = [change for change in summary.destroyed if is_kept(change.type) and change.address not in named]
    if lost:
        what = "; ".join(f"{change.address} ({change.action}: {why(change)})" for change in lost)
        flags = " ".join(f"--destroy '{change.address}'" for change in lost)
        raise TerraformError(f"This plan loses what removal: keep holds: {what}. If that is meant, add {flags}")


def check_named(summary: Summary, named: Sequence[str]) -> None:
    """Refuse a `--destroy` that the plan doesn't bear out: a misspelt address would protect nothing and say nothing."""
    known = {change.address for change in summary.destroyed}
    for address in named:
        if address not in known:
            raise TerraformError(f"--destroy {address}: this plan doesn't destroy it.")


def check_removal(system: System, stack: Stack) -> None:
    """Destroying what is kept is two steps."""
    if content.kept(system, stack):
        place = f"environments/{stack.environment}.yaml" if stack.kind == "environment" else "its common layer"
        raise TerraformError(
            f"{stack.name} is kept (removal: keep). Removing it is two steps: write removal: delete in {place} "
            "and apply that, then destroy."
        )


def check_protected(stack: Stack, named: str | None, protected: Collection[str]) -> str | None:
    """A protected account wants its name as a second word. A sentence where a stack of an unprotected one is given the
    name of another that is: one command line serves a loop over stacks."""
    if stack.protected and named is None:
        raise TerraformError(
            f"{stack.name} belongs to the protected account {stack.account}: add --protected {stack.account}."
        )
    if named is None or named == stack.account:
        return None
    if stack.protected:
        raise TerraformError(f"--protected {named}: {stack.name} belongs to the account {stack.account}.")
    if named not in protected:
        instead = one_of(sorted(protected)) + meant(named, protected) if protected else "none is"
        raise TerraformError(f"--protected {named}: there is no protected account of this name; {instead}")
    return f"--protected {named}: not used here; {stack.name} belongs to the account {stack.account}."


def check_unused(stack: Stack, states: Sequence[str]) -> None:
    """Common goes last."""
    if stack.kind == "common" and states:
        raise TerraformError(
            f"{stack.name} is in use, so it isn't destroyed: these states still hold resources: {', '.join(states)}."
        )


def check_can_ask(*, yes: bool, terminal: bool) -> None:
    """Without a terminal nobody can answer."""
    if not (yes or terminal):
        raise TerraformError("There is no terminal to ask for confirmation: add --yes.")
