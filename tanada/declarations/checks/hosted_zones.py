"""Checks of what a zone of another account needs, and of certificates that are there already."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scopes
from tanada.declarations.tree import mistake
from tanada.declared.common import CommonLayer
from tanada.declared.hosted_zone import Zone
from tanada.regions import ZONES, partition
from tanada.text import quoted

_TWO = "{plan: arn:…, apply: arn:…}"


def check_hosted_zones(system: Scopes) -> Iterator[Mistake]:
    for account, layer in system.layers.items():
        for index, zone in enumerate(layer.hosted_zones):
            if zone.roles is not None:
                loc = ("accounts", account, "common", "hosted_zones", index, "role")
                yield from _roles(system, account, layer, zone, loc)
        yield from _certificates(system, account, layer)


def _roles(system: Scopes, account: str, layer: CommonLayer, zone: Zone, loc: Loc) -> Iterator[Mistake]:
    roles, here = zone.roles, system.accounts.get(account)
    assert roles is not None
    if zone.existing is None:
        yield mistake(system.top, loc, "a zone of another account isn't made here; say its id in existing", at_key=True)
        return
    if roles.plan.split(":")[4] != roles.account_id:
        sentence = f"plan is a role of account {roles.plan.split(':')[4]}, apply one of {roles.account_id}"
        yield mistake(system.top, loc, f"{sentence}; both are of the account that has the zone", at_key=True)
    elif here is not None and roles.account_id == here.id:
        sentence = f"the role is of account {account} ({here.id}) itself, which needs none for its own zones"
        yield mistake(system.top, loc, f"{sentence}; take role out, or write one of the account that has the zone")
    elif here is not None and here.region in ZONES and (others := _others({roles.plan, roles.apply}, here.region)):
        sentence = f"the role is of the partition {others[0]}, and {here.region} lies in"
        yield mistake(system.top, loc, f"{sentence} {partition(here.region)}, from where no other is entered")
    elif roles.plan == roles.apply and layer.ci is not None:
        sentence = (
            "one role is both, and jobs that plan pull requests would take on what may change the zone (common.ci)"
        )
        yield mistake(system.top, loc, f"{sentence}; say two, {_TWO}, of which plan only reads")


def _others(roles: set[str], region: str) -> list[str]:
    """Partitions of roles in which a region doesn't lie."""
    return sorted({each.split(":")[1] for each in roles} - {partition(region)})


def _certificates(system: Scopes, account: str, layer: CommonLayer) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, certificate in enumerate(layer.certificates):
        loc = ("accounts", account, "common", "certificates", index)
        if not certificate.names:
            sentence = "is empty; write the names that the certificate is for, as ACM shows them"
            yield mistake(system.top, (*loc, "names"), sentence)
        if first.setdefault(certificate.existing, index) != index:
            yield mistake(system.top, (*loc, "existing"), f"{quoted(certificate.existing)} is here twice")
