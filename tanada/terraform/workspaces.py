"""Names of review workspaces, checked before Terraform sees them (it takes `..` for the default workspace's key)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tanada.declarations import content
from tanada.errors import TerraformError
from tanada.names import begins_like_security_group, ends_in_label, is_workspace, longest_workspace
from tanada.terraform.layout import Target
from tanada.text import listed, nearest_first

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System

Holding = Callable[[Sequence[str]], Sequence[str]]
"""Those of some workspaces that hold resources."""
_DOMAIN_LENGTH = 128
"""Characters of a host that a load balancer takes (Elastic Load Balancing API reference, HostHeaderConditionConfig)."""


def check_name(name: str, domain: str, labels: Sequence[str] = ()) -> None:
    """Refuse what is no DNS label, is reserved, makes the domain or a host too long, or is another one's host; `labels`
    are those of hosts that review environments have beside their domain."""
    if name == "default":
        raise TerraformError("--workspace default: that is Terraform's own, and holds no environment.")
    if not is_workspace(name):
        raise TerraformError(
            f"--workspace {name!r}: expected a DNS label of 1 to 56 lower-case letters, digits and hyphens that "
            f"starts and ends with a letter or digit, such as {_nearest(name)}."
        )
    if begins_like_security_group(name):
        raise TerraformError(
            f"--workspace {name}: it stands first in names of security groups, and AWS refuses sg- there; "
            "choose another."
        )
    if label := ends_in_label(name, labels):
        raise TerraformError(
            f"--workspace {name}: a service of workspace {name.removesuffix(f'-{label}')} answers at {name}.{domain} "
            f"(hosts: [{label}]); choose a name that doesn't end in -{label}."
        )
    if len(name) > (longest := longest_workspace(labels)):
        longer = max(labels, key=len)
        raise TerraformError(
            f"--workspace {name}: {name}-{longer} begins a host, and has more than 63 characters; choose a name of at "
            f"most {longest}."
        )
    if len(name) + 1 + max((len(label) + 1 for label in labels), default=0) + len(domain) > _DOMAIN_LENGTH:
        raise TerraformError(
            f"--workspace {name}: {name}.{domain} has more than {_DOMAIN_LENGTH} characters; choose a shorter name."
        )


def _nearest(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:56].strip("-") or "my-branch"


def choose(system: System, stack: Stack, workspace: str | None) -> Target:
    """The review stack wants a workspace, every other refuses one. What is declared no more has no domain to fit."""
    if stack.kind != "review":
        if workspace is not None:
            raise TerraformError(f"{stack.name} has no workspaces: --workspace belongs to the stack review.")
        return Target(stack)
    if workspace is None:
        raise TerraformError("review needs --workspace NAME: each review environment is a workspace of that stack.")
    if not stack.declared:
        check_name(workspace, "")
        return Target(stack, workspace)
    assert system.review is not None
    check_name(workspace, system.review.domain or "", content.labels(system))
    return Target(stack, workspace)


def check_free(system: System, target: Target) -> None:
    """Refuse a workspace whose host is somebody else's: also one that was made before that was declared."""
    taken = content.taken(system)
    names = (str(target.workspace), *(f"{target.workspace}-{label}" for label in content.labels(system)))
    for name in (each for each in names if each in taken):
        assert system.review is not None
        host, whose = f"{name}.{system.review.domain}", taken[name]
        raise TerraformError(
            f"--workspace {target.workspace}: {host} is {whose}; choose another name "
            "(tanada destroy still takes down what was made under this one before)."
        )


def check_used(workspace: str | None, stacks: Sequence[Stack]) -> None:
    """Refuse a workspace that none of several stacks takes."""
    if workspace is not None and not any(stack.kind == "review" for stack in stacks):
        names = ", ".join(stack.name for stack in stacks)
        raise TerraformError(f"--workspace belongs to the stack review, which isn't among {names}.")


def those_there(name: str, existing: Sequence[str]) -> str:
    """Which workspaces there are, as a sentence: those first that are written like one that isn't."""
    if not existing:
        return "There are no review environments."
    return f"There are: {listed(nearest_first(name, existing), len(existing))}."


def check_there(name: str, existing: Sequence[str]) -> None:
    """Refuse a workspace that isn't there."""
    if name not in existing:
        raise TerraformError(f"There is no review environment {name}. {those_there(name, existing)}")


def check_limit(name: str, existing: Sequence[str], limit: int, holding: Holding) -> None:
    """Refuse a new review environment beyond the declared limit."""
    if name not in existing:
        check_room(name, existing, limit, holding)


def check_room(name: str, existing: Sequence[str], limit: int, holding: Holding) -> None:
    """The same at apply, for an environment that is still empty: by then its plan has made the workspace.

    Only those count that hold something. Which do is asked where all of them would be too many.
    """
    others = [other for other in existing if other != name]
    if len(others) < limit:
        return
    full = holding(others)
    if len(full) >= limit:
        raise TerraformError(
            f"{len(full)} other review environments exist, and workspaces/review.yaml says limit: {limit}; destroy one "
            f"first (tanada destroy review --workspace NAME): {', '.join(full)}."
        )
