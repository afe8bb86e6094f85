"""A team's tags with their placeholders filled in, for stacks and for whatever Tanada makes without Terraform."""

from __future__ import annotations

from collections.abc import Mapping

from tanada.declarations import placeholders
from tanada.declarations.inventory import Stack


def filled(tags: Mapping[str, str], stack: Stack, *, system: str, environment: str, domain: str = "") -> dict[str, str]:
    """The tags of what stands in a stack. `environment` and `domain` may be expressions; a common layer has no domain,
    which is checked. Raises DeclarationError for what `load` refuses before."""
    words = {"environment": environment, "region": stack.region, "account": stack.account_id, "system": system}
    if domain:
        words |= {"domain": domain, "url": f"https://{domain}"}
    return {key: placeholders.expand(value, words) for key, value in tags.items()}
