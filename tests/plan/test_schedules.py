"""What a plan does to jobs, and to what file systems, queues and topics hold for others: each in one sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tanada.plan import summary
from tanada.plan.schedules import next_run
from tests.plan.test_cautions import STAYS, change

Json = dict[str, Any]
SCHEDULE = "aws_scheduler_schedule.nightly_schedule"
NOON = "2026-11-27T03:00:00Z"


def words(*changes: Json, at: str | None = NOON) -> list[str]:
    plan = {"format_version": "1.2", "resource_changes": [STAYS, *changes], **({"timestamp": at} if at else {})}
    return [each.words for each in summary(plan).cautions]


def starts(expression: str, zone: str = "Asia/Tokyo") -> Json:
    return {"schedule_expression": expression, "schedule_expression_timezone": zone}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            starts("cron(30 3 * * ? *)"),
            starts("cron(0 4 ? * MON-FRI *)"),
            "nightly starts next on 2026-11-30 at 04:00 (Asia/Tokyo), not next on 2026-11-28 at 03:30 (Asia/Tokyo)",
        ),
        (
            starts("cron(30 3 * * ? *)"),
            starts("cron(30 3 * * ? *)", "Europe/Berlin"),
            "nightly starts next on 2026-11-28 at 03:30 (Europe/Berlin), not next on 2026-11-28 at 03:30 (Asia/Tokyo)",
        ),
        (
            starts("cron(0/15 * * * ? *)"),
            starts("rate(3 minutes)", "UTC"),
            "nightly starts every 3 minutes, not next on 2026-11-27 at 12:15 (Asia/Tokyo)",
        ),
    ],
)
def test_another_schedule_or_zone_says_the_next_run_before_and_after(before: Json, after: Json, said: str) -> None:
    assert words(change(SCHEDULE, "update", before, after)) == [said]
    assert words(change(SCHEDULE, "update", before, {**before, "target": []})) == []


def test_a_plan_without_a_time_says_the_schedule_itself() -> None:
    before, after = starts("cron(30 3 * * ? *)"), starts("rate(1 minutes)")
    said = "nightly starts every 1 minute, not cron(30 3 * * ? *) (Asia/Tokyo)"
    assert words(change(SCHEDULE, "update", before, after), at=None) == [said]


@pytest.mark.parametrize(
    ("expression", "zone", "run"),
    [
        ("cron(0 0 29 2 ? *)", "UTC", "2028-02-29T00:00:00+00:00"),
        ("cron(0 9 1,15 * ? *)", "America/New_York", "2026-12-01T09:00:00-05:00"),
        ("cron(5 10-12 ? * SAT,SUN *)", "Asia/Tokyo", "2026-11-28T10:05:00+09:00"),
        ("cron(0 12 27 11 ? *)", "Asia/Tokyo", "2027-11-27T12:00:00+09:00"),  # now is not next
        ("cron(0 12 L * ? *)", "UTC", None),
        ("at(2026-11-28T00:00:00)", "UTC", None),
        ("cron(0 0 * * ? *)", "Moon/Sea", None),
    ],
)
def test_the_next_run_is_after_now_in_the_schedules_own_zone(expression: str, zone: str, run: str | None) -> None:
    found = next_run(expression, zone, datetime(2026, 11, 27, 3, tzinfo=UTC))
    assert (None if found is None else found.isoformat()) == run


def function(**jobs: Json) -> Json:
    return {"environment": [{"variables": {"JOBS": json.dumps({"jobs": jobs})}}]}


QUEUE, TOPIC = "aws_sqs_queue.work_queue", "aws_sns_topic.orders_topic"
LETTERS = {"redrive_policy": '{"maxReceiveCount": 3}'}
OWNED = {"posix_user": [{"uid": 33, "gid": 33}]}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (change(SCHEDULE, "delete", starts("rate(1 minutes)"), None), "nightly is started by no schedule any more"),
        (
            change("aws_cloudwatch_event_rule.import_created", "delete", {"event_pattern": "{}"}, None),
            "import is started by no object any more",
        ),
        (
            change(
                "aws_cloudwatch_event_rule.import_created", "update", {"event_pattern": "{}"}, {"event_pattern": "{1}"}
            ),
            "other objects start import",
        ),
        (
            change(
                "aws_lambda_function.of_jobs_function_function",
                "update",
                function(a={"time_limit": 3600}, b={}, c={"time_limit": 60}, d={"time_limit": 60}),
                function(a={"time_limit": 1800}, b={}, c={"time_limit": 90}, d={}),
            ),
            "a run of a is stopped after 30 minutes, and counts as failed then",
        ),
        (
            change(
                "aws_lambda_function.of_jobs_function_function",
                "update",
                function(a={"retries": 2}),
                function(a={"retries": 1}),
            ),
            "a is run again 1 time where it fails, not 2",
        ),
        (
            change(QUEUE, "update", LETTERS, {"redrive_policy": None}),
            "work has no dead letters any more: a message that always fails is taken again and again until it "
            "expires, and is lost then",
        ),
        (
            change(
                "aws_efs_backup_policy.media_backup",
                "update",
                {"backup_policy": [{"status": "ENABLED"}]},
                {"backup_policy": [{"status": "DISABLED"}]},
            ),
            "no copies are made of media any more; those that there are stay for five weeks",
        ),
        (
            change(
                "aws_efs_access_point.media_access_point",
                "delete+create",
                OWNED,
                {"posix_user": [{"uid": 0, "gid": 0}]},
            ),
            "media is mounted as user 0:0, not 33:33: files that are there keep their owner, and may not be written "
            "any more",
        ),
    ],
)
def test_what_hurts_whoever_waits_for_it_is_one_sentence(made: Json, said: str) -> None:
    assert words(made) == [said]


def test_a_function_of_which_only_the_apply_knows_says_nothing() -> None:
    unknown: Json = {"environment": [{"variables": {}}]}
    assert words(change("aws_lambda_function.f", "update", function(a={"time_limit": 60}), unknown)) == []


def test_a_subscription_that_goes_while_its_topic_stays_is_named() -> None:
    topic = change(TOPIC, "no-op", {"arn": "t"}, {"arn": "t"})
    goes = change("aws_sns_topic_subscription.orders_to_work", "delete", {"topic_arn": "t"}, None)
    assert words(topic, goes) == ["what is published to orders reaches work no more"]
    assert words(change(TOPIC, "delete", {"arn": "t"}, None), goes) == []
