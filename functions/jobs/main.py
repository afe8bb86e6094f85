"""Looks after an environment's jobs: counts runs that failed, runs them again, stops those that take too long.

Called by EventBridge when a job's task has stopped, and each minute by a schedule where a job has a time limit. Its
log says what it did; a line of it is the metric `Failed` (CloudWatch user guide, "Embedded metric format").
"""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

LATE = "tanada: longer than "
"""How the reason begins for which a run is stopped here."""
BY_HAND = "tanada"
"""Who started what somebody runs and watches himself (`tanada run`)."""
AGAIN = "tanada-retry-"
"""How what is run again says the how-manieth time it is."""


def handler(event: Mapping[str, Any], _context: object) -> None:
    """An ECS event of a task that stopped, else it is time to look for those that run too long."""
    settings = json.loads(os.environ["JOBS"])
    ecs = boto3.client("ecs")
    if event.get("detail-type") == "ECS Task State Change":
        ended(ecs, event["detail"], settings)
    else:
        stop_late(ecs, settings, datetime.datetime.now(datetime.UTC))


def ended(ecs: Any, task: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Run a job again whose run failed, or count it as failed where that is to no end."""
    name = job_of(task, settings)
    if name is None or task.get("lastStatus") != "STOPPED" or task.get("startedBy") == BY_HAND:
        return
    why = failure(task)
    if why is None:
        return
    job, before = settings["jobs"][name], attempts(task)
    if before < job.get("retries", 0):
        _run_again(ecs, task, settings, job, before + 1)
        print(json.dumps({"job": name, "task": task["taskArn"], "failed": why, "again": before + 1}))  # noqa: T201
    else:
        print(json.dumps(counted(name, task, why, settings)))  # noqa: T201


def job_of(task: Mapping[str, Any], settings: Mapping[str, Any]) -> str | None:
    """The job that a task is a run of, by its definition's family."""
    family = str(task["taskDefinitionArn"]).rpartition("/")[2].partition(":")[0]
    return next((name for name in settings["jobs"] if settings["family"].replace("*", name) == family), None)


def failure(task: Mapping[str, Any]) -> str | None:
    """Why a run failed; None where it ended with 0, or somebody stopped it (ECS API reference, Task, "stopCode")."""
    code, reason = task.get("stopCode"), str(task.get("stoppedReason") or "")
    if code == "UserInitiated":
        return reason if reason.startswith(LATE) else None
    if code != "EssentialContainerExited":
        return f"{code}: {reason}"  # it couldn't start, or AWS took its machine away: whatever it said, it isn't done
    ended_with = [container.get("exitCode") for container in task.get("containers", ())]
    if all(each == 0 for each in ended_with):
        return None
    details = [str(each["reason"]) for each in task.get("containers", ()) if each.get("reason")]
    return f"exit code {', '.join(map(str, ended_with))}{': ' if details else ''}{'; '.join(details)}"


def attempts(task: Mapping[str, Any]) -> int:
    """How often it was run again already."""
    match = re.fullmatch(rf"{AGAIN}([0-9]+)", str(task.get("startedBy") or ""))
    return int(match[1]) if match else 0


def _run_again(ecs: Any, task: Mapping[str, Any], settings: Mapping[str, Any], job: Mapping[str, Any], n: int) -> None:
    """The same revision with the same overrides, on demand. An event that comes twice starts one task: the token is
    the stopped one's id (ECS API reference, RunTask, "clientToken")."""
    answer = ecs.run_task(
        cluster=settings["cluster"],
        taskDefinition=task["taskDefinitionArn"],
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": os.environ["SUBNETS"].split(","),
                "securityGroups": job["security_groups"],
                "assignPublicIp": "ENABLED" if settings["public"] else "DISABLED",
            }
        },
        overrides={"containerOverrides": list(_overrides(task))},
        propagateTags="TASK_DEFINITION",
        startedBy=f"{AGAIN}{n}",
        clientToken=str(task["taskArn"]).rpartition("/")[2],
    )
    if answer["failures"]:
        # The function fails with it: Lambda calls it twice more, and its errors raise an alarm.
        raise RuntimeError(f"{task['taskArn']} can't be run again: {answer['failures']}")


def _overrides(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for each in task.get("overrides", {}).get("containerOverrides", ()):
        if more := {key: each[key] for key in ("command", "environment") if each.get(key)}:
            yield {"name": each["name"], **more}


def counted(name: str, task: Mapping[str, Any], why: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the log that is a metric as well."""
    return {
        "_aws": {
            "Timestamp": int(datetime.datetime.now(datetime.UTC).timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Tanada/Jobs",
                    "Dimensions": [["System", "Environment", "Job"]],
                    "Metrics": [{"Name": "Failed", "Unit": "Count"}],
                }
            ],
        },
        "System": settings["system"],
        "Environment": settings["environment"],
        "Job": name,
        "Failed": 1,
        "task": task["taskArn"],
        "why": why,
    }


def stop_late(ecs: Any, settings: Mapping[str, Any], now: datetime.datetime) -> None:
    """Stop each run that takes longer than its job's time limit; that it failed is told when it has stopped."""
    for name, job in settings["jobs"].items():
        if limit := job.get("time_limit"):
            for task in _running(ecs, settings["cluster"], settings["family"].replace("*", name)):
                if (now - task["startedAt"]).total_seconds() > limit:
                    print(json.dumps({"job": name, "task": task["taskArn"], "stopped_after": limit}))  # noqa: T201
                    ecs.stop_task(cluster=settings["cluster"], task=task["taskArn"], reason=f"{LATE}{limit}s")


def _running(ecs: Any, cluster: str, family: str) -> Iterator[Mapping[str, Any]]:
    """The tasks of a family that have started; ECS lists 100 at a time, which are as many as it describes."""
    for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster, family=family, desiredStatus="RUNNING"):
        if page["taskArns"]:
            found = ecs.describe_tasks(cluster=cluster, tasks=page["taskArns"])["tasks"]
            yield from (task for task in found if task.get("startedAt"))
