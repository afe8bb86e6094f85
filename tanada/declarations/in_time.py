"""Services whose deployments may take longer than CI's apply: its credentials and its job end before."""

from __future__ import annotations

from tanada.declarations.support_ends import instances
from tanada.declared.ci import SESSION_SECONDS
from tanada.declared.system import System
from tanada.text import listed

MINUTES = SESSION_SECONDS["apply"] // 60
"""What the apply role's session and the job of each CI (tanada/templates/ci) have."""


def too_long(system: System) -> list[str]:
    """A sentence for each number of minutes that is more than that, in accounts to which CI applies."""
    found: dict[int, dict[str, None]] = {}
    for instance in instances(system):
        if system.accounts[instance.account].common.ci is None:
            continue
        for name, service in instance.services.items():
            if service.minutes > MINUTES and not service.external:
                found.setdefault(service.minutes, {})[name] = None
    return [
        f"a deployment of {listed([*names], 5)} may take {minutes} minutes, by deregistration_delay, "
        f"health_check_grace_period, rollout and rollback_alarms, and CI's apply has {MINUTES}: it is refused there; "
        "apply it from a machine, or lower them"
        for minutes, names in sorted(found.items())
    ]
