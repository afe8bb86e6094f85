"""A resource as a plan changes it, and how its values are read: whatever stands there, no look at them fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


def blocks(values: Values, name: str) -> list[Values]:
    """The blocks of that name within a resource's values or within another block; none where a plan holds none.

    A plan read from a file may hold anything there, and what only the apply knows is absent.
    """
    held = values.get(name)
    return [each for each in held if isinstance(each, Mapping)] if isinstance(held, (list, tuple)) else []


def number(values: Values, name: str) -> int:
    """A count within a resource's values; 0 where a plan holds none."""
    held = values.get(name)
    return held if isinstance(held, int) else 0


@dataclass(frozen=True)
class Change:
    """One of `resource_changes`; of what is made there is nothing before, of what goes nothing after."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Values
    after: Values

    @property
    def updates(self) -> bool:
        return self.actions == ("update",)

    @property
    def goes(self) -> bool:
        return self.actions == ("delete",)


def of_type(changes: Sequence[Change], type_: str) -> list[Change]:
    """The changes of one resource type."""
    return [change for change in changes if change.type == type_]
