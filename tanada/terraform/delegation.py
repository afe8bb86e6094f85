"""Name servers of the zones that an apply makes: said while it still waits for certificates of theirs, which come once
the parent zone delegates, and again at its end.

Terraform's messages tell no attribute, so the state is read: what is made stands in it from then on, in a remote one
within twenty seconds (hashicorp/terraform, internal/backend/local/hook_state.go, StateHook). It is read when Terraform
says that it still waits for a certificate, which it does every ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tanada.errors import TanadaError
from tanada.terraform.messages import Line

ZONE, WAITING = "aws_route53_zone.", "aws_acm_certificate_validation."


@dataclass
class Delegation:
    """Hears what Terraform says in one apply."""

    state: Callable[[], Mapping[str, Any]]
    """The whole state as it is by now."""
    tell: Callable[[str], None]
    emitted: Mapping[str, Any]
    """The configuration: a zone below another one of it is delegated by a record."""
    _made: set[str] = field(default_factory=set)
    _known: dict[str, list[str]] = field(default_factory=dict)
    _tried: object = None

    def hear(self, line: Line) -> None:
        """One of Terraform's messages; tells name servers as soon as they are known."""
        if line.action == "create" and line.changed and line.address.startswith(ZONE):
            self._made.add(line.address)
        waits = line.goes_on and line.address.startswith(WAITING)
        if not self._made or not waits or line.seconds == self._tried:
            return
        self._tried = line.seconds  # many certificates may be waited for; once is enough
        for zone, servers in self._new().items():
            self.tell(
                f"{zone} is made. Have the registrar, or the zone above it, delegate it to {_list(servers)}: "
                "this apply waits for that, for up to 75 minutes."
            )

    def ended(self) -> list[str]:
        """What to say however it ended; nothing where no zone was made."""
        self._new()
        return [f"name servers of {zone}: {_list(servers)}" for zone, servers in self._known.items()]

    def _new(self) -> dict[str, list[str]]:
        """What the state holds of zones that were made and not told of yet; not to be able to look is no failure."""
        if not self._made:
            return {}
        try:
            state = self.state()
        except (TanadaError, ValueError):
            return {}
        found = {}
        for entry in state.get("resources", ()):
            address = f"{entry.get('type')}.{entry.get('name')}"
            for instance in entry.get("instances", ()) if address in self._made else ():
                attributes = instance.get("attributes") or {}
                if servers := attributes.get("name_servers"):
                    self._made.discard(address)
                    found[str(attributes.get("name"))] = [str(server) for server in servers]
        found = {zone: servers for zone, servers in found.items() if zone not in self._delegated()}
        self._known |= found
        return found

    def _delegated(self) -> set[str]:
        records: Any = (self.emitted.get("resource") or {}).get("aws_route53_record") or {}
        return {body.get("name") for body in records.values() if body.get("type") == "NS"}


def _list(servers: list[str]) -> str:
    return ", ".join(servers)
