"""Addresses among those that `allow` lets in from which nobody comes; a list of none else is a mistake."""

from __future__ import annotations

from tanada.declarations.support_ends import instances
from tanada.declared import allow
from tanada.declared.system import System


def nobody_comes(system: System) -> list[str]:
    """A sentence for each. Of a load balancer that is there already nobody knows what it is."""
    found: dict[str, None] = {}
    for instance in instances(system):
        balancers = system.accounts[instance.account].common.load_balancers
        for name, service in instance.services.items():
            for http in service.https.values():
                behind = [balancers[each] for each in http.load_balancer]
                kinds = {each.internal for each in behind} if all(each.existing is None for each in behind) else set()
                kinds = kinds if http.cdn is None else {False}
                for source in (source for sources in http.allow.values() for source in sources):
                    if (why := allow.nobody(source, kinds)) is not None:
                        found[f"{name} lets in nobody by one of its addresses: {why}"] = None
    return list(found)
