"""A resource as a plan changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


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
