"""The function that looks after jobs, on an event as ECS sends it (developer guide, "Amazon ECS task state change
events") and on moto's ECS."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.jobs import main

EVENT: dict[str, Any] = json.loads(Path(__file__).with_name("events.json").read_text())["failed"]
CLUSTER = EVENT["detail"]["clusterArn"]
SETTINGS: dict[str, Any] = {
    "system": "kakei",
    "environment": "test",
    "family": "test_*_kakei",
    "cluster": CLUSTER,
    "public": False,
    "jobs": {"nightly": {"retries": 2, "time_limit": 1800, "security_groups": ["sg-1"]}, "often": {}},
}


def event(**detail: Any) -> dict[str, Any]:
    """The event with another detail."""
    changed = copy.deepcopy(EVENT)
    changed["detail"] |= detail
    return changed


class Ecs:
    """Remembers what it is asked to run."""

    def __init__(self, *failures: str) -> None:
        self.run: list[dict[str, Any]] = []
        self.failures = list(failures)

    def run_task(self, **request: Any) -> dict[str, Any]:
        self.run.append(request)
        return {"tasks": [], "failures": self.failures}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBS", json.dumps(SETTINGS))
    monkeypatch.setenv("SUBNETS", "subnet-1,subnet-2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Ecs:
    fake = Ecs()
    monkeypatch.setattr(boto3, "client", lambda _service: fake)
    return fake


def exited(code: int | None, **more: Any) -> list[dict[str, Any]]:
    return [{"name": "nightly", **({} if code is None else {"exitCode": code}), **more}]


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        ({}, "exit code 1"),
        ({"containers": exited(137, reason="OutOfMemoryError: killed")}, "exit code 137: OutOfMemoryError: killed"),
        ({"containers": exited(None)}, "exit code None"),
        ({"containers": exited(0)}, None),
        (
            {"stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError: no tag"},
            "TaskFailedToStart: CannotPullContainerError: no tag",
        ),
        (
            {"stopCode": "SpotInterruption", "containers": exited(0)},
            "SpotInterruption: Essential container in task exited",
        ),
        ({"stopCode": "UserInitiated", "stoppedReason": "by hand", "containers": exited(143)}, None),
        (
            {"stopCode": "UserInitiated", "stoppedReason": f"{main.LATE}1800s", "containers": exited(0)},
            f"{main.LATE}1800s",
        ),
    ],
)
def test_a_run_fails_unless_it_ends_with_0_or_somebody_stops_it(detail: dict[str, Any], why: str | None) -> None:
    assert main.failure(event(**detail)["detail"]) == why


def test_a_run_that_failed_is_run_again_with_its_own_revision(ecs: Ecs, capsys: pytest.CaptureFixture[str]) -> None:
    overrides = {"containerOverrides": [{"name": "nightly", "environment": [{"name": "KEY", "value": "a"}], "cpu": 1}]}
    main.handler(event(overrides=overrides), None)
    [request] = ecs.run
    assert request == {
        "cluster": CLUSTER,
        "taskDefinition": "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/test_nightly_kakei:7",
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-1", "subnet-2"],
                "securityGroups": ["sg-1"],
                "assignPublicIp": "DISABLED",
            }
        },
        "overrides": {"containerOverrides": [{"name": "nightly", "environment": [{"name": "KEY", "value": "a"}]}]},
        "propagateTags": "TASK_DEFINITION",
        "startedBy": "tanada-retry-1",
        # A second event of the same end starts nothing more.
        "clientToken": "c13b4cb40f1f4fe4a2971f76ae5a47ad",
    }
    assert "_aws" not in capsys.readouterr().out, "it has not failed for good"


def test_after_the_last_time_it_is_counted(ecs: Ecs, capsys: pytest.CaptureFixture[str]) -> None:
    main.handler(event(startedBy="tanada-retry-1"), None)
    assert [each["startedBy"] for each in ecs.run] == ["tanada-retry-2"]
    capsys.readouterr()
    main.handler(event(startedBy="tanada-retry-2"), None)
    assert len(ecs.run) == 1
    line = json.loads(capsys.readouterr().out)
    [metric] = line["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "Tanada/Jobs"
    [dimensions] = metric["Dimensions"]
    assert {name: line[name] for name in dimensions} == {"System": "kakei", "Environment": "test", "Job": "nightly"}
    assert [line[each["Name"]] for each in metric["Metrics"]] == [1]
    assert line["why"] == "exit code 1"


@pytest.mark.parametrize(
    "detail",
    [
        {"containers": exited(0)},
        {"startedBy": main.BY_HAND},
        {"lastStatus": "RUNNING"},
        {"taskDefinitionArn": "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/test_migrate_kakei:1"},
        {"taskDefinitionArn": "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/test2_nightly_kakei:1"},
    ],
    ids=["well", "by hand", "running", "a task", "another environment"],
)
def test_of_anything_else_nothing_is_said(detail: dict[str, Any], ecs: Ecs, capsys: pytest.CaptureFixture[str]) -> None:
    main.handler(event(**detail), None)
    assert (ecs.run, capsys.readouterr().out) == ([], "")


def test_what_cannot_be_run_again_fails_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "client", lambda _service: Ecs("RESOURCE:FARGATE"))
    with pytest.raises(RuntimeError, match=r"can't be run again: \['RESOURCE:FARGATE'\]"):
        main.handler(EVENT, None)


STARTED = datetime.datetime(2026, 11, 26, 18, 30, tzinfo=datetime.UTC)


class Started:
    """moto's ECS, whose tasks don't say when they started."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_tasks(self, **request: Any) -> dict[str, Any]:
        answer = self._client.describe_tasks(**request)
        return {**answer, "tasks": [{**task, "startedAt": STARTED} for task in answer["tasks"]]}


@pytest.fixture
def running() -> Iterator[Any]:
    """ECS with a task of a job and one of a service, both running."""
    with mock_aws():
        ec2, client = boto3.client("ec2"), boto3.client("ecs")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        client.create_cluster(clusterName="kakei")
        for family in ("test_nightly_kakei", "test_often_kakei", "test_web_kakei"):
            client.register_task_definition(
                family=family,
                requiresCompatibilities=["FARGATE"],
                networkMode="awsvpc",
                cpu="256",
                memory="512",
                containerDefinitions=[{"name": "a", "image": "a", "memory": 512}],
            )
            client.run_task(
                cluster="kakei",
                taskDefinition=family,
                launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}},
            )
        yield Started(client)


def stopped(client: Any) -> dict[str, str]:
    """By family, why a task was stopped."""
    tasks = client.list_tasks(cluster="kakei")["taskArns"]
    found = client.describe_tasks(cluster="kakei", tasks=tasks)["tasks"]
    return {
        task["taskDefinitionArn"].rpartition("/")[2]: task["stoppedReason"]
        for task in found
        if task.get("stoppedReason")
    }


def test_what_runs_longer_than_its_limit_is_stopped_and_nothing_else(running: Any) -> None:
    settings = {**SETTINGS, "cluster": "kakei"}
    main.stop_late(running, settings, STARTED + datetime.timedelta(seconds=1800))
    assert stopped(running) == {}
    main.stop_late(running, settings, STARTED + datetime.timedelta(seconds=1801))
    assert stopped(running) == {"test_nightly_kakei:1": f"{main.LATE}1800s"}
