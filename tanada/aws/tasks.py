"""One task run to its end by ECS, with its log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.ci_roles import session_of
from tanada.aws.credentials import CONFIG
from tanada.contract.tasks import Ended
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.contract.tasks import Task
    from tanada.declarations.inventory import Stack

STARTED_BY = "tanada"
EVERY = 3
"""Seconds between two looks."""
LONGEST = 60 * 60
"""Seconds that a task may take: within them credentials of an apply are good."""
_STARTING = 120
"""Seconds in which a role that was just made, or room in the region, may still come."""
_STOPPING = 180
"""Seconds that one which was stopped may take to end: ECS allows 120 from SIGTERM to SIGKILL."""
_LAST_LINES = 5
"""Looks at the log after the end: the agent hands lines on by batches."""


@dataclass(frozen=True)
class Clock:
    """How time goes by, and whether somebody stopped the run."""

    wait: Callable[[float], None]
    stopped: Callable[[], bool]


def run_to_end(
    stack: Stack,
    system: str,
    task: Task,
    hear: Callable[[str], None],
    clock: Clock,
    environ: Mapping[str, str],
    longest: int | None = LONGEST,
) -> Ended:
    """Run a task in its environment's network and wait for its end; `hear` hears each line of its log.

    One that was left running before, of the same revision, is waited for instead. Stopped, or after `longest` seconds,
    it is told to stop, and waited for. Raises AwsError.
    """
    session = session_of(stack, system, environ)
    ecs, logs = session.client("ecs", config=CONFIG), session.client("logs", config=CONFIG)
    try:
        arn = _left(ecs, task) or _started(ecs, task, clock)
        if arn is None:
            return Ended(None, "stopped before it began")
        return _followed(ecs, arn, task, _Log(logs, task, arn, hear), clock, longest)
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"{task.name} can't be run: {error}") from None


def _left(ecs: Any, task: Task) -> str | None:
    """A task of this revision that we started and that still runs."""
    family = task.definition.rpartition("/")[2].partition(":")[0]
    found = ecs.list_tasks(cluster=task.cluster, family=family, desiredStatus="RUNNING")["taskArns"]
    for each in ecs.describe_tasks(cluster=task.cluster, tasks=found)["tasks"] if found else ():
        if each["taskDefinitionArn"] == task.definition and each.get("startedBy") == STARTED_BY:
            return str(each["taskArn"])
    return None


def _started(ecs: Any, task: Task, clock: Clock) -> str | None:
    """A task's ARN; None where the run was stopped before there is one."""
    for waited in range(0, _STARTING + EVERY, EVERY):
        if clock.stopped():
            return None
        try:
            answer = ecs.run_task(
                cluster=task.cluster,
                taskDefinition=task.definition,
                launchType="FARGATE",
                networkConfiguration={
                    "awsvpcConfiguration": {
                        "subnets": list(task.subnets),
                        "securityGroups": list(task.security_groups),
                        "assignPublicIp": "ENABLED" if task.public else "DISABLED",
                    }
                },
                propagateTags="TASK_DEFINITION",
                startedBy=STARTED_BY,
            )
        except ClientError as error:
            # IAM's roles are known everywhere only after a while (IAM user guide, "Troubleshoot IAM", "Changes that I
            # make are not always immediately visible").
            if "assume" not in str(error) or waited >= _STARTING:
                raise
            why = str(error)
        else:
            if answer["tasks"]:
                return str(answer["tasks"][0]["taskArn"])
            why = "; ".join(str(each.get("reason")) for each in answer["failures"])
        clock.wait(EVERY)
    raise AwsError(f"{task.name} can't be run: {why}")


def _followed(ecs: Any, arn: str, task: Task, log: _Log, clock: Clock, longest: int | None) -> Ended:
    waited, told, unseen = 0, False, 0
    why = ""
    while True:
        found = ecs.describe_tasks(cluster=task.cluster, tasks=[arn])["tasks"]
        log.read()
        if found and found[0]["lastStatus"] == "STOPPED":
            for _ in range(_LAST_LINES):
                clock.wait(EVERY)
                log.read()
            return _ended(found[0], task, why)
        unseen = 0 if found else unseen + 1
        if unseen * EVERY > _STARTING:
            raise AwsError(f"{task.name} was started, and ECS knows nothing of {arn}: look for it in the console.")
        late = longest is not None and waited >= longest
        if not told and (late or clock.stopped()):
            why = f"it took longer than {waited // 60} minutes" if late else "it was interrupted"
            ecs.stop_task(cluster=task.cluster, task=arn, reason=f"tanada: {why}")
            told, waited = True, 0
        elif told and waited > _STOPPING:
            raise AwsError(f"{task.name} was told to stop, and hasn't: {arn}")
        clock.wait(EVERY)
        waited += EVERY


def _ended(found: Mapping[str, Any], task: Task, why: str) -> Ended:
    own: Mapping[str, Any] = next((each for each in found["containers"] if each["name"] == task.container), {})
    said = own.get("reason") or (found.get("stoppedReason") if own.get("exitCode") != 0 else "")
    code = own.get("exitCode")
    # One that was told to stop may well end with 0, and has not done what it was for.
    return Ended(None, why) if why else Ended(code, str(said or ""))


class _Log:
    """The lines that a task's container prints, each once."""

    def __init__(self, logs: Any, task: Task, arn: str, hear: Callable[[str], None]) -> None:
        # `prefix/container/task` (ECS guide, "Send Amazon ECS logs to CloudWatch", awslogs-stream-prefix).
        self._stream = f"{task.container}/{task.container}/{arn.rpartition('/')[2]}"
        self._logs, self._group, self._hear = logs, task.log_group, hear
        self._token: str | None = None

    def read(self) -> None:
        """Hear all that came since; there is no stream before the first line."""
        while True:
            more = {"nextToken": self._token} if self._token else {}
            try:
                answer = self._logs.get_log_events(
                    logGroupName=self._group, logStreamName=self._stream, startFromHead=True, **more
                )
            except self._logs.exceptions.ResourceNotFoundException:
                return
            for event in answer["events"]:
                self._hear(str(event["message"]))
            before, self._token = self._token, answer["nextForwardToken"]
            if not answer["events"] or before == self._token:
                return
