"""Schedules as cron counts them, as EventBridge Scheduler says them; what can't be said is refused."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from tanada.declared.schedule import Rate, Schedule, TimeZone, expression
from tanada.declared.time_zones import time_zones
from tanada.resources import entries
from tanada.resources.refusal import Call, Empty

SCHEDULE: TypeAdapter[str | Rate] = TypeAdapter(Schedule)
SAID = {
    "30 3 * * *": "cron(30 3 * * ? *)",
    "*/5 * * * *": "cron(0/5 * * * ? *)",
    "5-59/10 * * * *": "cron(5/10 * * * ? *)",
    "*/7 * * * *": "cron(0/7 * * * ? *)",
    "0-30/10 * * * *": "cron(0,10,20,30 * * * ? *)",
    "0 9-17 * * 1-5": "cron(0 9-17 ? * MON-FRI *)",
    "0 0 * * 0": "cron(0 0 ? * SUN *)",
    "0 0 * * 7": "cron(0 0 ? * SUN *)",
    "0 0 * * sat,sun": "cron(0 0 ? * SUN,SAT *)",
    "0 0 * * 5-7": "cron(0 0 ? * SUN,FRI,SAT *)",
    "0 0 * * 0-6": "cron(0 0 ? * * *)",
    "0 0 1,15 * *": "cron(0 0 1,15 * ? *)",
    "0 0 */2 * *": "cron(0 0 1/2 * ? *)",
    "0 0 1 */3 *": "cron(0 0 1 1/3 ? *)",
    "0 0 1 jan,jul *": "cron(0 0 1 1,7 ? *)",
    "0 0 29 2 *": "cron(0 0 29 2 ? *)",
    "0 0 */1 * MON": "cron(0 0 ? * MON *)",
}


@pytest.mark.parametrize("cron", SAID)
def test_cron_is_said_as_aws_counts(cron: str) -> None:
    text = expression(SCHEDULE.validate_python(cron))
    assert text == SAID[cron]
    call = Call(None, {"schedule_expression": text})
    refusals = entries()["aws_scheduler_schedule"].refusals
    assert not [each.sentence for each in refusals if "Expression" in each.sentence and each.holds(call, Empty())]


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("", "this has 0"),
        ("0 3 1 * MON", "cron runs where either fits"),
        ("0 3 */2 * MON", "cron runs where either fits"),
        ("0 3 30 2 *", "no month of these has a day 30"),
        ("60 * * * *", "minute from 0 to 59; this says 60"),
        ("0 0 0 * *", "day of month from 1 to 31; this says 0"),
        ("0 0 * 13 *", "month from 1 to 12 or JAN to DEC; this says 13"),
        ("0 0 * * 8", "day of week from 0 to 7 or SUN to SAT; this says 8"),
        ("0 0 * * FRI-MON", "the smaller first"),
        ("0 0 L * *", "day of month from 1 to 31; this says L"),
        ("0 0 * * 5#2", "day of week from 0 to 7 or SUN to SAT, as"),
        ("0 0 *-5 * *", "as \\*, 5, 1-5"),
        ("5/10 * * * *", "5-59/10"),
        ("*/60 * * * *", "a step from 1 to 59"),
        ("@hourly", '"0 \\* \\* \\* \\*" for @hourly'),
        ("rate(1 hour)", "{rate: 1h}"),
        ("at(2026-01-01T00:00:00)", "without at\\( \\)"),
    ],
)
def test_what_aws_cannot_say_is_refused(cron: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        SCHEDULE.validate_python(cron)


def test_a_rate_is_whole_minutes() -> None:
    assert expression(SCHEDULE.validate_python({"rate": "3m"})) == "rate(3 minutes)"
    assert expression(SCHEDULE.validate_python({"rate": "1d"})) == "rate(1440 minutes)"
    for rate in ("30s", "90s", "0m", "3 minutes", "366d"):
        with pytest.raises(ValidationError):
            SCHEDULE.validate_python({"rate": rate})


def test_time_zones_are_those_by_area_and_city() -> None:
    zone: TypeAdapter[str] = TypeAdapter(TimeZone)
    assert {"UTC", "Asia/Tokyo", "America/Argentina/Buenos_Aires"} <= time_zones()
    assert len(time_zones()) > 400
    assert all(len(name) <= 50 for name in time_zones()), "as long as AWS takes them"
    for name in ("JST", "EST", "Etc/GMT+9", "asia/tokyo", "Asia/Tokio"):
        with pytest.raises(ValidationError, match="by area and city"):
            zone.validate_python(name)
