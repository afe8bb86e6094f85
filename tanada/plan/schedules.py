"""What a plan does to jobs: who is started no more, when the next run is, what is stopped earlier than before."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, number
from tanada.text import count

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_YEARS = timedelta(days=366 * 8)
"""A 29th of February comes within them."""
_OF_JOB = re.compile(r"aws_scheduler_schedule\.(?P<job>[a-z0-9-]+)_schedule")
"""The address of a job's own (modules/jobs.py); what all have together holds an underscore."""
_BY_OBJECTS = re.compile(r"aws_cloudwatch_event_rule\.(?P<job>[a-z0-9-]+)_created")


def cautions(changes: Sequence[Change], at: datetime | None) -> Iterator[Caution]:
    """What whoever waits for a job must know; `at` is when the plan was made."""
    for change in changes:
        if (found := _OF_JOB.fullmatch(change.address)) is not None:
            yield from _schedule(found["job"], change, at)
        elif (found := _BY_OBJECTS.fullmatch(change.address)) is not None:
            yield from _objects(found["job"], change)
        elif change.type == "aws_lambda_function" and change.actions == ("update",):
            yield from _limits(_jobs(change.before), _jobs(change.after))


def _schedule(job: str, change: Change, at: datetime | None) -> Iterator[Caution]:
    if change.actions == ("delete",):
        yield Caution(f"{job} is started by no schedule any more", "a job is started no more")
    elif change.before and change.after:
        before, after = (
            (str(s.get("schedule_expression")), str(s.get("schedule_expression_timezone")))
            for s in (change.before, change.after)
        )
        if before != after:
            yield Caution(f"{job} starts {_said(*after, at)}, not {_said(*before, at)}", "a job starts at another time")


def _said(expression: str, zone: str, at: datetime | None) -> str:
    """When it starts: `every 3 minutes`, `next on 2026-11-28 at 03:30 (Asia/Tokyo)`, else as AWS has it."""
    if rate := re.fullmatch(r"rate\(([0-9]+) minutes\)", expression):
        return f"every {count(int(rate[1]), 'minute')}"
    found = None if at is None else next_run(expression, zone, at)
    return f"{expression} ({zone})" if found is None else f"next on {found:%Y-%m-%d at %H:%M} ({zone})"


def next_run(expression: str, zone: str, at: datetime) -> datetime | None:
    """The first run after a moment, in the schedule's own zone; None of an expression that Tanada doesn't emit, or of a
    zone that this machine doesn't know."""
    fields = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) \*\)", expression)
    try:
        now = at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        return None
    if fields is None:
        return None
    try:
        minutes, hours = _numbers(fields[1], 59), _numbers(fields[2], 23)
        dates, months, days = _numbers(fields[3], 31), _numbers(fields[4], 12), _weekdays(fields[5])
    except ValueError:
        return None
    day, last = now.date(), now.date() + _YEARS
    while day <= last:
        if day.day in dates and day.month in months and day.weekday() in days:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    run = datetime.combine(day, time(hour, minute), now.tzinfo)
                    if run > now:
                        return run
        day += timedelta(days=1)
    return None


def _numbers(text: str, most: int) -> set[int]:
    """The numbers of a field as tanada/declared/schedule.py writes it: `*`, `?`, `1-5`, `0/15`, `1,3`."""
    if text in ("*", "?"):
        return {*range(most + 1)}
    found: set[int] = set()
    for item in text.split(","):
        first, slash, step = item.partition("/")
        least, _, highest = first.partition("-")
        found |= {*range(int(least), (most if slash else int(highest or least)) + 1, int(step) if slash else 1)}
    return found


def _weekdays(text: str) -> set[int]:
    """Monday is 0."""
    if text in ("*", "?"):
        return {*range(7)}
    found: set[int] = set()
    for item in text.split(","):
        first, _, last = item.partition("-")
        begin = _DAYS.index(first)
        found |= {each % 7 for each in range(begin, begin + (_DAYS.index(last or first) - begin) % 7 + 1)}
    return found


def _objects(job: str, change: Change) -> Iterator[Caution]:
    if change.actions == ("delete",):
        yield Caution(f"{job} is started by no object any more", "a job is started no more")
    elif change.before and change.after and change.before.get("event_pattern") != change.after.get("event_pattern"):
        yield Caution(f"other objects start {job}", "other objects start a job")


def _jobs(function: Values) -> Mapping[str, Values]:
    """What the function of jobs knows of each; nothing where only the apply knows."""
    try:
        jobs = json.loads(function["environment"][0]["variables"]["JOBS"])["jobs"]
        return {str(name): each for name, each in jobs.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def _limits(before: Mapping[str, Values], after: Mapping[str, Values]) -> Iterator[Caution]:
    for job in sorted({*before} & {*after}):
        was, limit = before[job].get("time_limit"), after[job].get("time_limit")
        if isinstance(limit, int) and (not isinstance(was, int) or limit < was):
            yield Caution(
                f"a run of {job} is stopped after {_minutes(limit)}, and counts as failed then",
                "a job is stopped earlier",
            )
        if (had := number(before[job], "retries")) > (retries := number(after[job], "retries")):
            yield Caution(f"{job} is run again {count(retries, 'time')} where it fails, not {had}")


def _minutes(seconds: int) -> str:
    return count(seconds // 60, "minute") if seconds % 60 == 0 else count(seconds, "second")
