"""What services answer while they are deployed, and how many tasks they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks, of_type
from tanada.text import count

DEPLOYING = (
    "load_balancer",
    "network_configuration",
    "platform_version",
    "service_registries",
    "task_definition",
)
"""What "triggers a new service deployment" (ECS API reference, UpdateService), as far as Tanada emits it."""


def gaps(changes: Sequence[Change]) -> Iterator[Caution]:
    """Services that are stopped, or of one task that must not overlap: it stops before the next one starts (`rollout:
    recreate`). Nobody waits for what others don't reach."""
    for service in (each for each in of_type(changes, "aws_ecs_service") if each.updates):
        before, after = service.before, service.after
        if not any(side.get(way) for side in (before, after) for way in ("load_balancer", "service_registries")):
            continue
        whose = service.address.partition(".")[2].removesuffix("_service")
        if before.get("desired_count") and after.get("desired_count") == 0:
            yield Caution(f"{whose} answers nothing any more (count: 0)", "a service is stopped")
        elif after.get("deployment_minimum_healthy_percent") == 0 and any(
            before.get(each) != after.get(each) for each in DEPLOYING
        ):
            yield Caution(f"{whose} {_stopped(after)} (rollout)", "a service is out of reach for a while")


def scaled(changes: Sequence[Change]) -> Iterator[Caution]:
    """Services whose number of tasks other bounds hold, or none any more."""
    services = {each.address.partition(".")[2].removesuffix("_service"): each for each in changes if runs(each)}
    for target in of_type(changes, "aws_appautoscaling_target"):
        whose = target.address.partition(".")[2].removesuffix("_scale_target")
        if whose not in services:
            continue
        before, after = target.before, target.after
        if target.goes:
            tasks = services[whose].after.get("desired_count")
            many = count(tasks, "task") if isinstance(tasks, int) else "as many as are declared"
            yield Caution(f"{whose} scales no more: it is set to {many}, whatever it has now (count)")
            continue
        had, most = before.get("max_capacity"), after.get("max_capacity")
        if isinstance(most, int) and isinstance(had, int) and had > most:
            yield Caution(f"{whose} has at most {count(most, 'task')}, {had} before: more than that stop at once")
        if after.get("min_capacity") == 0 and before.get("min_capacity"):
            yield Caution(f"{whose} may go down to no task: until one is started it does nothing (min: 0)")


def _stopped(service: Values) -> str:
    """What a deployment does that needs no task that is well: of one task that may not overlap it is sure, else ECS may
    (ECS API reference, DeploymentConfiguration, minimumHealthyPercent)."""
    tasks = service.get("desired_count")
    several = isinstance(tasks, int) and tasks > 1
    if not several and service.get("deployment_maximum_percent") == 100:
        return "answers nothing from when its task has stopped until the new one is well"
    old = f"all {tasks} tasks" if several else "its task"
    return f"may answer nothing for a while: ECS may stop {old} before a new one is well"


def questions(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a load balancer asks tasks, which is of their group: those that run are asked the new at once, and ECS stops
    those that don't answer well (ECS guide, "Determine the Amazon ECS service health")."""
    for group in (each for each in of_type(changes, "aws_lb_target_group") if each.updates):
        before, after = _asks(group.before), _asks(group.after)
        if before and any(before.get(each) != after.get(each) for each in ("matcher", "path", "port")):
            whose = group.address.partition(".")[2].partition("_target_group")[0]
            yield Caution(
                f"{whose} is asked otherwise whether it is well, its tasks that run too: those that don't answer so "
                "are stopped. Without a gap: first a release that answers both"
            )


def cookies(changes: Sequence[Change]) -> Iterator[Caution]:
    """Browsers that are kept at one task no longer (Elastic Load Balancing guide, "Sticky sessions")."""
    for group in (each for each in of_type(changes, "aws_lb_target_group") if each.updates):
        if _sticks(group.before) and not _sticks(group.after):
            whose = group.address.partition(".")[2].partition("_target_group")[0]
            yield Caution(f"{whose} keeps no browser at one task any more: what only that task knows of it is lost")


def _sticks(group: Values) -> bool:
    return any(each.get("enabled") is True for each in blocks(group, "stickiness"))


def _asks(group: Values) -> Values:
    return next((each for each in blocks(group, "health_check")), {})


def runs(change: Change) -> bool:
    return change.type == "aws_ecs_service" and bool(change.before) and bool(change.after)
