"""Services that others deploy (`deploy: external`): what an apply doesn't do to them, and what it would undo.

A plan doesn't tell which those are. It shows: where a definition gets another revision, a service of Terraform's own
takes it, so its next one is unknown; one that others deploy keeps what it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tanada.plan import entrances
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


def shifted(changes: Sequence[Change]) -> Iterator[Caution]:
    """Services whose requests ECS moves (`rollout: blue_green`): what an apply does to them by the way."""
    for service in _updated(changes):
        name = _name(service)
        before, after = _turns(service.before), _turns(service.after)
        if before and after and _deployed_for(service):
            yield Caution(
                f"{name} is deployed by this, with the revision that runs: of deployments that Terraform starts ECS was"
                " seen to let the target groups take no turns (terraform-provider-aws#45678); look after it"
            )
        elif before and not after and _away(changes, before):
            words = f"{name} answers 503 until its new tasks are well: its second target group answers now, and"
            yield Caution(
                f"{words} requests go back to the first; deploy it once more before, then the first one does",
                "a service is out of reach for a while",
            )


def _deployed_for(service: Change) -> bool:
    """Whether anything but tags is changed: each such update starts a deployment (`force_new_deployment`)."""
    tags = ("tags", "tags_all")
    return any(service.before.get(each) != value for each, value in service.after.items() if each not in tags)


def _turns(service: Values) -> list[Values]:
    """What its load balancers' blocks say of taking turns, each with the group that is the first."""
    return [
        {**turns, "first": block.get("target_group_arn")}
        for block in blocks(service, "load_balancer")
        for turns in blocks(block, "advanced_configuration")
    ]


def _away(changes: Sequence[Change], turns: Sequence[Values]) -> bool:
    """Whether a rule leads to a second target group."""
    seconds = [each.get("alternate_target_group_arn") for each in turns]
    for rule in (each for each in changes if each.type == "aws_lb_listener_rule"):
        if entrances.group(rule.before) in seconds:
            return True
    return False


_POLICIES = ("_execution_policy", "_task_policy")
_AT_ONCE = (
    ". Its roles change at once, for what runs, too: take a right or a secret away after the deployment that needs it "
    "no more"
)


_ROLLS = " and rollout: rolling"


def refusals(changes: Sequence[Change]) -> Iterator[str]:
    """Sentences about ports that what runs hasn't: ECS takes them together with the definition alone."""
    for name, service, definition in _services(changes):
        kept = service.after.get("task_definition") == service.before.get("task_definition")
        turns = _turns(service.before)
        if kept and service.actions == ("update",) and not _led(service.after) <= _ports(definition.before):
            yield (
                f"{name} is deployed by others (deploy: external), and load balancers are to lead to a port that no "
                f"task of it has: ECS takes that with its definition alone. Say deploy: terraform"
                f"{_ROLLS if turns else ''} for this change, and --image with the tag that runs; then external again."
            )
    yield from _moved(changes)
    yield from _watched(changes)


def _moved(changes: Sequence[Change]) -> Iterator[str]:
    """ECS moves requests between the target groups and in the rule that it was told of, and knows of no others."""
    for service in _updated(changes):
        before, after = _turns(service.before), _turns(service.after)
        if before and after and _ends(before) != _ends(after):
            yield (
                f"{_name(service)} is deployed by ECS with two target groups that take turns (rollout), and its rule or"
                " its target groups are to be others: which of them answers then, ECS doesn't know. Say rollout: "
                "rolling for this change; then what it is now again."
            )


def _ends(turns: Sequence[Values]) -> list[str]:
    names = ("first", "alternate_target_group_arn", "production_listener_rule")
    return sorted(str([each.get(name) for name in names]) for each in turns)


def _watched(changes: Sequence[Change]) -> Iterator[str]:
    """What the provider leaves out of an update ECS keeps (aws/copilot-cli#4565)."""
    for service in _updated(changes):
        before, after = (blocks(side, "alarms") for side in (service.before, service.after))
        if any(each.get("enable") for each in before) and not after:
            yield (
                f"{_name(service)} is rolled back on alarms no more, and of what an update leaves out ECS keeps what "
                "it has. Say rollback_alarms: [] for one apply; then take it out."
            )


def _updated(changes: Sequence[Change]) -> Iterator[Change]:
    return (each for each in changes if each.type == "aws_ecs_service" and each.updates)


def _name(service: Change) -> str:
    return service.address.partition(".")[2].removesuffix(_SERVICE)


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
