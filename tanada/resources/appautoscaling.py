"""Application Auto Scaling."""

from __future__ import annotations

from tanada.resources.cost import Free
from tanada.resources.entry import Resource, arn, global_arn, read

RESOURCES = (
    Resource(
        type="aws_appautoscaling_policy",
        lost=None,
        kept=False,
        replaces=read("appautoscaling/policy.go", "048320e8", "name resource_id scalable_dimension service_namespace"),
        cost=Free("ECS itself is free; a service's tasks are priced"),
        defaults={"policy_type": "StepScaling", "target_tracking_scaling_policy_configuration.disable_scale_in": False},
        computed={
            "id": "{name}",
            "arn": arn(
                "autoscaling", "scalingPolicy:{uuid}:resource/{service_namespace}/{resource_id}:policyName/{name}"
            ),
            "alarm_arns": [],
        },
    ),
    Resource(
        type="aws_appautoscaling_target",
        lost=None,
        kept=False,
        replaces=read("appautoscaling/target.go", "0105d219", "resource_id scalable_dimension service_namespace"),
        cost=Free("ECS itself is free; a service's tasks are priced"),
        computed={
            "id": "{resource_id}",
            "arn": arn("application-autoscaling", "scalable-target/{hex32}"),
            "role_arn": global_arn(
                "iam",
                "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
            ),
        },
    ),
)
