"""`tanada check`: every mistake in the declarations at once, or one line that says all is well."""

from __future__ import annotations

from pathlib import Path

from tanada.cli.output import tell
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.declarations.root import find_root

_NAMED = 12


def check() -> None:
    """Check system.yaml, environments/ and workspaces/; every mistake with file, line and column."""
    system = load(find_root(Path.cwd()))
    stacks = [stack.name for stack in inventory(system)]
    more = f" and {len(stacks) - _NAMED} more" if len(stacks) > _NAMED else ""
    tell(f"{system.name}: no mistakes; {len(stacks)} stacks: {', '.join(stacks[:_NAMED])}{more}")
