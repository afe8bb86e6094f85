"""How a resource's attributes reach AWS: which calls take them, as which members.

By rule an attribute is the member of its name in camel case (`health_check_grace_period_seconds` →
`healthCheckGracePeriodSeconds`), a block of one or several the list of its name (`load_balancer` → `loadBalancers`); an
entry names what the rule doesn't find. Held to botocore's models and CloudFormation's schemas by `tests/requests`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SWITCH: Mapping[Any, str] = {True: "ENABLED", False: "DISABLED"}
"""What a flag is where AWS has a word."""


@dataclass(frozen=True)
class Member:
    """Where an attribute stands in a call, with all below it."""

    path: str
    """`networkConfiguration.awsvpcConfiguration`; what the call doesn't know belongs to another of its calls."""
    values: Mapping[Any, Any] = field(default_factory=dict)
    """Value → what is sent for it."""
    key: str = ""
    """Of lists of keys and values, and of maps, whose key: the value is a text then. AWS lists most of these in
    documentation alone."""


@dataclass(frozen=True)
class Request:
    """The calls that make a resource, and what is called otherwise there."""

    service: str
    """As botocore calls it: `elbv2`."""
    calls: tuple[str, ...]
    """The first makes it, the others set what that one doesn't take."""
    formation: str
    """Its type in CloudFormation; empty where it has none."""
    members: Mapping[str, str | Member] = field(default_factory=dict)
    """Path → member. Source: the file that the entry's `replaces` names, and flatteners in the same folder."""
    adds: tuple[str, ...] = ()
    """Required members that the provider makes up or takes from what AWS answered to the call before."""


def made_by(service: str, calls: str, formation: str, *, adds: str = "", **members: str | Member) -> Request:
    """Calls and added members stand apart by blanks; in the keywords `__` stands for the dot of a path."""
    named = {path.replace("__", "."): member for path, member in members.items()}
    return Request(service, tuple(calls.split()), formation, named, tuple(adds.split()))
