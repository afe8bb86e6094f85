"""What Tanada knows of AWS resource types: one entry a type, one file an AWS service. The ground floor, pure data.

A type without an entry is one that nothing is known of: `entry` says None, and each consumer says so aloud.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from tanada.resources.entry import NotRead, Replaces, Resource

_OTHER_DATA = ("athena:GetQueryResults*", "ec2:GetConsoleOutput", "ec2:GetConsoleScreenshot", "kinesis:GetRecords")
"""Of types without an entry, in the accounts of those who have them all the same."""


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


def data_actions() -> list[str]:
    """What reads what systems keep, not what they are: Terraform needs none of it."""
    return sorted({*_OTHER_DATA, *(action for each in entries().values() for action in each.data_actions)})


def passes_roles_to() -> list[str]:
    """The services that assume roles of Tanada's constructs."""
    return sorted({service for each in entries().values() for service in each.passes_roles_to})


__all__ = [
    "NotRead",
    "Replaces",
    "Resource",
    "data_actions",
    "entries",
    "entry",
    "is_kept",
    "passes_roles_to",
    "replacements_known",
]
