"""Where the lines of logs go from now on, beside CloudWatch Logs or instead: who reads them there reads all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values

_FILTER = re.compile(
    r"aws_cloudwatch_log_subscription_filter\.(?P<part>[a-z0-9-]+)_log_(?P<way>mail|destination)(\[0\])?"
)
"""The address of a part's own (modules/logs.py)."""
_LEAVE = "lines of logs go elsewhere"


def cautions(changes: Sequence[Change]) -> Iterator[Caution]:
    """What of whom is handed on that was not before; no word of where, which strangers may read."""
    for change in changes:
        if (found := _FILTER.fullmatch(change.address)) is not None and "create" in change.actions:
            yield from _handed_on(found["part"], found["way"], change)
        elif change.type == "aws_ecs_task_definition" and _routed(change.after) not in ([], _routed(change.before)):
            part = change.address.partition(".")[2].removesuffix("_task_definition")
            words = (
                f"lines of {part} leave by the router in its tasks (logs.firelens): CloudWatch keeps none of them, so "
                "neither alarms nor people find them there"
            )
            yield Caution(words, _LEAVE)


def _handed_on(part: str, way: str, change: Change) -> Iterator[Caution]:
    if way == "mail":
        if not change.before:
            yield Caution(f"lines of {part} that match are mailed, with those around them, to whoever gets the alarms")
        return
    before, after = (str(side.get("destination_arn") or "") for side in (change.before, change.after))
    if before == after:
        return
    where = "another account" if after.split(":")[2:3] == ["logs"] else "a stream"
    yield Caution(f"all lines of {part} go to {where} as well: who reads them there reads whatever it prints", _LEAVE)


def _routed(definition: Values) -> list[Any]:
    """Where a router sends lines, of each container that has one."""
    text = definition.get("container_definitions")
    try:
        containers = json.loads(text) if isinstance(text, str) else []
        found = [each["logConfiguration"] for each in containers if "logConfiguration" in each]
    except (ValueError, KeyError, TypeError):
        return []
    return [each for each in found if isinstance(each, dict) and each.get("logDriver") == "awsfirelens"]
