"""`tanada check`: every mistake in the declarations at once, or one line that says all is well."""

from __future__ import annotations

from datetime import date
from itertools import chain
from pathlib import Path

from tanada.cli.output import tell
from tanada.declarations import content
from tanada.declarations.firewalls import above_the_price
from tanada.declarations.in_time import too_long
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.declarations.nobody_comes import nobody_comes
from tanada.declarations.root import find_root
from tanada.declarations.strangers import strangers
from tanada.declarations.support_ends import ending
from tanada.declared.system import System
from tanada.text import listed

_NAMED = 12


def check() -> None:
    """Check system.yaml, environments/ and workspaces/; every mistake with file, line and column."""
    system = load(find_root(Path.cwd()))
    stacks = [stack.name for stack in inventory(system)]
    more = f" and {len(stacks) - _NAMED} more" if len(stacks) > _NAMED else ""
    tell(f"{system.name}: no mistakes; {len(stacks)} stacks: {', '.join(stacks[:_NAMED])}{more}")
    if quiet := unsaid_writable(system):
        tell(
            f"note: {listed(quiet, len(quiet))} can write to /tmp alone, 64 MiB in memory, and an image that writes "
            "elsewhere ends at its first write; say writable, in the service or once in defaults ([/tmp] takes this "
            "note away)"
        )
    notes = (nobody_comes(system), strangers(system), above_the_price(system), too_long(system))
    for words in (*chain(*notes), *ending(system, date.today())):
        tell(f"note: {words}")


def unsaid_writable(system: System) -> list[str]:
    """The services that say nowhere what they write to: what most who move in meet first."""
    return sorted({name for stack in inventory(system) for name in content.quiet(system, stack)})
