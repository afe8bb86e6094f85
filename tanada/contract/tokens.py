"""The note that a cache has its token, as it stands in a stack's configuration, in its plans and in its state.

The provider takes a token as an argument that its state would hold (`auth_token`: elasticache/replication_group.go at
001b6364). So no configuration has one: an apply puts it into the cache and into the secret, and then notes that it did,
in `terraform_data.<cache>_token`, which whoever reads the secret waits for. Where the note is to be made or changed,
the token is put again, and is another one: nothing has to be read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = "token"  # noqa: S105 - how the note's address ends
_TYPE = "terraform_data"
_SAYS = {"cache", "group", "made", "number", "secret"}


@dataclass(frozen=True)
class Put:
    """Where a token is put."""

    cache: str
    """Its first name."""
    group: str
    """The replication group's id."""
    host: str
    port: int
    secret: str
    """The secret's ARN."""


@dataclass(frozen=True)
class Due:
    """A cache that a plan gives another token."""

    cache: str
    note: str
    """The note's address."""
    how: Put | None
    """None where that isn't known before something else is made."""


def due(plan: Mapping[str, Any]) -> Iterator[Due]:
    """The caches that have to get a token before a plan (`terraform show -json`) is carried out."""
    for entry in sorted(plan.get("resource_changes") or (), key=lambda entry: str(entry["address"])):
        change = entry["change"]
        after = change.get("after") or {}
        if entry["type"] == _TYPE and is_note(after) and {"create", "update"} & set(change["actions"]):
            yield Due(str(after["input"].get("cache")), str(entry["address"]), _put(after["input"]))


def is_note(body: Mapping[str, Any]) -> bool:
    """Whether a resource of Terraform's own, as it is configured or planned, is such a note; of a plan's nothing has
    to be known but the cache."""
    said = body.get("input")
    return isinstance(said, Mapping) and "cache" in said and set(said) <= {*_SAYS, "host", "port"}


def _put(said: Mapping[str, Any]) -> Put | None:
    if any(said.get(name) is None for name in (*_SAYS, "host", "port")):
        return None
    return Put(
        cache=str(said["cache"]),
        group=str(said["group"]),
        host=str(said["host"]),
        port=int(said["port"]),
        secret=str(said["secret"]),
    )
