"""Jobs: what a schedule or an event starts as an ECS task, which runs to its end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator

from tanada.declared.fields import Name, Seconds, Text, Whole, whole
from tanada.declared.model import Model, Need, RenamedFrom
from tanada.declared.schedule import Schedule, TimeZone
from tanada.declared.service import Service
from tanada.declared.spot import Spot
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


OBJECT = ("OBJECT_BUCKET", "OBJECT_KEY")
"""Environment variables of a run that an object started."""


class StartedBy(Model):
    """An event that starts a job: an object that came into a bucket."""

    bucket: Name
    """One of the stores."""
    created: Annotated[
        str,
        Text(
            r"^(?!.*\*\*)[A-Za-z0-9!_.()/*+=@,:-]+$",
            "an object's key, with * for any text, such as incoming/*",
            longest=256,
        ),
    ] = "*"
    """Which objects: their keys, with `*` for any text, `/` too. Also one that is overwritten."""


class Job(RunsOnce):
    """A task on Fargate that runs to its end, started by a schedule or an event."""

    schedule: Schedule | None = None
    """When it starts: five cron fields as cron counts them, such as `30 3 * * MON-FRI`, or `{rate: 3m}`."""
    started_by: StartedBy | None = None
    """Instead: what starts it, `{bucket: uploads, created: incoming/*}`; a run has `OBJECT_BUCKET` and `OBJECT_KEY`."""
    time_zone: TimeZone = "UTC"
    """Where the schedule's hours are told, if not where the system's are: `Asia/Tokyo`."""
    retries: Annotated[int, Whole(0, 10)] = 0
    """How often a run that failed is run again, at once and with the same revision."""
    time_limit: Annotated[int, Seconds(60, 1209600)] | None = None
    """How long a run may take, looked at each minute: one that takes longer is stopped, and has failed."""
    spot: Annotated[Literal[0, 100], BeforeValidator(whole)] = 0
    """`100` runs it on Fargate Spot, where AWS may stop it: it has failed then, and what is run again is on demand."""
    renamed_from: RenamedFrom = ()
    """Names that it had before, the oldest first."""

    def as_service(self) -> Service:
        return super().as_service().model_copy(update={"spot": Spot(share=self.spot)})

    def asks(self) -> set[str]:
        return {*super().asks(), *ASKED}


def shared_needs(jobs: Collection[Job]) -> Iterator[Need]:
    """What all jobs of an environment have together: the roles of who starts them, and of the function."""
    if jobs:
        yield Need("aws_iam_role", 2 + any(job.started_by is not None for job in jobs))


def watched(job: Job, security_groups: Sequence[str]) -> dict[str, object]:
    """What the function that looks after jobs is given of one; the groups are those that its tasks wear."""
    return {
        **({"time_limit": job.time_limit} if job.time_limit is not None else {}),
        **({"retries": job.retries, "security_groups": [*security_groups]} if job.retries else {}),
    }
