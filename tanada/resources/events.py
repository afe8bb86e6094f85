"""EventBridge: rules on events, and what they start."""

from __future__ import annotations

from tanada.resources.cost import Free
from tanada.resources.entry import arn, read, replaceable
from tanada.resources.refusal import in_use
from tanada.resources.request import SWITCH, Member, made_by

_NETWORK = "Targets.EcsParameters.NetworkConfiguration.awsvpcConfiguration"
RESOURCES = (
    replaceable(
        "aws_cloudwatch_event_rule",
        read("events/rule.go", "0cdab4ae", "event_bus_name name name_prefix"),
        Free("events of AWS's own services are free"),
        defaults={"event_bus_name": "default", "force_destroy": False},
        computed={"id": "{name}", "arn": arn("events", "rule/{name}")},
        refusals=(
            in_use(
                "ValidationException",
                "Rule can't be deleted since it has targets.",
                "EventBridge API reference, DeleteRule; hashicorp/terraform-provider-aws#18519",
                "aws_cloudwatch_event_target rule",
                mine="name",
            ),
        ),
        fills={},
        request=made_by("events", "PutRule", "AWS::Events::Rule"),
        reads=("events:DescribeRule", "events:ListTagsForResource"),
        changes=("events:DeleteRule", "events:PutRule", "events:TagResource", "events:UntagResource"),
    ),
    replaceable(
        "aws_cloudwatch_event_target",
        read("events/target.go", "0762c41e", "event_bus_name rule target_id"),
        Free("part of its rule"),
        defaults={
            "event_bus_name": "default",
            "force_destroy": False,
            "ecs_target.enable_ecs_managed_tags": False,
            "ecs_target.enable_execute_command": False,
            "ecs_target.network_configuration.assign_public_ip": False,
            "ecs_target.task_count": 1,
        },
        computed={"id": "{rule}-{target_id}"},
        fills={},
        request=made_by(
            "events",
            "PutTargets",
            "",
            arn="Targets.Arn",
            dead_letter_config="Targets.DeadLetterConfig",
            ecs_target="Targets.EcsParameters",
            ecs_target__network_configuration=_NETWORK,
            ecs_target__network_configuration__assign_public_ip=Member(f"{_NETWORK}.AssignPublicIp", SWITCH),
            input_transformer__input_paths="Targets.InputTransformer.InputPathsMap",
            input_transformer__input_template="Targets.InputTransformer.InputTemplate",
            retry_policy="Targets.RetryPolicy",
            role_arn="Targets.RoleArn",
            target_id="Targets.Id",
        ),
        reads=("events:ListTargetsByRule",),
        changes=("events:PutTargets", "events:RemoveTargets"),
        passes_roles_to=("events.amazonaws.com",),
    ),
)
