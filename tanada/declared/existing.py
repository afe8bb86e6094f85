"""Stores that are there already, or another team's: known by their address, with nothing made of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic_core import PydanticCustomError

from tanada.declared.fields import Port
from tanada.declared.model import Kind, Model, Need
from tanada.declared.ways import SecurityGroupId, Server


class Existing(Kind):
    """A store that is there already, known by host and port."""

    PROTECTED = ()
    WORDS = {"host": "its host", "port": "its port"}

    host: Server
    """Its host, a name or an address of IPv4."""
    port: Port
    """Its TCP port."""
    security_group: SecurityGroupId | None = None
    """The security group that it wears: only that is opened, on both sides. Without it the port is, to the host's
    address or, where it has a name, to any."""

    def made(self) -> bool:
        return False

    def needs(self) -> Sequence[Need]:
        return ()

    def closed(self) -> str | None:
        return None


def check_alone(kind: Model, beside: Collection[str] = ()) -> None:
    """Refuses what is said beside `existing`, of which nothing is made; but not these fields. Raises
    PydanticCustomError."""
    fields = type(kind).model_fields
    others = {name: field for name, field in fields.items() if name not in ("existing", *beside)}
    said = [name for name, field in others.items() if getattr(kind, name) != field.get_default()]
    if getattr(kind, "existing", None) is not None and said:
        sentence = (
            f"nothing is made of what is there already (existing), so {said[0]} says nothing; take it out, or say null"
        )
        raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
