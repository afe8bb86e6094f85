"""Mails lines of a log that match, with the lines around them.

Called by CloudWatch Logs with what its subscription filter found (CloudWatch Logs user guide, "Subscription filters
with AWS Lambda"). Of each log at most one mail goes out in a quarter of an hour of the clock: a storm of errors is one
mail, and all of its lines stand in the log. What it prints itself holds no line of anybody's log.
"""

from __future__ import annotations

import base64
import datetime
import gzip
import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

QUARTER = 15
"""Minutes in which one mail of a log goes out."""
WAIT = 10
"""Seconds until the lines behind one that matched are there: ECS's log driver sends them in batches."""
MOST = 240 * 1024
"""Bytes of a mail; SNS takes 256 KiB (SNS API reference, Publish)."""
LONGEST = 64 * 1024
"""Bytes of one line in it."""
_SAME = 100
"""Lines of one millisecond that are looked through for the one that matched."""
_PAGES = 5
"""An answer may be empty though there are more lines (CloudWatch Logs API reference, GetLogEvents)."""


def handler(event: Mapping[str, Any], _context: object) -> None:
    """What a subscription filter found; of a test message of CloudWatch's own there is nothing to say."""
    found = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    if found["messageType"] != "DATA_MESSAGE" or not found["logEvents"]:
        return
    settings = json.loads(os.environ["LOGS"])
    logs, now = boto3.client("logs"), _now()
    part = found["logGroup"].rpartition("/")[2]
    mark = f"mailed/{part}/{_quarter(now):%Y-%m-%dT%H-%M}"
    if not claimed(logs, mark):
        print(json.dumps({"part": part, "held": len(found["logEvents"])}))  # noqa: T201
        return
    try:
        time.sleep(WAIT)
        lines = int(found["subscriptionFilters"][0].rpartition("-")[2])
        text = mail(found, around(logs, found, lines), settings, now)
        # The topic's own region: it may be somebody's elsewhere.
        sns = boto3.client("sns", region_name=settings["topic"].split(":")[3])
        subject = f"{settings['system']} {settings['environment']}: lines in the log of {part}"[:100]
        sns.publish(TopicArn=settings["topic"], Subject=subject, Message=text)
    except BaseException:
        # Lambda calls it again, and it must not find that this mail was sent.
        logs.delete_log_stream(logGroupName=_own_log(), logStreamName=mark)
        raise
    print(json.dumps({"part": part, "mailed": len(found["logEvents"])}))  # noqa: T201


def claimed(logs: Any, mark: str) -> bool:
    """Whether this call is the one that mails: of those that make the same log stream one alone succeeds, however many
    run at a time (CloudWatch Logs API reference, CreateLogStream)."""
    try:
        logs.create_log_stream(logGroupName=_own_log(), logStreamName=mark)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceAlreadyExistsException":
            return False
        raise
    return True


def around(logs: Any, found: Mapping[str, Any], lines: int) -> list[tuple[bool, Mapping[str, Any]]]:
    """The first line that matched and so many before and behind it, each with whether it is one that matched."""
    first, at = found["logEvents"][0], found["logEvents"][0]["timestamp"]
    of = {"logGroupName": found["logGroup"], "logStreamName": found["logStream"]}
    until = _read(logs, lines + 1 + _SAME, {**of, "endTime": at + 1, "startFromHead": False}, "nextBackwardToken")
    alike = [index for index, each in enumerate(until) if _same(each, first)]
    place = alike[-1] if alike else len(until)
    behind = until[place + 1 :]
    if lines > len(behind):
        behind += _read(logs, lines, {**of, "startTime": at + 1, "startFromHead": True}, "nextForwardToken")
    shown = [*until[max(0, place - lines) : place], first, *behind[:lines]]
    return [(any(_same(each, one) for one in found["logEvents"]), each) for each in shown]


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["timestamp"] == other["timestamp"] and one["message"] == other["message"])


def _read(logs: Any, limit: int, request: Mapping[str, Any], token: str) -> list[Mapping[str, Any]]:
    """Up to so many lines, in their order in time."""
    found: list[Mapping[str, Any]] = []
    more: dict[str, str] = {}
    for _ in range(_PAGES if limit else 0):
        answer = logs.get_log_events(**request, **more, limit=limit - len(found))
        events = answer["events"]
        found = [*found, *events] if request["startFromHead"] else [*events, *found]
        if len(found) >= limit or answer[token] == more.get("nextToken"):
            break
        more = {"nextToken": answer[token]}
    return found


def mail(
    found: Mapping[str, Any],
    shown: Sequence[tuple[bool, Mapping[str, Any]]],
    settings: Mapping[str, Any],
    now: datetime.datetime,
) -> str:
    """The mail's text, no longer than SNS takes: of what is too much those lines are left out that stand furthest from
    the one that matched."""
    number = len(found["logEvents"])
    matching = "1 line matches" if number == 1 else f"{number} lines match, and this is the first of them"
    until = _quarter(now) + datetime.timedelta(minutes=QUARTER)
    head = (
        f"{settings['system']}, {settings['environment']}: {matching}.\n"
        f"Log group {found['logGroup']}, stream {found['logStream']}; times are UTC.\n"
        f"Until {until:%H:%M} no other mail of this log is sent, whatever comes.\n\n"
    )
    texts = [_line(matched, each) for matched, each in shown]
    middle = next(index for index, (_, each) in enumerate(shown) if _same(each, found["logEvents"][0]))
    left, kept = MOST - len(head.encode()), {middle: texts[middle]}
    left -= len(texts[middle].encode())
    for distance in range(1, len(texts)):
        for place in (middle - distance, middle + distance):
            if 0 <= place < len(texts) and left >= 0:
                left -= len(texts[place].encode())
                if left >= 0:
                    kept[place] = texts[place]
    missing = len(texts) - len(kept)
    end = f"\n{missing} more lines around it don't fit into a mail.\n" if missing else ""
    return head + "".join(kept[place] for place in sorted(kept)) + end


def _line(matched: bool, event: Mapping[str, Any]) -> str:
    at = datetime.datetime.fromtimestamp(event["timestamp"] / 1000, datetime.UTC)
    text = str(event["message"]).rstrip("\n").encode()
    more = " … (cut)" if len(text) > LONGEST else ""
    return (
        f"{'>' if matched else ' '} {at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
        + f"  {text[:LONGEST].decode(errors='ignore')}{more}\n"
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _quarter(now: datetime.datetime) -> datetime.datetime:
    """When the quarter of an hour began."""
    return now.replace(minute=now.minute // QUARTER * QUARTER, second=0, microsecond=0)


def _own_log() -> str:
    return os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
