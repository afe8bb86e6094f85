"""Jobs: what EventBridge Scheduler starts as an ECS task, which runs to its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator

from tanada.declared.fields import Seconds, Whole, expected
from tanada.declared.model import Need, RenamedFrom
from tanada.declared.schedule import Schedule, TimeZone
from tanada.declared.spot import Spot, SpotOf
from tanada.declared.tasks import RunsOnce

HANDING_ROLES = "iam:PassRole to ecs-tasks"
"""Asked for by who starts jobs: to hand the system's roles to ECS's tasks, which is less than the action says."""
ASKED = (
    "ecs:DescribeTasks",
    "ecs:ListTasks",
    "ecs:RunTask",
    "ecs:StopTask",
    "ecs:TagResource",
    "lambda:InvokeFunction",
    "sqs:SendMessage",
    HANDING_ROLES,
)
"""What the roles beside the jobs' own are given: of who starts them, and of the function that looks after them."""


def _all_or_none(spot: Spot) -> Spot:
    if spot.base is not None or spot.share not in (0, 100):
        raise expected("0 or 100: each run is one task, on Fargate Spot or not")
    return spot


class Job(RunsOnce):
    """A task on Fargate that runs to its end, by a schedule."""

    schedule: Schedule
    """When it starts: five cron fields as cron counts them, such as `30 3 * * MON-FRI`, or `{rate: 3m}`."""
    time_zone: TimeZone = "UTC"
    """Where the schedule's hours are told, if not where the system's are: `Asia/Tokyo`."""
    retries: Annotated[int, Whole(0, 10)] = 0
    """How often a run that failed is run again, at once and with the same revision."""
    time_limit: Annotated[int, Seconds(60, 1209600)] | None = None
    """How long a run may take, looked at each minute: one that takes longer is stopped, and has failed."""
    spot: Annotated[SpotOf, AfterValidator(_all_or_none)] = Spot()
    """`100` runs it on Fargate Spot, where AWS may stop it: it has failed then, and what is run again is on demand."""
    renamed_from: RenamedFrom = ()
    """Names that it had before, the oldest first."""

    def asks(self) -> set[str]:
        return {*super().asks(), *ASKED}


def shared_needs(jobs: int) -> Iterator[Need]:
    """What all jobs of an environment have together: the role that starts them, and that of the function."""
    if jobs:
        yield Need("aws_iam_role", 2)
