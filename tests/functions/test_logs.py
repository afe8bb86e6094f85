"""The function that mails lines of logs, on what CloudWatch Logs sends (user guide, "Subscription filters with AWS
Lambda") and on moto's CloudWatch Logs and SNS."""

from __future__ import annotations

import base64
import copy
import datetime
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from functions.logs import main

FOUND: dict[str, Any] = json.loads(Path(__file__).with_name("logs.json").read_text())
AT = int(datetime.datetime.now(datetime.UTC).timestamp() * 1000) - 60_000
"""Of now, for moto as CloudWatch takes no line of longer than 14 days ago (PutLogEvents)."""
for _each in reversed(FOUND["logEvents"]):
    _each["timestamp"] += AT - FOUND["logEvents"][0]["timestamp"]
OWN, GROUP, STREAM = "/kakei/production/functions/logs", FOUND["logGroup"], FOUND["logStream"]
NOON = datetime.datetime(2026, 11, 27, 12, 3, tzinfo=datetime.UTC)


def event(**changed: Any) -> dict[str, Any]:
    text = json.dumps({**FOUND, **changed}).encode()
    return {"awslogs": {"data": base64.b64encode(gzip.compress(text)).decode()}}


def said(shown: str) -> str:
    """A mail's line without its sign and time."""
    return shown[len("> 2026-11-27 12:03:00.000  ") :]


def line(offset: int, message: str) -> dict[str, Any]:
    return {"timestamp": AT + offset, "message": message}


LINES = [
    line(-3000, "long before"),
    line(-200, "two before"),
    line(-100, "one before"),
    line(0, FOUND["logEvents"][0]["message"]),
    line(0, "in the same millisecond"),
    line(200, "ERROR again"),
    line(400, "two behind"),
]


class Mails:
    """What went out, and the logs that stand."""

    def __init__(self) -> None:
        self.logs = boto3.client("logs")
        for group, stream in ((OWN, None), (GROUP, STREAM)):
            self.logs.create_log_group(logGroupName=group)
            if stream is not None:
                self.logs.create_log_stream(logGroupName=group, logStreamName=stream)
        self.topic = boto3.client("sns").create_topic(Name="kakei-alarms")["TopicArn"]

    def put(self, lines: list[dict[str, Any]]) -> None:
        events: Any = lines
        self.logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)

    @property
    def sent(self) -> list[tuple[str, str]]:
        topic = sns_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"].topics[self.topic]
        return [(str(subject), str(message)) for _, message, subject, *_ in topic.sent_notifications]

    @property
    def marks(self) -> list[str]:
        return [each["logStreamName"] for each in self.logs.describe_log_streams(logGroupName=OWN)["logStreams"]]


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mails]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.setenv("AWS_LAMBDA_LOG_GROUP_NAME", OWN)
    monkeypatch.setattr(main, "WAIT", 0)
    monkeypatch.setattr(main, "_now", lambda: NOON)
    with mock_aws():
        made = Mails()
        settings = {"system": "kakei", "environment": "production", "topic": made.topic}
        monkeypatch.setenv("LOGS", json.dumps(settings))
        yield made


def test_lines_that_match_are_mailed_with_those_around_them(mails: Mails, capsys: pytest.CaptureFixture[str]) -> None:
    mails.put(LINES)
    main.handler(event(), None)
    [(subject, text)] = mails.sent
    assert subject == "kakei production: lines in the log of web"
    head, _, body = text.partition("\n\n")
    assert head.splitlines()[0] == "kakei, production: 2 lines match, and this is the first of them."
    assert f"{GROUP}, stream {STREAM}" in head
    assert "Until 12:15 no other mail of this log is sent" in head
    assert [f"{each[0]} {said(each)}" for each in body.splitlines()] == [
        "  two before",
        "  one before",
        "> ERROR password=hunter2 was refused",
        "  in the same millisecond",
        "> ERROR again",
    ]
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"part": "web", "mailed": 2}
    assert "hunter2" not in printed.out + printed.err, "its own log holds no line of anybody's"


def test_a_storm_is_one_mail_in_a_quarter_of_an_hour(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    mails.put(LINES)
    for _ in range(20):
        main.handler(event(), None)
    assert len(mails.sent) == 1
    monkeypatch.setattr(main, "_now", lambda: NOON.replace(minute=15))
    main.handler(event(), None)
    assert len(mails.sent) == 2
    assert mails.marks == ["mailed/web/2026-11-27T12-00", "mailed/web/2026-11-27T12-15"]


def test_each_log_has_its_own_mail(mails: Mails) -> None:
    mails.put(LINES)
    other = "/kakei/production/worker"
    mails.logs.create_log_group(logGroupName=other)
    mails.logs.create_log_stream(logGroupName=other, logStreamName=STREAM)
    main.handler(event(), None)
    main.handler(event(logGroup=other), None)
    assert [subject.rpartition(" ")[2] for subject, _ in mails.sent] == ["web", "worker"]


def test_a_mail_that_could_not_go_out_is_tried_again(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> None:
    mails.put(LINES)
    settings = json.loads(os.environ["LOGS"])
    monkeypatch.setenv("LOGS", json.dumps({**settings, "topic": f"{mails.topic}-gone"}))
    with pytest.raises(ClientError, match="NotFound"):
        main.handler(event(), None)
    assert mails.marks == []
    monkeypatch.setenv("LOGS", json.dumps(settings))
    main.handler(event(), None)
    assert len(mails.sent) == 1


def test_a_test_message_of_cloudwatch_is_no_mail(mails: Mails) -> None:
    main.handler(event(messageType="CONTROL_MESSAGE"), None)
    main.handler(event(logEvents=[]), None)
    assert (mails.sent, mails.marks) == ([], [])


@pytest.mark.parametrize(("lines", "shown"), [(0, 1), (1, 3), (100, 7)])
def test_as_many_lines_as_are_declared(lines: int, shown: int, mails: Mails) -> None:
    mails.put(LINES)
    main.handler(event(subscriptionFilters=[f"mail-{lines}"]), None)
    assert len(mails.sent[0][1].partition("\n\n")[2].splitlines()) == shown


def test_a_line_that_has_not_come_yet_stands_alone(mails: Mails) -> None:
    main.handler(event(), None)
    [(_, text)] = mails.sent
    assert text.partition("\n\n")[2].splitlines()[0].endswith("ERROR password=hunter2 was refused")


@pytest.mark.parametrize("letter", ["x", "棚"])
def test_a_mail_is_no_longer_than_sns_takes(letter: str) -> None:
    long = {"timestamp": AT, "message": letter * 300_000}
    shown = [(index == 50, {**long, "message": f"{index} {long['message']}"}) for index in range(101)]
    found = copy.deepcopy(FOUND) | {"logEvents": [shown[50][1]]}
    settings = {"system": "kakei", "environment": "production"}
    text = main.mail(found, shown, settings, NOON)
    assert len(text.encode()) <= 256 * 1024
    body = text.partition("\n\n")[2]
    kept = [said(each).split(" ")[0] for each in body.splitlines() if "(cut)" in each]
    assert "50" in kept
    assert set(kept) <= {"48", "49", "50", "51", "52"}, "those that stand nearest"
    assert f"{101 - len(kept)} more lines around it don't fit into a mail." in body
    assert text.splitlines()[0].endswith("1 line matches.")


class Slow:
    """Answers with an empty page before each full one, as CloudWatch Logs may."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        number = int(request.get("nextToken", "0")) + 1
        token = "nextForwardToken" if request["startFromHead"] else "nextBackwardToken"
        offset = number if request["startFromHead"] else -number
        return {"events": [line(offset, str(offset))] if number % 2 == 0 else [], token: str(number)}


def test_an_empty_page_is_no_end() -> None:
    logs = Slow()
    shown = main.around(logs, FOUND, 2)
    assert [each["message"] for _, each in shown] == ["-4", "-2", FOUND["logEvents"][0]["message"], "2", "4"]
    assert len(logs.asked) < 11, "nor is it asked for ever"
