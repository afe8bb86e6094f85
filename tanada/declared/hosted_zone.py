"""Hosted zones, and the certificate for each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from tanada.declared.fields import Domain, Text
from tanada.declared.model import Model


class Zone(Model):
    """A hosted zone and the certificate for it; a bare name creates it, `existing` takes one over by its id."""

    name: Domain
    """The zone's domain."""
    existing: Annotated[str, Text(r"^Z[A-Z0-9]{4,31}$", "the id of a hosted zone such as Z0123456789ABC")] | None = None
    """The id of the zone to take over."""

    def bare(self) -> str | None:
        return self.name if self.existing is None else None


def _zone(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


Zones = tuple[Annotated[Zone, BeforeValidator(_zone, json_schema_input_type=Domain | Zone)], ...]
"""A bare domain is a zone to create."""
