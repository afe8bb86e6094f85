"""What an offline plan says of imports: nobody knows there what is there, so it shows them as made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tanada.offline.existing import imports
from tanada.plan import Message, Summary


def unseen(declared: Mapping[str, Any], planned: Mapping[str, Any], summary: Summary) -> tuple[Message, ...]:
    """A warning where a plan makes what its stack declares as imported; `planned` is the copy. Pure."""
    left = {str(each.get("to")) for each in imports(planned)}
    made = {change.address for change in summary.changes if change.action == "create"}
    lines = [
        f"{each.get('to')} ({each.get('id')})"
        for each in imports(declared)
        if each.get("to") in made and each.get("to") not in left
    ]
    if not lines:
        return ()
    text = "Planned as made, not as imported: offline nobody knows what is there"
    return (Message("warning", text, "\n".join(lines)),)
