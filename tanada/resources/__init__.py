"""What Tanada knows of AWS resource types: one entry a type, one file an AWS service. The ground floor, pure data.

A type without an entry is one that nothing is known of: `entry` says None, and each consumer says so aloud.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from tanada.resources.entry import NotRead, Replaces, Resource


def _entries() -> Iterator[tuple[str, Resource]]:
    """Of every file in this folder: none is listed, so none is forgotten."""
    for file in pkgutil.iter_modules(__path__):
        service = importlib.import_module(f"{__name__}.{file.name}")
        yield from ((resource.type, resource) for resource in getattr(service, "RESOURCES", ()))


ENTRIES: Mapping[str, Resource] = dict(_entries())
"""Type → entry."""

_OTHER_DATA = (
    "athena:GetQueryResults*",
    "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot",
    "kinesis:GetRecords",
)
"""Of types without an entry, in the accounts of those who have them all the same."""

DATA_ACTIONS = tuple(sorted({*_OTHER_DATA, *(action for each in ENTRIES.values() for action in each.data_actions)}))
"""What systems keep, not what they are: Terraform reads none of it."""

PASSES_ROLES_TO = tuple(sorted({service for each in ENTRIES.values() for service in each.passes_roles_to}))
"""The services that take on roles of Tanada's constructs."""


def entry(type_: str) -> Resource | None:
    """What is known of a type (`aws_db_instance`)."""
    return ENTRIES.get(type_)


def replacements_known(type_: str) -> bool:
    """Whether offline plans tell what replaces a type. Types of other providers are answered by these, and so known."""
    found = entry(type_)
    return not type_.startswith("aws_") or (found is not None and isinstance(found.replaces, Replaces))


__all__ = [
    "DATA_ACTIONS",
    "ENTRIES",
    "PASSES_ROLES_TO",
    "NotRead",
    "Replaces",
    "Resource",
    "entry",
    "replacements_known",
]
