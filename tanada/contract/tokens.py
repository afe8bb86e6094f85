"""The note that a cache has its token, as it stands in a stack's configuration, in its plans and in its state.

The provider takes a token as an argument that its state would hold (`auth_token`: elasticache/replication_group.go at
001b6364). So no configuration has one: an apply puts it into the cache and into the secret, and then notes that it did,
in `terraform_data.<cache>_token`, which whoever reads the secret waits for. Where the note is to be made or changed,
the token is put again, and is another one: nothing has to be read back.

As long as tasks run that were given the one before, the cache takes that as well. Once they are replaced the new one is
the only one, and `terraform_data.<cache>_alone` notes that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = "token"  # noqa: S105 - how the note's address ends
ALONE = "alone"
"""How that of the other note does, which says that the token is the only one."""
_TYPE = "terraform_data"
_SAYS = {"cache", "group", "host", "made", "number", "port", "secret"}
_SAYS_ALONE = {"cache", "number"}


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
    for address, after in _written(plan):
        if is_note(after):
            yield Due(str(after["input"]["cache"]), address, _put(after["input"]))


def to_be_alone(plan: Mapping[str, Any]) -> dict[str, str]:
    """The caches whose token is to be the only one once a plan is carried out, each with its note's address."""
    return {str(after["input"]["cache"]): address for address, after in _written(plan) if says_alone(after)}


def _written(plan: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in sorted(plan.get("resource_changes") or (), key=lambda entry: str(entry["address"])):
        change = entry["change"]
        if entry["type"] == _TYPE and {"create", "update"} & set(change["actions"]):
            yield str(entry["address"]), change.get("after") or {}


def is_note(body: Mapping[str, Any]) -> bool:
    """Whether a resource of Terraform's own, as it is configured or planned, is the note of a token; what only the
    apply knows isn't in a plan's."""
    said = body.get("input")
    return isinstance(said, Mapping) and {"cache", "group"} <= set(said) <= _SAYS


def says_alone(body: Mapping[str, Any]) -> bool:
    """The same of the note that it is the only one."""
    said = body.get("input")
    return isinstance(said, Mapping) and set(said) == _SAYS_ALONE


def _put(said: Mapping[str, Any]) -> Put | None:
    if any(said.get(name) is None for name in _SAYS):
        return None
    return Put(
        cache=str(said["cache"]),
        group=str(said["group"]),
        host=str(said["host"]),
        port=int(said["port"]),
        secret=str(said["secret"]),
    )
