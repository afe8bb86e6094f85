"""Alarms of permanent environments, and the topic of an account that they go to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from modules.here import Here
from tanada.declared import alarms as declared


class Alarms(Construct):
    """The topic, and who is written to; nothing where the topic exists already.

    Not encrypted with `alias/aws/sns`: CloudWatch can't publish through that key (CloudWatch user guide, "Notifying
    users on alarm changes"); what alarms say is no secret.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: declared.Alarms,
        *,
        name: str,
        account_id: str,
        region: str | None = None,
    ) -> None:
        """`region`, where it is another than all else has."""
        super().__init__(scope, id)
        if settings.topic is not None:
            return
        topic = SnsTopic(self, "topic", region=region, name=name, tags={"Name": name})
        statement = {
            "Sid": "AlarmsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic.arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
        }
        SnsTopicPolicy(
            self,
            "policy",
            region=region,
            arn=topic.arn,
            policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        for address in settings.mail:
            # By the address, whatever its place in the list: another subscription is one to be confirmed again.
            word = f"mail_{sha256(address.encode()).hexdigest()[:8]}"
            SnsTopicSubscription(self, word, region=region, topic_arn=topic.arn, protocol="email", endpoint=address)


@dataclass(frozen=True)
class Metric:
    """One of several that an alarm reckons with."""

    id: str
    """What its expression calls it."""
    namespace: str
    name: str
    statistic: str


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm of a part: when it rings, and why that number."""

    word: str
    """What it is called beside the part: `cpu`."""
    dimensions: Mapping[str, str]
    namespace: str | None = None
    metric: str | None = None
    statistic: str = ""
    """Average, Maximum, Minimum, Sum, or a percentile such as p95."""
    of: tuple[Metric, ...] = ()
    """Instead of one metric: those that …"""
    expression: str | None = None
    """… this reckons with, in CloudWatch's metric math."""
    few: Literal["ignore"] | None = None
    """What a percentile of too few values is: nothing that changes its state. Left out, it counts."""
    above: float | None = None
    """It rings where the metric is above this, or …"""
    below: float | None = None
    """… where it is below this, or …"""
    reaches: float | None = None
    """… where it is this or more."""
    period: int = 300
    """Seconds that one value is of."""
    periods: int = 1
    """Values in a row that must be so."""
    missing: Literal["notBreaching", "breaching", "ignore", "missing"] = "notBreaching"
    """What no value at all counts as."""
    why: str
    """Why that number, for those who are woken; it is the alarm's description."""


@dataclass(frozen=True)
class Made:
    """One that is made."""

    called: str
    """What it is of, as AWS calls that."""
    word: str
    name: str


def alarms(scope: Construct, here: Here, part: str, each: Iterable[Alarm]) -> Mapping[str, str]:
    """The alarms of a part, below `scope`, by their words: references to their names. Review environments have none, as
    nobody is woken for them."""
    return alarms_of(scope, here, here.called(part), each)


def alarms_of(scope: Construct, here: Here, called: str, each: Iterable[Alarm]) -> Mapping[str, str]:
    """The same of what several parts share, which is called so."""
    made: dict[str, str] = {}
    if not here.instance.permanent:
        return made
    for alarm in each:
        name = here.names.joined(called, alarm.word)
        here.alarms.append(Made(called, alarm.word, name))
        made[alarm.word] = metric_alarm(scope, alarm, name, here.alarm_topic)
    return made


def metric_alarm(scope: Construct, alarm: Alarm, name: str, topic: str | None, region: str | None = None) -> str:
    """One alarm and whom it tells, a topic of its own region; gives the reference to its name."""
    numbers = {
        "GreaterThanThreshold": alarm.above,
        "LessThanThreshold": alarm.below,
        "GreaterThanOrEqualToThreshold": alarm.reaches,
    }
    said = [(word, number) for word, number in numbers.items() if number is not None]
    if len(said) != 1:
        raise ValueError(f"{name}: an alarm rings above a number, below one, or where it is reached")
    return CloudwatchMetricAlarm(
        scope,
        f"alarm_{alarm.word}",
        region=region,
        alarm_name=name,
        alarm_description=alarm.why,
        **(_reckoned(alarm) if alarm.expression is not None else _of_one(alarm)),
        comparison_operator=said[0][0],
        threshold=said[0][1],
        evaluation_periods=alarm.periods,
        treat_missing_data=alarm.missing,
        # Who is told that it rings is told that it is over.
        alarm_actions=[topic] if topic is not None else None,
        ok_actions=[topic] if topic is not None else None,
        tags={"Name": name},
    ).alarm_name


def _of_one(alarm: Alarm) -> dict[str, Any]:
    percentile = alarm.statistic.startswith("p")
    return {
        "namespace": alarm.namespace,
        "metric_name": alarm.metric,
        "dimensions": dict(alarm.dimensions) or None,  # of the whole account
        "statistic": None if percentile else alarm.statistic,
        "extended_statistic": alarm.statistic if percentile else None,
        "evaluate_low_sample_count_percentiles": alarm.few,
        "period": alarm.period,
    }


def _reckoned(alarm: Alarm) -> dict[str, Any]:
    metrics = [
        CloudwatchMetricAlarmMetricQuery(
            id=each.id,
            metric=CloudwatchMetricAlarmMetricQueryMetric(
                namespace=each.namespace,
                metric_name=each.name,
                dimensions=dict(alarm.dimensions),
                stat=each.statistic,
                period=alarm.period,
            ),
        )
        for each in alarm.of
    ]
    result = CloudwatchMetricAlarmMetricQuery(
        id="result", expression=alarm.expression, label=alarm.word, return_data=True
    )
    return {"metric_query": [*metrics, result]}
