"""When a job runs: five cron fields as cron counts them, or a rate; and the time zone that they are told in."""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tanada.declared.fields import Seconds, ShortForm, expected
from tanada.declared.model import Model
from tanada.declared.time_zones import time_zones
from tanada.text import meant

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five, with its bounds (cronie, crontab(5))."""

    name: str
    least: int
    most: int
    words: Sequence[str] = ()

    def number(self, text: str) -> int | None:
        """What a number or a name stands for."""
        if text.upper() in self.words:
            return self.least + self.words.index(text.upper())
        number = int(text) if re.fullmatch(r"[0-9]{1,2}", text) else -1
        return number if self.least <= number <= self.most else None


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _DAYS),
)
_SHAPE = 'five cron fields such as "30 3 * * *": minute, hour, day of month, month, day of week'
_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_LONGEST = 256
"""Characters of an expression (EventBridge Scheduler API reference, CreateSchedule, "ScheduleExpression")."""


def expression(schedule: str | Rate) -> str:
    """The same as EventBridge Scheduler says it (its user guide, "Schedule types"); raises what is wrong with it.

    Sunday is 0 or 7 to cron and 1 to AWS, so days go by their names; `*/5` begins at the field's least, as cron has it.
    Of the two days AWS wants one left open (`?`).
    """
    if isinstance(schedule, Rate):
        return f"rate({schedule.rate // 60} minutes)"  # the unit is always in the plural there
    minute, hour, day, month, weekday = (_values(*each) for each in zip(_FIELDS, _split(schedule), strict=True))
    weekdays = None if weekday is None else frozenset(each % 7 for each in weekday)
    if day is not None and weekdays is not None:
        raise expected(
            "one of day of month and day of week, and * for the other: cron runs where either fits, which AWS can't "
            "say; make two jobs of it"
        )
    _check_dates(day, month)
    days = "?" if weekdays is not None else _said(_FIELDS[2], day)
    fields = (
        _said(_FIELDS[0], minute),
        _said(_FIELDS[1], hour),
        days,
        _said(_FIELDS[3], month),
        "?" if weekdays is None else _weekdays(weekdays),
        "*",
    )
    text = f"cron({' '.join(fields)})"
    if len(text) > _LONGEST:
        raise expected(f"a simpler schedule: as AWS writes it, it has {len(text)} characters, and {_LONGEST} are taken")
    return text


def _split(text: str) -> list[str]:
    if (nickname := text.strip().lower()) in _NICKNAMES:
        raise expected(f'five cron fields, "{_NICKNAMES[nickname]}" for {nickname}')
    if rate := re.fullmatch(r"\s*rate\(\s*([1-9][0-9]*)\s+(minute|hour|day)s?\s*\)\s*", text):
        raise expected(f"{{rate: {rate[1]}{rate[2][0]}}} for {text.strip()}")
    if re.match(r"\s*(cron|rate|at)\(", text):
        raise expected(f"{_SHAPE}, as cron counts them and without {text.strip().partition('(')[0]}( )")
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise expected(f"{_SHAPE}; this has {len(fields)}")
    return fields


def _values(field: _Field, text: str) -> frozenset[int] | None:
    """The numbers that a field stands for; None for all of them."""
    if text in ("*", "*/1"):
        return None
    values: set[int] = set()
    for item in text.split(","):
        values |= _item(field, item)
    return frozenset(values)


def _item(field: _Field, text: str) -> set[int]:
    match = re.fullmatch(r"(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:/([0-9]{1,2}))?", text)
    words = f" or {field.words[0]} to {field.words[-1]}" if field.words else ""
    bounds = f"{field.name} from {field.least} to {field.most}{words}"
    if match is None or (match[1] == "*" and match[2]):
        raise expected(f"{bounds}, as *, 5, 1-5, 1,3,5 or */5; this says {text}")
    if match[1] == "*":
        first, last = field.least, field.most
    else:
        ends = [field.number(each) for each in (match[1], match[2] or match[1])]
        if ends[0] is None or ends[1] is None:
            raise expected(f"{bounds}; this says {text}")
        first, last = ends[0], ends[1]
    step = int(match[3]) if match[3] else 1
    if match[3] and (not step or step > field.most):
        raise expected(f"a step from 1 to {field.most} of {field.name}; this says {text}")
    if match[3] and match[1] != "*" and not match[2]:
        raise expected(f"{field.name} as {first}-{field.most}/{step}: cron knows steps of a range; this says {text}")
    if last < first:
        raise expected(f"{field.name} with the smaller first, or one by one between commas; this says {text}")
    return {*range(first, last + 1, step)}


def _check_dates(days: frozenset[int] | None, months: frozenset[int] | None) -> None:
    """Refuse a day that no month has, in a leap year either: it would never run."""
    if days is None or months is None:
        return
    longest = max(calendar.monthrange(2024, month)[1] for month in months)
    if min(days) > longest:
        raise expected(f"a day that there is: no month of these has a day {min(days)}, so it would never run")


def _said(field: _Field, values: frozenset[int] | None) -> str:
    if values is None or len(values) == field.most - field.least + 1:
        return "*"
    numbers = sorted(values)
    steps = {later - one for one, later in itertools.pairwise(numbers)}
    if len(numbers) > 2 and steps == {1}:
        return f"{numbers[0]}-{numbers[-1]}"
    if len(numbers) > 2 and len(steps) == 1 and numbers[-1] + (step := steps.pop()) > field.most:
        return f"{numbers[0]}/{step}"  # to the end of the field
    return ",".join(map(str, numbers))


def _weekdays(days: frozenset[int]) -> str:
    numbers = sorted(days)
    if len(numbers) == len(_DAYS):
        return "*"
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{_DAYS[numbers[0]]}-{_DAYS[numbers[-1]]}"
    return ",".join(_DAYS[number] for number in numbers)


@dataclass(frozen=True, slots=True)
class _Cron:
    """Five fields that AWS can say."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": r"^\s*\S+(\s+\S+){4}\s*$"}

    def _check(self, value: str) -> str:
        expression(value)
        return value


def _whole_minutes(seconds: int) -> int:
    if seconds % 60:
        raise expected("minutes, hours or days such as 3m, 12h or 7d: AWS counts a rate in minutes")
    return seconds


class Rate(Model):
    """Again and again, counted from when it was made."""

    rate: Annotated[int, Seconds(60, 31536000), AfterValidator(_whole_minutes)]
    """Between two starts: `3m`, `12h`, `7d`."""


Schedule = Annotated[Rate | Annotated[str, _Cron()], ShortForm()]
"""Five cron fields, or `{rate: 3m}`."""


@dataclass(frozen=True, slots=True)
class _TimeZone:
    """A time zone of IANA's (EventBridge Scheduler user guide, "Time zones on EventBridge Scheduler")."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": r"^(UTC|[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+){1,2})$", "maxLength": 50}

    def _check(self, value: str) -> str:
        if value not in time_zones():
            known = time_zones()
            raise expected(f"UTC or a time zone by area and city, such as Asia/Tokyo{meant(value, known)}")
        return value


TimeZone = Annotated[str, _TimeZone()]
"""`UTC`, `Asia/Tokyo`."""
