"""Checks of jobs: what starts each, and what goes with that."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.jobs import OBJECT, Job
from tanada.declared.store import Store
from tanada.text import meant, one_of, quoted


def check_jobs(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, job in scope.parts.items():
        if isinstance(job, Job):
            yield from _start(scope, name, job)
            yield from _event(scope, name, job)


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
