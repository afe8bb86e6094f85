"""Web ACLs whose rules take more than their price includes: no mistake, and nothing that a plan says."""

from __future__ import annotations

from tanada.declared.system import System
from tanada.declared.waf import GROUPS


def above_the_price(system: System) -> list[str]:
    """A sentence for each (AWS WAF pricing, "Web ACL capacity units")."""
    found = []
    for name, account in system.accounts.items():
        if (waf := account.common.waf) is None:
            continue
        from tanada.resources.waf import CAPACITY, INCLUDED, OF_RATE  # where one is declared alone

        units = sum(CAPACITY[GROUPS[each]] for each in waf.rules) + (OF_RATE if waf.rate is not None else 0)
        if units > INCLUDED:
            found.append(
                f"the rules of account {name}'s waf take {units:,} capacity units, and a web ACL's price includes "
                f"{INCLUDED:,}: AWS asks more for each request"
            )
    return found
