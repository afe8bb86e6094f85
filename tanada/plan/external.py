"""Services that others deploy (`deploy: external`): what an apply doesn't do to them, and what it would undo.

A plan doesn't tell which those are. It shows: where a definition gets another revision, a service of Terraform's own
takes it, so its next one is unknown; one that others deploy keeps what it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks

_DEFINITION, _SERVICE = "_task_definition", "_service"


def cautions(changes: Sequence[Change]) -> Iterator[Caution]:
    """What is registered and not deployed, and what others deployed and the apply takes back."""
    rights = {
        each.address.partition(".")[2]
        for each in changes
        if each.type == "aws_iam_role_policy" and each.actions not in (("no-op",), ("create",))
    }
    for name, service, definition in _services(changes):
        runs = service.before.get("task_definition")
        if service.after.get("task_definition") == runs:
            if "create" in definition.actions:
                words = f"{name} is not deployed by this: what deploys it takes the new revision when it comes next"
                yield Caution(f"{words}{_AT_ONCE if rights & {f'{name}{each}' for each in _POLICIES} else ''}")
            continue
        known = definition.before.get("arn")
        if (_revision(runs) or 0) > (_revision(known) or 0) > 0:
            words = (
                f"{name} runs {_short(runs)}, which Terraform didn't register: this deploys its own over it, with the "
                "tags that this is planned with"
            )
            yield Caution(f"{words}; to keep the release that runs, say --image", f"{name} is deployed over")


_POLICIES = ("_execution_policy", "_task_policy")
_AT_ONCE = (
    ". Its roles change at once, for what runs, too: take a right or a secret away after the deployment that needs it "
    "no more"
)


def refusals(changes: Sequence[Change]) -> Iterator[str]:
    """Sentences about ports that what runs hasn't: ECS takes them together with the definition alone."""
    for name, service, definition in _services(changes):
        kept = service.after.get("task_definition") == service.before.get("task_definition")
        if kept and service.actions == ("update",) and not _led(service.after) <= _ports(definition.before):
            yield (
                f"{name} is deployed by others (deploy: external), and load balancers are to lead to a port that no "
                "task of it has: ECS takes that with its definition alone. Say deploy: terraform for this change, and "
                "--image with the tag that runs; then external again."
            )


def _services(changes: Sequence[Change]) -> Iterator[tuple[str, Change, Change]]:
    """Those that stay, by name, each with its definition."""
    definitions = {
        each.address.partition(".")[2].removesuffix(_DEFINITION): each
        for each in changes
        if each.type == "aws_ecs_task_definition" and each.before
    }
    for each in changes:
        name = each.address.partition(".")[2].removesuffix(_SERVICE)
        if each.type == "aws_ecs_service" and each.before and each.after and name in definitions:
            yield name, each, definitions[name]


def _led(service: Values) -> set[tuple[Any, Any]]:
    return {(each.get("container_name"), each.get("container_port")) for each in blocks(service, "load_balancer")}


def _ports(definition: Values) -> set[tuple[Any, Any]]:
    try:
        containers = json.loads(definition.get("container_definitions") or "[]")
    except ValueError:
        return set()
    return {
        (each.get("name"), port.get("containerPort")) for each in containers for port in each.get("portMappings") or ()
    }


def _short(definition: Any) -> str:
    """`arn:aws:ecs:…:task-definition/web:3` → `web:3`."""
    return str(definition).rpartition("/")[2]


def _revision(definition: Any) -> int | None:
    number = _short(definition).rpartition(":")[2]
    return int(number) if number.isdigit() else None
