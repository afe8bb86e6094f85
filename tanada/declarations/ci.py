"""What a declared CI means on both sides: the roles' names, who signs the tokens, and for which audience."""

from __future__ import annotations

from tanada.declarations.inventory import state_bucket
from tanada.declarations.models import Ci, System

AUDIENCE = "sts.amazonaws.com"
SESSION_SECONDS = {"plan": 3600, "apply": 7200}
"""How long credentials of a step last: an apply waits for load balancers, certificates and deployments."""


def role_name(system: str, step: str) -> str:
    """`kakei_ci_plan`: no name of another resource holds `_` after the system's, which is a DNS label."""
    return f"{system}_ci_{step}"


def issuer(ci: Ci) -> str:
    """The token server without `https://`, as it stands in IAM's ARNs and condition keys.

    GitHub's documentation, "Configuring OpenID Connect in Amazon Web Services" (also for Enterprise Server); GitLab's,
    "Configure OpenID Connect in AWS".
    """
    if ci.gitlab is not None:
        return ci.server or "gitlab.com"
    return f"{ci.server}/_services/token" if ci.server else "token.actions.githubusercontent.com"


def sharing(system: System, account: str) -> list[str]:
    """The accounts with CI that are one AWS account, in the order of the declaration: roles are global to it, and the
    first of them makes them."""
    number = system.accounts[account].id
    return [name for name, each in system.accounts.items() if each.id == number and each.common.ci is not None]


def buckets(system: System, account: str) -> list[str]:
    """The buckets of the states that the roles of an AWS account reach."""
    return [state_bucket(system, name) for name in sharing(system, account)]
