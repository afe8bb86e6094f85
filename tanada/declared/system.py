"""A system: what stands in system.yaml, and everything merged."""

from __future__ import annotations

from typing import Annotated

from tanada.declared.account import Account
from tanada.declared.blueprint import Blueprint, Environment, Review
from tanada.declared.common import CommonLayer
from tanada.declared.fields import DNS_LABEL, Name, Text
from tanada.declared.model import Model
from tanada.declared.schedule import TimeZone
from tanada.declared.tags import Tags

SystemName = Annotated[
    str,
    Text(
        DNS_LABEL,
        "lower-case letters, digits and hyphens, a letter first, no hyphen last, at most 20 characters",
        longest=20,
    ),
]


class SystemFile(Model):
    """What stands in system.yaml."""

    system: SystemName
    """The system's name: in every AWS name, tag and state key."""
    tanada: Annotated[str, Text(r"^\d+\.\d+$", 'Tanada\'s version as "major.minor"', also="number")]
    """The version of Tanada that the declaration is written for."""
    time_zone: TimeZone = "UTC"
    """Where the hours of its schedules are told: `Asia/Tokyo`."""
    tags: Tags = {}
    """AWS tags of all that the system makes, beside `System`, `Environment`, `ManagedBy` and `Name`."""
    accounts: dict[Name, Account]
    """The AWS accounts by name."""
    common: CommonLayer = CommonLayer()
    """What all environments of one account share, in every account."""
    blueprint: Blueprint
    """What one environment consists of; each lays its file over it."""


class System(Model):
    """Everything one team declares, merged and checked: what stacks are made of."""

    name: SystemName
    accounts: dict[Name, Account]
    blueprint: Blueprint
    environments: dict[Name, Environment] = {}
    review: Review | None = None
