"""EventBridge Scheduler."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tanada.resources.cost import ByUse, Free
from tanada.resources.entry import arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, taken
from tanada.resources.request import SWITCH, Member, made_by

_SOURCE = "EventBridge Scheduler API reference, CreateSchedule"
_NETWORK = "Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration"
_EXPRESSION = re.compile(
    r"rate\([1-9][0-9]* (minutes?|hours?|days?)\)|at\([0-9-]{10}T[0-9:]{8}\)"
    # Of the two days one is left open.
    r"|cron\(\S+ \S+ (\? \S+ [^\s?]+|[^\s?]+ \S+ \?) \S+\)"
)


def _no_expression(call: Call, _world: World) -> bool:
    text = (call.after or {}).get("schedule_expression")
    return isinstance(text, str) and not _EXPRESSION.fullmatch(text)


def _no_time_zone(call: Call, _world: World) -> bool:
    zone = (call.after or {}).get("schedule_expression_timezone")
    return isinstance(zone, str) and not re.fullmatch(r"[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}", zone)


def _no_group(call: Call, world: World) -> bool:
    group = (call.after or {}).get("group_name")
    if not isinstance(group, str) or group == "default":
        return False
    return all(each.get("name") != group for each in world.living("aws_scheduler_schedule_group"))


def _not_assumed(call: Call, world: World) -> bool:
    """Nobody knows roles that Terraform doesn't make."""
    roles = [each for each in at((call.after or {}).get("target"), "role_arn") if isinstance(each, str)]
    made = {each.get("arn"): each.get("assume_role_policy") for each in world.living("aws_iam_role", everywhere=True)}
    group = next(
        (
            each.get("arn")
            for each in world.living("aws_scheduler_schedule_group")
            if each.get("name") == (call.after or {}).get("group_name")
        ),
        None,
    )
    return any(role in made and not _trusts(made[role], group) for role in roles)


def _trusts(policy: Any, group: Any) -> bool:
    return any(
        "scheduler.amazonaws.com" in _listed(statement.get("Principal", {}).get("Service"))
        and all(each == group for each in _source_arns(statement))
        for statement in json.loads(policy)["Statement"]
    )


def _source_arns(statement: dict[str, Any]) -> Iterator[Any]:
    for conditions in statement.get("Condition", {}).values():
        yield from _listed(conditions.get("aws:SourceArn"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


RESOURCES = (
    replaceable(
        "aws_scheduler_schedule",
        read("scheduler/schedule.go", "02f524b9", "group_name name name_prefix"),
        ByUse("what it starts, while that runs"),
        defaults={
            "schedule_expression_timezone": "UTC",
            "state": "ENABLED",
            "target.ecs_parameters.network_configuration.assign_public_ip": False,
            "target.ecs_parameters.task_count": 1,
            "target.retry_policy.maximum_event_age_in_seconds": 86400,
            "target.retry_policy.maximum_retry_attempts": 185,
        },
        computed={
            "id": "{group_name}/{name}",
            "arn": arn("scheduler", "schedule/{group_name}/{name}"),
            "action_after_completion": "NONE",
        },
        refusals=(
            taken(
                "aws_scheduler_schedule",
                "name group_name",
                "ConflictException",
                "Schedule {name} already exists.",
                f"{_SOURCE}; getmoto/moto#6624, the sentence is ours",
            ),
            Refusal(
                code="ValidationException",
                sentence="Invalid Schedule Expression {schedule_expression}.",
                source=f"{_SOURCE}; localstack/localstack#9284",
                holds=_no_expression,
            ),
            Refusal(
                code="ValidationException",
                sentence="Invalid time zone {schedule_expression_timezone}.",
                source=f"{_SOURCE}, ScheduleExpressionTimezone; the sentence is ours",
                holds=_no_time_zone,
            ),
            Refusal(
                code="ResourceNotFoundException",
                sentence="Schedule group {group_name} does not exist.",
                source=f"{_SOURCE}; KensioSoftware/yulin#1083, the sentence is ours",
                holds=_no_group,
                watches={"aws_scheduler_schedule_group": ("name",)},
            ),
            Refusal(
                code="ValidationException",
                sentence="The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
                # The provider quotes it, and waits for it (scheduler/schedule.go at 02f524b9).
                source="EventBridge Scheduler user guide, Confused deputy prevention; the sentence is ours",
                holds=_not_assumed,
                watches={
                    "aws_iam_role": ("arn", "assume_role_policy"),
                    "aws_scheduler_schedule_group": ("arn", "name"),
                },
            ),
        ),
        fills={},
        request=made_by(
            "scheduler",
            "CreateSchedule",
            "AWS::Scheduler::Schedule",
            target__ecs_parameters__network_configuration=_NETWORK,
            target__ecs_parameters__network_configuration__assign_public_ip=Member(
                f"{_NETWORK}.AssignPublicIp", SWITCH
            ),
        ),
        reads=("scheduler:GetSchedule",),
        changes=("scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"),
        passes_roles_to=("scheduler.amazonaws.com",),
    ),
    replaceable(
        "aws_scheduler_schedule_group",
        read("scheduler/schedule_group.go", "0cdab4ae", "name name_prefix"),
        Free("a group of schedules"),
        computed={
            "id": "{name}",
            "arn": arn("scheduler", "schedule-group/{name}"),
            "creation_date": "2026-01-01T00:00:00Z",
            "last_modification_date": "2026-01-01T00:00:00Z",
            "state": "ACTIVE",
        },
        refusals=(
            taken(
                "aws_scheduler_schedule_group",
                "name",
                "ConflictException",
                "Schedule group {name} already exists.",
                "EventBridge Scheduler API reference, CreateScheduleGroup; the sentence is ours",
            ),
        ),
        fills={},
        request=made_by("scheduler", "CreateScheduleGroup", "AWS::Scheduler::ScheduleGroup"),
        reads=("scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"),
        changes=(
            "scheduler:CreateScheduleGroup",
            "scheduler:DeleteScheduleGroup",
            "scheduler:TagResource",
            "scheduler:UntagResource",
        ),
    ),
)
