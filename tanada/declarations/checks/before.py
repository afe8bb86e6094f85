"""Checks of `before`: it names a task."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.text import meant, one_of, quoted


def check_before(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        task, home = service.before, scope.homes.get(service.before or "")
        if task is not None and service.external:
            sentence = (
                "a task runs before an apply deploys, and others deploy this service (deploy: external); take it out, "
                f"and let them start it first (tanada run ENV {task})"
            )
            yield mistake(scope.tree, ("services", name, "before"), sentence, because=[("services", name, "deploy")])
            continue
        if task is None or home == "tasks" or not scope.whole:
            continue
        loc = ("services", name, "before")
        if home is not None:
            why = "start by a schedule" if home == "jobs" else "don't end"
            sentence = f"{quoted(task)} is one of {home}, which {why}; name a task, or make it one"
            yield mistake(scope.tree, loc, sentence, because=[(home, task)])
            continue
        known = scope.names("tasks")
        sentence = f"{quoted(task)} is no task; {one_of(known)}{meant(task, known)}"
        needed = f"services.{name} waits for it; override that before too"
        yield at_removal(scope.tree, ("tasks", task), needed) or mistake(
            scope.tree, loc, sentence, because=[("tasks", task)]
        )
