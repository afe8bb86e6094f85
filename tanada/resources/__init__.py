"""What Tanada knows of AWS resource types: one entry a type, one file an AWS service. The ground floor, pure data.

A type without an entry is one that nothing is known of: `entry` says None, and each consumer says so aloud.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tanada.resources.asked import ASKED
from tanada.resources.data_sources import EPHEMERAL
from tanada.resources.entry import NotRead, Replaces, Resource
from tanada.resources.refusal import Call, Empty
from tanada.resources.uses import USES

DATA_SOURCES: Mapping[str, tuple[str, ...]] = {
    "aws_availability_zones": ("ec2:DescribeAvailabilityZones",),
    "aws_subnet": ("ec2:DescribeSubnets",),
    "aws_vpc": ("ec2:DescribeRouteTables", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcs"),
    "aws_lb": (
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
    ),
    "aws_lb_listener": (
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeTags",
    ),
    "aws_route53_zone": ("route53:GetHostedZone", "route53:ListHostedZones", "route53:ListTagsForResource"),
}
"""Data sources of the provider that Tanada emits, and what reading them asks of IAM."""


@functools.cache
def entries() -> Mapping[str, Resource]:
    """Type → entry; loaded when they are first asked for, which most commands never do."""
    return {resource.type: resource for resource in _resources()}


def _resources() -> Iterator[Resource]:
    """Of every file in this folder: none is listed, so none is forgotten."""
    for file in pkgutil.iter_modules(__path__):
        yield from getattr(importlib.import_module(f"{__name__}.{file.name}"), "RESOURCES", ())


def entry(type_: str) -> Resource | None:
    """What is known of a type (`aws_db_instance`)."""
    return entries().get(type_)


def replacements_known(type_: str) -> bool:
    """Whether offline plans tell what replaces a type. Types of other providers are answered by these, and so known."""
    known = entry(type_)
    return not type_.startswith("aws_") or (known is not None and isinstance(known.replaces, Replaces))


def is_kept(type_: str) -> bool:
    """Whether what is lost with a type can't be made again as it was; of one without an entry nobody can say it can."""
    known = entry(type_)
    return known is None or known.kept


def is_locked(type_: str, values: Mapping[str, object]) -> bool:
    """Whether AWS itself refuses to delete what has these attributes."""
    known = entry(type_)
    return known is not None and any(each.lock and values.get(each.lock) == each.locked for each in known.refusals)


def governed(type_: str) -> tuple[str, ...]:
    """Attributes that others set in the normal run of things."""
    known = entry(type_)
    return known.governed if known else ()


def needed_later(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The attributes of an update that AWS takes in a second update only."""
    known, call = entry(type_), Call(before, after)
    refusals = known.refusals if known else ()
    return [name for each in refusals if each.later and each.holds(call, Empty()) for name in each.later]


def reads() -> Sequence[str]:
    """What plans ask of IAM: for the types that Tanada emits, its data sources and its ephemeral resources."""
    return ASKED["reads"]


def changes() -> Sequence[str]:
    """What applies ask of IAM beside `reads`, for the types that Tanada emits."""
    return ASKED["changes"]


def uses() -> list[str]:
    """What tasks may be given to do with what Tanada emits: the boundary of their roles holds nothing else."""
    return sorted({action for actions in USES.values() for action in actions})


def passes_roles_to() -> Sequence[str]:
    """The services that assume roles of Tanada's constructs."""
    return ASKED["passes_roles_to"]


def asked() -> Mapping[str, Sequence[str]]:
    """What all entries together ask for: what `asked.py` holds, so that no synth loads them for it."""
    of_data = {action for actions in (*DATA_SOURCES.values(), *EPHEMERAL.values()) for action in actions}
    read = {*of_data, *(action for each in entries().values() for action in each.reads)}
    return {
        "reads": sorted(read),
        "changes": sorted({action for each in entries().values() for action in each.changes} - read),
        "passes_roles_to": sorted({service for each in entries().values() for service in each.passes_roles_to}),
    }


__all__ = [
    "DATA_SOURCES",
    "NotRead",
    "Replaces",
    "Resource",
    "asked",
    "changes",
    "entries",
    "entry",
    "governed",
    "is_kept",
    "is_locked",
    "passes_roles_to",
    "reads",
    "replacements_known",
    "uses",
]
