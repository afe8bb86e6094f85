"""What changes a service's number of tasks: bounds, what it holds to, and hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf import Fn, TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.appautoscaling_policy import (
    AppautoscalingPolicy,
    AppautoscalingPolicyStepScalingPolicyConfiguration,
    AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetrics,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStat,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetric,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetricDimensions,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
)
from cdktf_cdktf_provider_aws.appautoscaling_scheduled_action import (
    AppautoscalingScheduledAction,
    AppautoscalingScheduledActionScalableTargetAction,
)
from cdktf_cdktf_provider_aws.appautoscaling_target import AppautoscalingTarget
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from cdktf_cdktf_provider_aws.ecs_service import EcsService
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup
from constructs import Construct

from modules.here import Here
from tanada.declared.scale import Scale
from tanada.declared.schedule import expression

_Tracking = AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration
_Predefined = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification
_Customized = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification
_Query = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetrics
_Stat = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStat
_Metric = (
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetric
)
_Dimension = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetricDimensions  # noqa: E501
_MINUTE = 60


def _inside(reference: str) -> str:
    """What stands inside a reference to the common layer, which is a text, and to `Fn` no reference."""
    return reference.removeprefix("${").removesuffix("}")


def _named(resource: TerraformResource) -> str:
    """A resource as `replace_triggered_by` names it: no expression in JSON."""
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"


@dataclass(frozen=True)
class Behind:
    """One of its target groups."""

    word: str
    """What its policy is called beside `requests`."""
    listener_arn: str
    group: LbTargetGroup


@dataclass(frozen=True)
class _Measured:
    """A metric that CloudWatch has."""

    id: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    stat: str


class Scaling(Construct):
    """The bounds, a policy for each thing that it holds to, and hours from which other bounds hold.

    Where several policies ask, Application Auto Scaling takes the greatest number, and takes tasks away where all agree
    (Application Auto Scaling user guide, "Target tracking scaling policies"). While ECS deploys it takes none away
    (ECS guide, "Automatically scale your Amazon ECS service").
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: Scale,
        here: Here,
        called: str,
        service: EcsService,
        behind: Sequence[Behind],
        queues: Mapping[str, str],
    ) -> None:
        """`called` is the service as AWS has it, `queues` the names that AWS knows those by that it names."""
        super().__init__(scope, id)
        self._settings, self._here, self._called = settings, here, called
        cluster = f'${{element(split("/", {_inside(here.shared.cluster_arn)}), 1)}}'
        self._ecs = {"ClusterName": cluster, "ServiceName": service.name}
        held = self._kept_bounds() if settings.schedule else None
        self._target = AppautoscalingTarget(
            self,
            "target",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            # The end of the service's ARN: `service/<cluster>/<service>`.
            resource_id=Fn.element(Fn.split(":", service.id), 5),
            min_capacity=settings.min,
            max_capacity=settings.max,
            tags={"Name": here.names.joined(called)},
            # An hour changes them in AWS, and the next plan would change them back; others that are declared make the
            # target anew, and with it goes what stands on it (Application Auto Scaling API reference,
            # DeregisterScalableTarget).
            lifecycle=TerraformResourceLifecycle(
                ignore_changes=["min_capacity", "max_capacity"], replace_triggered_by=[_named(held)]
            )
            if held is not None
            else None,
        )
        self._with_it = (
            TerraformResourceLifecycle(replace_triggered_by=[_named(self._target)]) if held is not None else None
        )
        for word, metric, percent in (
            ("cpu", "ECSServiceAverageCPUUtilization", settings.cpu),
            ("memory", "ECSServiceAverageMemoryUtilization", settings.memory),
        ):
            if percent is not None:
                self._holding(word, percent, _Predefined(predefined_metric_type=metric))
        for each in behind if settings.requests is not None else ():
            self._requests(each)
        for name, queue in queues.items():
            self._backlog(name, queue, settings.queue[name])
            if settings.min == 0 or any(each.min == 0 for each in settings.schedule.values()):
                self._first(name, queue)
        for name, at in settings.schedule.items():
            AppautoscalingScheduledAction(
                self,
                f"at_{name}",
                name=name,
                **self._of,
                schedule=expression(at.at),
                timezone=at.time_zone,
                scalable_target_action=AppautoscalingScheduledActionScalableTargetAction(
                    min_capacity=str(at.min) if at.min is not None else None,
                    max_capacity=str(at.max) if at.max is not None else None,
                ),
                lifecycle=self._with_it,
            )

    def _kept_bounds(self) -> TerraformResource:
        """The bounds as they are declared, for whoever is to notice that they changed."""
        bounds = TerraformResource(self, "bounds", terraform_resource_type="terraform_data")
        bounds.add_override("input", [self._settings.min, self._settings.max])
        return bounds

    @property
    def _of(self) -> dict[str, Any]:
        target = self._target
        return {
            "service_namespace": target.service_namespace,
            "scalable_dimension": target.scalable_dimension,
            "resource_id": target.resource_id,
        }

    def _holding(
        self, word: str, value: int, predefined: _Predefined | None = None, customized: _Customized | None = None
    ) -> None:
        """A policy that holds to a value."""
        AppautoscalingPolicy(
            self,
            word.replace("-", "_"),
            name=word,
            policy_type="TargetTrackingScaling",
            **self._of,
            target_tracking_scaling_policy_configuration=_Tracking(
                target_value=value,
                predefined_metric_specification=predefined,
                customized_metric_specification=customized,
                scale_in_cooldown=self._settings.cooldown.in_,
                scale_out_cooldown=self._settings.cooldown.out,
            ),
            lifecycle=self._with_it,
        )

    def _requests(self, behind: Behind) -> None:
        """Of one load balancer: `app/<name>/<id>` of its listener's ARN, and the group's end."""
        assert self._settings.requests is not None
        arn = _inside(behind.listener_arn)
        label = f'${{join("/", slice(split("/", {arn}), 1, 4))}}/{behind.group.arn_suffix}'
        metric = _Predefined(predefined_metric_type="ALBRequestCountPerTarget", resource_label=label)
        self._holding(f"requests-{behind.word}", self._settings.requests, metric)

    def _measured(self, queue: str) -> tuple[_Measured, ...]:
        """What waits, what somebody works on, and who does (AWS/ECS has no number of tasks; Container Insights has)."""
        of = {"QueueName": queue}
        return (
            _Measured("waiting", "AWS/SQS", "ApproximateNumberOfMessagesVisible", of, "Sum"),
            _Measured("taken", "AWS/SQS", "ApproximateNumberOfMessagesNotVisible", of, "Sum"),
            _Measured("running", "ECS/ContainerInsights", "RunningTaskCount", self._ecs, "Average"),
        )

    def _backlog(self, name: str, queue: str, messages: int) -> None:
        """Messages a task. What somebody works on counts: the last task stays until the last message is done (without
        it, none that waits would be none to do). Of no task there is no value, and nothing is held to."""
        metrics = [
            _Query(
                id=each.id,
                metric_stat=_Stat(
                    metric=_Metric(
                        namespace=each.namespace,
                        metric_name=each.name,
                        dimensions=[_Dimension(name=key, value=value) for key, value in each.dimensions.items()],
                    ),
                    stat=each.stat,
                ),
                return_data=False,
            )
            for each in self._measured(queue)
        ]
        backlog = _Query(id="backlog", expression="(waiting + taken) / running", return_data=True)
        self._holding(f"queue-{name}", messages, customized=_Customized(metrics=[*metrics, backlog]))

    def _first(self, name: str, queue: str) -> None:
        """From none to one: a message waits, and no task runs. Whoever holds to a value can't leave zero, where there
        is none (Application Auto Scaling user guide, "Target tracking scaling policies")."""
        word = f"queue-{name}-first"
        policy = AppautoscalingPolicy(
            self,
            word.replace("-", "_"),
            name=word,
            policy_type="StepScaling",
            **self._of,
            step_scaling_policy_configuration=AppautoscalingPolicyStepScalingPolicyConfiguration(
                # A change, never a number: that would take tasks away where some run.
                adjustment_type="ChangeInCapacity",
                metric_aggregation_type="Maximum",
                cooldown=max(self._settings.cooldown.out, 2 * _MINUTE),
                step_adjustment=[
                    AppautoscalingPolicyStepScalingPolicyConfigurationStepAdjustment(
                        metric_interval_lower_bound="0", scaling_adjustment=1
                    )
                ],
            ),
            lifecycle=self._with_it,
        )
        waiting, _, running = self._measured(queue)
        queries = [
            CloudwatchMetricAlarmMetricQuery(
                id=each.id,
                metric=CloudwatchMetricAlarmMetricQueryMetric(
                    namespace=each.namespace,
                    metric_name=each.name,
                    dimensions=dict(each.dimensions),
                    period=_MINUTE,
                    stat=each.stat,
                ),
            )
            for each in (waiting, running)
        ]
        first = CloudwatchMetricAlarmMetricQuery(
            id="first", expression="IF(waiting > 0 AND FILL(running, 0) < 1, 1, 0)", label="first", return_data=True
        )
        alarm = self._here.names.joined(f"{self._called}-{word}")
        CloudwatchMetricAlarm(
            self,
            f"{word.replace('-', '_')}_alarm",
            alarm_name=alarm,
            alarm_description="A message waits and no task runs: it starts one, and wakes nobody.",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            metric_query=[*queries, first],
            alarm_actions=[policy.arn],
            tags={"Name": alarm},
        )
