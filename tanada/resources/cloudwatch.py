"""CloudWatch alarms and dashboards."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tanada.resources.cost import Planned, Priced, Units, always, mappings, number
from tanada.resources.entry import Resource, arn, global_arn, read
from tanada.resources.refusal import Call, Refusal, World
from tanada.resources.request import made_by


def _alarm(alarm: Planned) -> Units | None:
    """Each metric is an alarm to AWS. Periods below a minute have another price, and so have queries by SQL."""
    queries = alarm.blocks("metric_query")
    metrics = [metric for query in queries for metric in mappings(query.get("metric"))] if queries else [alarm.values]
    periods = [number(metric.get("period")) for metric in metrics]
    if not metrics or any(period is not None and period < 60 for period in periods):
        return None
    return [("alarm month", Decimal(len(metrics)))]


def _elsewhere(call: Call, _world: World) -> bool:
    """A topic of another region is told by no alarm; of one that only the apply knows nothing is said."""
    of = call.after or {}
    told = [each for name in ("alarm_actions", "ok_actions") for each in of.get(name) or () if isinstance(each, str)]
    topics = [each.split(":") for each in told if ":sns:" in each]
    return isinstance(of.get("region"), str) and any(each[3] != of["region"] for each in topics)


def _wrong_body(call: Call, _world: World) -> bool:
    """A metric widget has a region, and metrics or an alarm; one of alarms has one at least. A body that only the apply
    knows has nothing wrong."""
    body = (call.after or {}).get("dashboard_body")
    widgets = mappings(json.loads(body).get("widgets")) if isinstance(body, str) else []
    return any(not _drawn(each.get("type"), each.get("properties") or {}) for each in widgets)


def _drawn(type_: Any, of: Any) -> bool:
    if type_ == "alarm":
        return bool(of.get("alarms"))
    if type_ == "metric":
        return bool(of.get("region")) and bool(of.get("metrics") or (of.get("annotations") or {}).get("alarms"))
    return bool(type_ == "text")


RESOURCES = (
    Resource(
        type="aws_cloudwatch_dashboard",
        lost=None,
        kept=False,
        replaces=read("cloudwatch/dashboard.go", "0620f2a6", "dashboard_name"),
        cost=always("dashboard month"),
        computed={"dashboard_arn": global_arn("cloudwatch", "dashboard/{dashboard_name}"), "id": "{dashboard_name}"},
        fills={},
        request=made_by("cloudwatch", "PutDashboard", "AWS::CloudWatch::Dashboard"),
        refusals=(
            Refusal(
                code="InvalidParameterInput",
                sentence="The dashboard body is invalid, there are 1 validation errors",
                source="aws-samples/aws-eda-slurm-cluster#116",
                holds=_wrong_body,
            ),
        ),
        reads=("cloudwatch:GetDashboard",),
        changes=("cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"),
    ),
    Resource(
        type="aws_cloudwatch_metric_alarm",
        lost=None,
        kept=False,
        replaces=read("cloudwatch/metric_alarm.go", "055611a6", "alarm_name"),
        cost=Priced(_alarm),
        defaults={"actions_enabled": True, "treat_missing_data": "missing"},
        computed={"arn": arn("cloudwatch", "alarm:{alarm_name}"), "id": "{alarm_name}"},
        refusals=(
            Refusal(
                code="ValidationError",
                sentence="Invalid region … specified. Only … is supported.",
                source="cds-snc/notification-terraform#128",
                holds=_elsewhere,
            ),
        ),
        fills={},
        request=made_by(
            "cloudwatch",
            "PutMetricAlarm",
            "AWS::CloudWatch::Alarm",
            evaluate_low_sample_count_percentiles="EvaluateLowSampleCountPercentile",
            metric_query="Metrics",
            metric_query__metric="Metrics.MetricStat",
            metric_query__metric__dimensions="Metrics.MetricStat.Metric.Dimensions",
            metric_query__metric__metric_name="Metrics.MetricStat.Metric.MetricName",
            metric_query__metric__namespace="Metrics.MetricStat.Metric.Namespace",
        ),
        reads=("cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"),
        changes=(
            "cloudwatch:DeleteAlarms",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ),
    ),
)
