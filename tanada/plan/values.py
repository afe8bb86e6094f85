"""What stands in a plan's values beside plain JSON: what is sealed or unknown, and the steps that lead to a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sealed:
    """A value that is shown as a word; two of them can still be told apart."""

    word: str
    value: Any = field(repr=False)


@dataclass(frozen=True)
class Unknown:
    """A value that Terraform knows after apply."""


class Element(str):
    """A step to a list's element: `[web]`, `[0]`."""

    __slots__ = ()


Step = str
"""An attribute, a map's key, or an Element."""
Steps = tuple[Step, ...]
"""The way from a resource to a value within it."""
