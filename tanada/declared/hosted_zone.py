"""Hosted zones, the certificate for each, and certificates that are there already."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from tanada.declared.fields import Domain, RoleArn, ShortForm, Text
from tanada.declared.model import Model


class ZoneRoles(Model):
    """The two roles of another account by which records of its zone are looked at, and made."""

    plan: RoleArn
    """What plan jobs of CI take on, which may only read."""
    apply: RoleArn
    """What people take on, and jobs of CI that apply."""

    @property
    def account_id(self) -> str:
        """Whose zone it is."""
        return self.apply.split(":")[4]


class Zone(Model):
    """A hosted zone and the certificate for it; a bare name creates it, `existing` takes one over by its id."""

    name: Domain
    """The zone's domain."""
    existing: Annotated[str, Text(r"^Z[A-Z0-9]{4,31}$", "the id of a hosted zone such as Z0123456789ABC")] | None = None
    """The id of the zone to take over."""
    role: Annotated[ZoneRoles | RoleArn, ShortForm()] | None = None
    """Of a zone of another account: the roles there, `{plan: arn:…, apply: arn:…}`; without `ci` one may be both."""

    def bare(self) -> str | None:
        return self.name if self.existing is None and self.role is None else None

    @property
    def roles(self) -> ZoneRoles | None:
        """Both, where the zone is another account's."""
        return ZoneRoles(plan=self.role, apply=self.role) if isinstance(self.role, str) else self.role


def _zone(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


Zones = tuple[Annotated[Zone, BeforeValidator(_zone, json_schema_input_type=Domain | Zone)], ...]
"""A bare domain is a zone to create."""
CertifiedName = Annotated[
    str,
    Text(
        r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$",
        'a name such as www.example.com, or "*.example.com" for all one label below it',
        longest=253,
    ),
]


class Certificate(Model):
    """A certificate of ACM that is there already."""

    existing: Annotated[
        str,
        Text(
            r"^arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate/[a-z0-9-]{1,64}$",
            "the ARN of a certificate: arn:aws:acm:…:certificate/…",
        ),
    ]
    """Its ARN."""
    names: tuple[CertifiedName, ...]
    """All names that it is for, as ACM shows them: no plan reads them."""

    def covers(self, name: str) -> bool:
        """Whether it is for a name, or of review for all one label below a domain (`*.review.example.jp`)."""
        return name in self.names or f"*.{name.partition('.')[2]}" in self.names
