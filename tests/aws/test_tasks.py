"""A task that an apply runs to its end: which calls of ECS and of its log, checked by botocore's own models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tanada.aws import tasks
from tanada.aws.tasks import LONGEST, Clock, run_to_end
from tanada.contract.tasks import Ended, Task
from tanada.errors import AwsError
from tests.aws.aws import REGION
from tests.aws.test_registry import TEST

PLACE = f"arn:aws:ecs:{REGION}:111111111111"
CLUSTER = f"{PLACE}:cluster/kakei"
DEFINITION = f"{PLACE}:task-definition/test_migrate_kakei:7"
ARN = f"{PLACE}:task/kakei/0123456789abcdef"
TASK = Task(
    name="migrate",
    definition=DEFINITION,
    cluster=CLUSTER,
    container="migrate",
    log_group="/kakei/test/migrate",
    subnets=("subnet-1", "subnet-2"),
    security_groups=("sg-1",),
    public=False,
)
NETWORK = {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
RUN = {
    "cluster": CLUSTER,
    "taskDefinition": DEFINITION,
    "launchType": "FARGATE",
    "networkConfiguration": {"awsvpcConfiguration": NETWORK},
    "propagateTags": "TASK_DEFINITION",
    "startedBy": "tanada",
}
OF = {"cluster": CLUSTER, "tasks": [ARN]}
RUNNING = {"taskArn": ARN, "taskDefinitionArn": DEFINITION, "startedBy": "tanada", "lastStatus": "RUNNING"}


def stopped(code: int | None, **more: Any) -> dict[str, Any]:
    container = {"name": "migrate", **({"exitCode": code} if code is not None else {})}
    return {**RUNNING, "lastStatus": "STOPPED", "containers": [container], **more}


@dataclass
class Played:
    """What is answered in turn; time goes by as it is waited for, and somebody may stop it."""

    ecs: Stubber
    logs: Stubber
    waited: float = 0
    stops_at: float | None = None
    lines: list[str] = field(default_factory=list)

    def found(self, *tasks: dict[str, Any]) -> None:
        """What is left of an apply before."""
        self.ecs.add_response(
            "list_tasks",
            {"taskArns": [each["taskArn"] for each in tasks]},
            {"cluster": CLUSTER, "family": "test_migrate_kakei", "desiredStatus": "RUNNING"},
        )
        if tasks:
            self.ecs.add_response("describe_tasks", {"tasks": list(tasks)}, OF)

    def looks(self, *answers: Sequence[dict[str, Any]]) -> None:
        for tasks_ in answers:
            self.ecs.add_response("describe_tasks", {"tasks": list(tasks_)}, OF)

    def run(self) -> Ended:
        def wait(seconds: float) -> None:
            self.waited += seconds

        clock = Clock(wait, lambda: self.stops_at is not None and self.waited >= self.stops_at)
        ended = run_to_end(TEST, "kakei", TASK, self.lines.append, clock, {})
        self.ecs.assert_no_pending_responses()
        return ended


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    session = boto3.Session("k", "s", region_name=REGION)
    clients = {name: session.client(name) for name in ("ecs", "logs")}
    stubbed = Played(Stubber(clients["ecs"]), Stubber(clients["logs"]))

    class Session:
        def client(self, name: str, **_: Any) -> Any:
            return clients[name]

    monkeypatch.setattr(tasks, "session_of", lambda *_: Session())
    with stubbed.ecs, stubbed.logs:
        yield stubbed


Log = Callable[..., None]


@pytest.fixture
def log(played: Played) -> Log:
    """Each look at the log: its lines, or None where there is no stream yet; afterwards nothing new comes."""

    def answer(*looks: Sequence[str] | None) -> None:
        token: str | None = None
        name = {"logGroupName": "/kakei/test/migrate", "logStreamName": "migrate/migrate/0123456789abcdef"}
        for number, lines in enumerate([*looks, *[()] * tasks._LAST_LINES]):
            if lines is None:
                played.logs.add_client_error("get_log_events", "ResourceNotFoundException")
                continue
            for some, after in ((lines, f"f/{number}"), ((), f"f/{number}")) if lines else (((), token or "f/0"),):
                asked = {**name, "startFromHead": True, **({"nextToken": token} if token else {})}
                events = [{"timestamp": 1, "message": line, "ingestionTime": 1} for line in some]
                played.logs.add_response("get_log_events", {"events": events, "nextForwardToken": after}, asked)
                token = after

    return answer


def test_it_runs_in_the_network_of_its_environment_and_its_log_is_heard_once(played: Played, log: Log) -> None:
    played.found()
    played.ecs.add_response("run_task", {"tasks": [RUNNING], "failures": []}, RUN)
    played.looks([], [RUNNING], [RUNNING], [stopped(0)])  # ECS may know nothing of it at first
    log(None, None, ["one", "two"], ["three"])
    assert played.run() == Ended(0)
    assert played.lines == ["one", "two", "three"]


def test_its_exit_code_decides(played: Played, log: Log) -> None:
    played.found()
    played.ecs.add_response("run_task", {"tasks": [RUNNING], "failures": []}, RUN)
    played.looks([stopped(3, stoppedReason="Essential container in task exited")])
    log(["no such column"])
    assert played.run() == Ended(3, "Essential container in task exited")


def test_one_that_never_began_says_why(played: Played, log: Log) -> None:
    played.found()
    played.ecs.add_response("run_task", {"tasks": [RUNNING], "failures": []}, RUN)
    played.looks([stopped(None, stoppedReason="CannotPullContainerError: not found")])
    log(None)
    assert played.run() == Ended(None, "CannotPullContainerError: not found")


@pytest.mark.parametrize(("stops_at", "why"), [(0, "it was interrupted"), (None, "it took longer than 60 minutes")])
def test_interrupted_or_too_late_it_is_told_to_stop_and_its_end_is_waited_for(
    played: Played, log: Log, monkeypatch: pytest.MonkeyPatch, stops_at: float | None, why: str
) -> None:
    monkeypatch.setattr(tasks, "EVERY", LONGEST // 2)  # fewer looks
    played.found(RUNNING)
    played.stops_at = stops_at
    before = 0 if stops_at is not None else 2
    played.looks(*[[RUNNING]] * (before + 1))
    played.ecs.add_response("stop_task", {}, {"cluster": CLUSTER, "task": ARN, "reason": f"tanada: {why}"})
    played.looks([stopped(0)])
    log(*[()] * (before + 2))
    assert played.run() == Ended(None, why)


def test_one_that_a_killed_apply_left_is_waited_for_and_no_second_one_runs(played: Played, log: Log) -> None:
    played.found(RUNNING)
    played.looks([stopped(0)])
    log(["done"])
    assert played.run() == Ended(0)
    assert played.lines == ["done"]


def test_a_role_that_iam_has_just_made_is_waited_for(played: Played, log: Log) -> None:
    played.found()
    refused = "ECS was unable to assume the role 'arn:aws:iam::111111111111:role/kakei/x'"
    played.ecs.add_client_error("run_task", "ClientException", refused)
    played.ecs.add_response("run_task", {"tasks": [], "failures": [{"reason": "Capacity is unavailable"}]}, RUN)
    played.ecs.add_response("run_task", {"tasks": [RUNNING], "failures": []}, RUN)
    played.looks([stopped(0)])
    log(None)
    assert played.run() == Ended(0)


def test_what_ecs_refuses_is_said(played: Played) -> None:
    played.found()
    played.ecs.add_client_error("run_task", "AccessDeniedException", "not authorized to perform ecs:RunTask")
    with pytest.raises(AwsError, match=r"^migrate can't be run: .*not authorized to perform ecs:RunTask"):
        played.run()
