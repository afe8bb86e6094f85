"""How a type is paid for: not at all, by use, or by rules that name priced items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeAlias

HOURS = Decimal(730)
"""A month, as AWS reckons it."""

Units: TypeAlias = list[tuple[str, Decimal]]
"""What is paid for in a month: an item of the price list (tanada/plan/prices.py), and how many of its units."""


class Planned(Protocol):
    """A resource as it is before or after a plan."""

    @property
    def values(self) -> Mapping[str, Any]:
        """Without what only apply can tell, unless it has a value before."""

    @property
    def unknown(self) -> frozenset[str]:
        """Names of attributes that only apply can tell."""

    def text(self, name: str) -> str | None:
        """A text that isn't empty."""

    def number(self, name: str, default: int | None = None) -> Decimal | None:
        """`default` is the provider's: it holds where nothing is declared, not where the value isn't known yet."""

    def blocks(self, name: str) -> list[Mapping[str, Any]]:
        """The objects of a block."""

    def how_many(self, name: str, type_: str) -> Decimal | None:
        """Elements of a list or set, if need be by the resources of a type that the configuration puts there."""

    def linked(self, name: str, type_: str, is_it: Callable[[Any, str], bool]) -> Planned | None:
        """The resource of a type that an attribute points to, by its value (`is_it`) or by the configuration."""


Rule: TypeAlias = Callable[[Planned], "Units | None"]
"""None: no price for it, or for a part of it."""


@dataclass(frozen=True)
class Free:
    """It costs nothing."""

    why: str


@dataclass(frozen=True)
class ByUse:
    """It is paid by use: no plan can say how much that will be."""

    what: str
    when: Callable[[Mapping[str, Any]], bool] | None = None
    """Of its values; where it says no, it is paid in a way that isn't known here."""


@dataclass(frozen=True)
class Priced:
    """It has a price by its settings."""

    rule: Rule


@dataclass(frozen=True)
class NoPrice:
    """It costs something, and nobody has read yet what."""


Cost: TypeAlias = Free | ByUse | Priced | NoPrice

SETTING = Free("a setting, policy or name of something that is counted by itself")


def always(item: str, units: Decimal = Decimal(1)) -> Priced:
    """The same a month, whatever its settings."""
    return Priced(lambda _: [(item, units)])


def number(value: object) -> Decimal | None:
    """A finite number out of JSON."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        parsed = Decimal(str(value))
    except InvalidOperation:
        return None
    return parsed if parsed.is_finite() else None


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
