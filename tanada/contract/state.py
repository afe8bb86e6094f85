"""Terraform's state, as far as Tanada reads it: what it says of itself, and whether it holds resources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanada.contract.environment import image_tags, store_versions
from tanada.contract.outputs import values
from tanada.errors import StateError

FILE = "terraform.tfstate"
"""Of the local backend; its workspaces' lie in `terraform.tfstate.d/<workspace>/`."""


@dataclass(frozen=True)
class State:
    """What is kept of a state; the values of its resources are dropped at once."""

    lineage: str | None
    """None where there is no state yet."""
    serial: int | None
    image_tags: Mapping[str, str]
    """The tags last applied."""
    resources: int
    tainted: tuple[str, ...] = ()
    """Addresses of what was made and didn't become what it should: Terraform makes it anew."""
    hosts: frozenset[str] = frozenset()
    """Names of its DNS records: where it answers, however far its last apply got."""
    store_versions: Mapping[str, int] = field(default_factory=dict)
    """The number of each store's password."""


def parse(text: str | bytes, place: str = "The state") -> dict[str, Any]:
    """A state's JSON; an empty one where there is no state yet, of which Terraform says nothing at all. StateError
    where it is none; `place` is where it lies."""
    try:
        state = json.loads(text.strip() or "{}")
    except ValueError:
        state = None
    if not isinstance(state, dict):
        raise StateError(
            f"{place} is damaged, and no state that can be read: put back an earlier one (a bucket that tanada "
            "bootstrap made keeps all versions of it), and then plan, for what was made since is in no state."
        )
    return state


def parse_file(file: Path) -> dict[str, Any]:
    """The same of a file that may not be there."""
    return parse(file.read_bytes(), str(file)) if file.is_file() else {}


def resources(state: Mapping[str, Any]) -> int:
    """How many resources a state holds. Data sources are read, not made: they are none."""
    return sum(1 for entry in state.get("resources", ()) if entry.get("mode") != "data")


def url(state: Mapping[str, Any]) -> str | None:
    """Where the environment in a state answers; None where it says nothing of it."""
    said = values(state.get("outputs", {})).get("url")
    return said if isinstance(said, str) else None


def read(text: str | bytes, place: str = "The state") -> State:
    """What `terraform state pull` prints. Raises StateError."""
    state = parse(text, place)
    return State(
        lineage=state.get("lineage") or None,
        serial=state.get("serial"),
        image_tags=image_tags(state.get("outputs", {})),
        resources=resources(state),
        tainted=tuple(_tainted(state)),
        hosts=frozenset(_hosts(state)),
        store_versions=store_versions(state.get("outputs", {})),
    )


def _hosts(state: Mapping[str, Any]) -> Iterator[str]:
    for entry in state.get("resources", ()):
        for instance in entry.get("instances", ()) if entry.get("type") == "aws_route53_record" else ():
            yield str(instance.get("attributes", {}).get("name"))


def _tainted(state: Mapping[str, Any]) -> Iterator[str]:
    for entry in state.get("resources", ()):
        for instance in entry.get("instances", ()):
            if instance.get("status") == "tainted" and "deposed" not in instance:
                key = instance.get("index_key")
                yield f"{entry['type']}.{entry['name']}" + ("" if key is None else f"[{json.dumps(key)}]")
