"""CloudWatch alarms."""

from __future__ import annotations

from decimal import Decimal

from tanada.resources.cost import Planned, Priced, Units, mappings, number
from tanada.resources.entry import Resource, arn, read
from tanada.resources.request import made_by


def _alarm(alarm: Planned) -> Units | None:
    """Each metric is an alarm to AWS. Periods below a minute have another price, and so have queries by SQL."""
    queries = alarm.blocks("metric_query")
    metrics = [metric for query in queries for metric in mappings(query.get("metric"))] if queries else [alarm.values]
    periods = [number(metric.get("period")) for metric in metrics]
    if not metrics or any(period is not None and period < 60 for period in periods):
        return None
    return [("alarm month", Decimal(len(metrics)))]


RESOURCES = (
    Resource(
        type="aws_cloudwatch_metric_alarm",
        lost=None,
        kept=False,
        replaces=read("cloudwatch/metric_alarm.go", "055611a6", "alarm_name"),
        cost=Priced(_alarm),
        defaults={"actions_enabled": True, "treat_missing_data": "missing"},
        computed={"arn": arn("cloudwatch", "alarm:{alarm_name}"), "id": "{alarm_name}"},
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
