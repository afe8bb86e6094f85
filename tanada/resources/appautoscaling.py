"""Application Auto Scaling."""

from __future__ import annotations

from typing import Any

from tanada.resources.cost import SETTING, Free
from tanada.resources.entry import Resource, arn, global_arn, read
from tanada.resources.refusal import Call, Refusal, World, at
from tanada.resources.request import Member, made_by

_FREE = Free("ECS itself is free; a service's tasks are priced")
_TRACKING = "target_tracking_scaling_policy_configuration"
_THREE = "resource_id scalable_dimension service_namespace"
_NUMBERS = {str(number): number for number in range(5001)}
"""What the provider takes as texts, as far as a service has tasks."""
_LABEL = 6
"""Words of `app/<load balancer>/<id>/targetgroup/<group>/<id>`."""


def _more_than_most(call: Call, _world: World) -> bool:
    least, most = ((call.after or {}).get(each) for each in ("min_capacity", "max_capacity"))
    return isinstance(least, int) and isinstance(most, int) and least > most


def _no_target(call: Call, world: World) -> bool:
    """Of one that only the apply knows nothing is said."""
    mine = (call.after or {}).get("resource_id")
    there = [each.get("resource_id") for each in world.living("aws_appautoscaling_target")]
    return isinstance(mine, str) and mine not in there


def _no_label(call: Call, _world: World) -> bool:
    return any(
        each.get("predefined_metric_type") == "ALBRequestCountPerTarget" and not _is_label(each.get("resource_label"))
        for each in _predefined(call)
    )


def _is_label(label: Any) -> bool:
    """One that only the apply knows is."""
    if not isinstance(label, str):
        return label is not None
    words = label.split("/")
    return len(words) == _LABEL and (words[0], words[3]) == ("app", "targetgroup") and all(words)


def _predefined(call: Call) -> list[dict[str, Any]]:
    found = at(call.after, f"{_TRACKING}.predefined_metric_specification")
    return [each for each in found if isinstance(each, dict)]


_NO_TARGET = Refusal(
    code="ObjectNotFoundException",
    sentence="No scalable target registered for service namespace: ecs, resource ID: …, scalable dimension: …",
    source="cloudposse/terraform-aws-ecs-cloudwatch-autoscaling#36",
    holds=_no_target,
    watches={"aws_appautoscaling_target": ("resource_id",)},
)

RESOURCES = (
    Resource(
        type="aws_appautoscaling_policy",
        lost=None,
        kept=False,
        replaces=read("appautoscaling/policy.go", "048320e8", f"name {_THREE}"),
        cost=_FREE,
        defaults={"policy_type": "StepScaling", f"{_TRACKING}.disable_scale_in": False},
        computed={
            "id": "{name}",
            "arn": arn(
                "autoscaling", "scalingPolicy:{uuid}:resource/{service_namespace}/{resource_id}:policyName/{name}"
            ),
            "alarm_arns": [],
        },
        refusals=(
            _NO_TARGET,
            Refusal(
                code="ValidationException",
                sentence="Resource label is required for metric type ALBRequestCountPerTarget",
                source="Application Auto Scaling API reference, PredefinedMetricSpecification; the sentence is ours",
                holds=_no_label,
            ),
        ),
        fills={},
        request=made_by(
            "application-autoscaling",
            "PutScalingPolicy",
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            name="PolicyName",
            step_scaling_policy_configuration__step_adjustment__metric_interval_lower_bound=Member(
                "StepScalingPolicyConfiguration.StepAdjustments.MetricIntervalLowerBound", _NUMBERS
            ),
        ),
        reads=("application-autoscaling:DescribeScalingPolicies",),
        changes=("application-autoscaling:DeleteScalingPolicy", "application-autoscaling:PutScalingPolicy"),
    ),
    Resource(
        type="aws_appautoscaling_scheduled_action",
        lost=None,
        kept=False,
        replaces=read("appautoscaling/scheduled_action.go", "048320e8", f"name {_THREE}"),
        cost=SETTING,
        defaults={"timezone": "UTC"},
        computed={
            "id": "{name}-{service_namespace}-{resource_id}",
            "arn": arn(
                "autoscaling",
                "scheduledAction:{uuid}:resource/{service_namespace}/{resource_id}:scheduledActionName/{name}",
            ),
        },
        refusals=(_NO_TARGET,),
        fills={},
        request=made_by(
            "application-autoscaling",
            "PutScheduledAction",
            "",
            name="ScheduledActionName",
            scalable_target_action__max_capacity=Member("ScalableTargetAction.MaxCapacity", _NUMBERS),
            scalable_target_action__min_capacity=Member("ScalableTargetAction.MinCapacity", _NUMBERS),
        ),
        reads=("application-autoscaling:DescribeScheduledActions",),
        changes=("application-autoscaling:DeleteScheduledAction", "application-autoscaling:PutScheduledAction"),
    ),
    Resource(
        type="aws_appautoscaling_target",
        lost=None,
        kept=False,
        replaces=read("appautoscaling/target.go", "0105d219", _THREE),
        cost=_FREE,
        computed={
            "id": "{resource_id}",
            "arn": arn("application-autoscaling", "scalable-target/{hex32}"),
            "role_arn": global_arn(
                "iam",
                "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
            ),
        },
        refusals=(
            Refusal(
                code="ValidationException",
                sentence="Maximum capacity cannot be less than minimum capacity",
                source="Application Auto Scaling API reference, RegisterScalableTarget; the sentence is ours",
                holds=_more_than_most,
            ),
        ),
        fills={},
        request=made_by(
            "application-autoscaling", "RegisterScalableTarget", "AWS::ApplicationAutoScaling::ScalableTarget"
        ),
        reads=(
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:ListTagsForResource",
        ),
        changes=(
            "application-autoscaling:DeregisterScalableTarget",
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:TagResource",
            "application-autoscaling:UntagResource",
        ),
    ),
)
