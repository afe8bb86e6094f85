"""When AWS works on a database or a cache: the hours of a week for what restarts it, and of each day for its backup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from tanada.declared.fields import Text

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = f"({'|'.join(_DAYS)}):{_TIME}"
_OF_A_DAY = 24 * 60
_LEAST = 30
"""Minutes (RDS API reference, CreateDBInstance, "PreferredMaintenanceWindow", "PreferredBackupWindow")."""

Maintenance = Annotated[
    str, Text(f"^{_DAY}-{_DAY}$", "two times of a week in UTC, such as sun:18:00-sun:19:00, days in small letters")
]
Backup = Annotated[str, Text(f"^{_TIME}-{_TIME}$", "two times of a day in UTC, such as 17:00-17:30")]


OF_CACHES = 60
"""Minutes (ElastiCache API reference, CreateReplicationGroup, "PreferredMaintenanceWindow";
hashicorp/terraform-provider-aws#2153 of the daily one; that the two may not meet: hashicorp/terraform#17247)."""


def faults(
    maintenance: str | None, backup: str | None, least: int = _LEAST
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What AWS refuses of the two: where it is said, and a sentence; `least` minutes each must have."""
    first = _minutes(maintenance) if maintenance is not None else range(0)
    second = _minutes(backup) if backup is not None else range(0)
    for field, said, minutes in (("maintenance", maintenance, first), ("backup_window", backup, second)):
        if said is not None and len(minutes) < least:
            yield (field,), f"{said} has {len(minutes)} minutes; AWS asks for {least} at least"
            return
    week = 7 * _OF_A_DAY
    each_day = {(minute + day * _OF_A_DAY) % week for minute in second for day in range(7)}
    if any(minute % week in each_day for minute in first):
        yield ("maintenance",), f"{maintenance} meets backup_window, {backup}, and AWS takes no two that do; move one"


def _minutes(text: str) -> range:
    """From the beginning of a week, or of a day; what ends before it began ends in the next one."""
    first, last = (_minute(each) for each in re.split("-", text))
    whole = 7 * _OF_A_DAY if text[0].isalpha() else _OF_A_DAY
    return range(first, last if last >= first else last + whole)


def _minute(text: str) -> int:
    *day, hour, minute = text.split(":")
    return (_DAYS.index(day[0]) * _OF_A_DAY if day else 0) + int(hour) * 60 + int(minute)
