"""What a plan says of where lines of logs go from then on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plan.test_cautions import change, said, words

Json = dict[str, Any]
MAIL = "aws_cloudwatch_log_subscription_filter.web_log_mail"
ON = "aws_cloudwatch_log_subscription_filter.web_log_destination"
STREAM = {"destination_arn": "arn:aws:firehose:ap-northeast-1:111111111111:deliverystream/lines"}
THEIRS = {"destination_arn": "arn:aws:logs:ap-northeast-1:999999999999:destination:all"}
TASK = "aws_ecs_task_definition.web_task_definition"


def task(driver: str, **options: str) -> Json:
    lines = {"logDriver": driver, "options": options}
    return {"container_definitions": json.dumps([{"name": "web", "logConfiguration": lines}, {"name": "bare"}])}


@pytest.mark.parametrize(
    ("actions", "before", "after", "where"),
    [
        ("create", None, STREAM, "a stream"),
        ("create", None, THEIRS, "another account"),
        ("delete+create", STREAM, THEIRS, "another account"),
    ],
)
def test_who_reads_lines_elsewhere_is_said(actions: str, before: Json | None, after: Json, where: str) -> None:
    [caution] = said(change(ON, actions, before, after))
    assert caution.words == f"all lines of web go to {where} as well: who reads them there reads whatever it prints"
    assert caution.headline == "lines of logs go elsewhere"


def test_lines_that_are_mailed_are_said_once() -> None:
    expected = "lines of web that match are mailed, with those around them, to whoever gets the alarms"
    assert words(change(MAIL, "create", None, {"name": "mail-20"})) == [expected]
    assert words(change(MAIL, "delete+create", {"name": "mail-20"}, {"name": "mail-5"})) == []


def test_lines_that_go_where_they_went_are_nothing_to_tell() -> None:
    assert words(change(ON, "delete+create", STREAM, {**STREAM, "log_group_name": "other"})) == []
    assert words(change(ON, "no-op", STREAM, STREAM)) == []
    assert words(change(ON, "delete", STREAM, None)) == []


def test_a_router_takes_lines_away_from_cloudwatch() -> None:
    here, routed = task("awslogs"), task("awsfirelens", Name="datadog")
    [caution] = said(change(TASK, "update", here, routed))
    assert caution.words.startswith("lines of web leave by the router in its tasks (logs.firelens)")
    assert words(change(TASK, "update", routed, {**routed, "cpu": "512"})) == []
    assert words(change(TASK, "update", routed, here)) == []
    assert len(words(change(TASK, "update", routed, task("awsfirelens", Name="splunk")))) == 1
    assert words(change(TASK, "update", {"container_definitions": "{"}, {"container_definitions": "7"})) == []
