"""Checks of jobs: what starts each, and what goes with that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from tanada.declarations.checks.sizes import POLICIES
from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.account import Account
from tanada.declared.jobs import OBJECT, Job, watched
from tanada.declared.store import Store
from tanada.names import LONGEST_WORKSPACE, Names
from tanada.regions import partition
from tanada.text import meant, one_of, quoted

VARIABLES = 4_096
"""Bytes of all environment variables of a function (Lambda developer guide, "Lambda quotas")."""
OTHER_VARIABLES = 512
"""Of these what it is given beside its jobs, at most: the cluster's ARN, names, three subnets."""
OTHER_PERMISSIONS = 1_800
"""Characters of what the role of who starts jobs is permitted beside them, at most."""
_GROUP = "sg-0123456789abcdef0"


def check_jobs(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, lambda scope: _scope(system, scope))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    jobs = {name: job for name, job in scope.parts.items() if isinstance(job, Job)}
    for name, job in jobs.items():
        yield from _start(scope, name, job)
        yield from _event(scope, name, job)
    if jobs and scope.account is not None and (account := system.accounts.get(scope.account)) is not None:
        yield from _sizes(system, scope, jobs, account)


def _sizes(system: Scopes, scope: Scope, jobs: Mapping[str, Job], account: Account) -> Iterator[Mistake]:
    """Of what all jobs of an environment have together."""
    size = OTHER_VARIABLES + variables_of(jobs)
    if size > VARIABLES:
        sentence = (
            f"{len(jobs)} jobs make {size:,} bytes of variables of the function that looks after them, and Lambda "
            f"takes {VARIABLES:,}; take retries or time_limit from some, or have one job do the work of several"
        )
        yield mistake(scope.tree, ("jobs",), sentence, at_key=True)
    declared = system.top.find(["system"])
    if declared is None or not isinstance(declared.value, str):
        return
    environment = scope.name if scope.kind == "environment" else f"review-{'w' * LONGEST_WORKSPACE}"
    families = [
        Names(system=declared.value, environment=environment, label="").joined(_called(name, job))
        for name, job in jobs.items()
        if job.schedule is not None
    ]
    size = OTHER_PERMISSIONS + policy_of_families(families, account)
    if size > POLICIES:
        sentence = (
            f"{len(families)} jobs that schedules start make permissions of {size:,} characters, and IAM takes "
            f"{POLICIES:,} a role; shorten their names, or have one job do the work of several"
        )
        yield mistake(scope.tree, ("jobs",), sentence, at_key=True)


def variables_of(jobs: Mapping[str, Job]) -> int:
    """Bytes of what the function is given of these jobs."""
    return len(
        json.dumps({_called(name, job): watched(job, (_GROUP, *job.security_groups)) for name, job in jobs.items()})
    )


def policy_of_families(families: Sequence[str], account: Account) -> int:
    """Characters of the task definitions that a role's policy names."""
    arn = f'"arn:{partition(account.region)}:ecs:{account.region}:{account.id}:task-definition/:*",'
    return sum(len(arn) + len(each) for each in families)


def _called(name: str, job: Job) -> str:
    return job.renamed_from[0] if job.renamed_from else name


def _start(scope: Scope, name: str, job: Job) -> Iterator[Mistake]:
    loc = ("jobs", name)
    if job.schedule is None and job.started_by is None:
        sentence = 'nothing starts it; write schedule: "30 3 * * *", or make a task of it'
        part = scope.tree.find(loc)
        gone = [field for field in ("schedule", "started_by") if part is not None and field in part.removed]
        yield mistake(scope.tree, (*loc, *gone[:1]), sentence, at_key=not gone)
    elif job.schedule is not None and job.started_by is not None:
        sentence = "a job starts by its schedule, or by this; make two jobs of it"
        yield mistake(scope.tree, (*loc, "started_by"), sentence, because=[(*loc, "schedule")])
    elif not isinstance(job.schedule, str) and scope.tree.find((*loc, "time_zone")) is not None:
        sentence = "only five cron fields are told in a time zone; take this out"
        yield mistake(scope.tree, (*loc, "time_zone"), sentence, because=[(*loc, "schedule"), (*loc, "started_by")])


def _event(scope: Scope, name: str, job: Job) -> Iterator[Mistake]:
    if (event := job.started_by) is None or job.schedule is not None:
        return
    loc = ("jobs", name)
    for field in ("variables", "secrets"):
        for variable in OBJECT:
            if variable in getattr(job, field):
                sentence = f"{variable} is given by the object that starts it; call this one otherwise"
                yield mistake(scope.tree, (*loc, field, variable), sentence, because=[(*loc, "started_by")])
    store, home = scope.parts.get(event.bucket), scope.homes.get(event.bucket)
    if (isinstance(store, Store) and store.word == "bucket") or (home == "stores" and store is None) or not scope.whole:
        return
    buckets = [each for each, part in scope.parts.items() if isinstance(part, Store) and part.word == "bucket"]
    declare = "declare one: stores: {uploads: {bucket: {}}}"
    known = f"{one_of(buckets)}{meant(event.bucket, buckets)}" if buckets else declare
    needed = f"jobs.{name} is started by it; override that job too"
    yield at_removal(scope.tree, ("stores", event.bucket), needed) or mistake(
        scope.tree, (*loc, "started_by", "bucket"), f"{quoted(event.bucket)} is no bucket; {known}"
    )
