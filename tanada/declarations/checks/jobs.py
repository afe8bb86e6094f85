"""Checks of jobs: what of a schedule goes with what."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.jobs import Job
from tanada.declared.schedule import Rate


def check_jobs(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, job in scope.parts.items():
        if not isinstance(job, Job) or not isinstance(job.schedule, Rate):
            continue
        loc = ("jobs", name, "time_zone")
        if scope.tree.find(loc) is not None:
            sentence = "a rate is told in no time zone; take this out, or write five cron fields"
            yield mistake(scope.tree, loc, sentence, because=[("jobs", name, "schedule")])
