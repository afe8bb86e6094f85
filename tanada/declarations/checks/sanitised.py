"""Checks of `sanitised`: that its task reaches the copy and nothing else, and asks nothing of what it can't know."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations import placeholders
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.blueprint import sanitised, seeding
from tanada.declared.expanded import texts
from tanada.declared.store import Store
from tanada.declared.tasks import Task
from tanada.declared.ways import places_of
from tanada.text import listed, meant, one_of, quoted


def check_sanitised(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


MOST = 2
"""Stores of an environment: the function of three could have more permissions than a role's policies take (10,240
characters; IAM quotas)."""


def _scope(scope: Scope) -> Iterator[Mistake]:
    well = 0
    for name, store in scope.stores.items():
        said = sanitised(store)
        if said is None or not scope.whole:
            continue
        loc: Loc = ("stores", name, store.word, "sanitised", "task")
        known, part = scope.names("tasks"), scope.parts.get(said.task)
        if scope.homes.get(said.task) != "tasks":
            needed = f"stores.{name} is sanitised by it; override that sanitised too"
            sentence = f"{quoted(said.task)} is no task; {one_of(known)}{meant(said.task, known)}"
            yield at_removal(scope.tree, ("tasks", said.task), needed) or mistake(
                scope.tree, loc, sentence, because=[("tasks", said.task)]
            )
        elif isinstance(part, Task):
            fault = next(_faults(scope, name, store, said.task, part), None)
            well += fault is None
            if fault is not None:
                yield mistake(scope.tree, loc, fault, because=[("tasks", said.task)])
            elif well > MOST:
                sentence = f"more than {MOST} stores of an environment are sanitised; a role takes no more permissions"
                yield mistake(scope.tree, loc[:-1], sentence, at_key=True)


def _faults(scope: Scope, name: str, store: Store, called: str, task: Task) -> Iterator[str]:
    """What such a task can't be, the worst first."""
    task_name, reached = quoted(called), list(task.reached)
    others = [*(each for each in reached if each != name), *(host for host, _ in places_of(task.reach))]
    others += [*task.volumes, *task.security_groups]
    runs = [f"services.{each}.before" for each, service in scope.services.items() if service.before == called]
    runs += [f"data of {each}" for each, seed in seeding(scope.stores).items() if seed == called]
    if name not in reached:
        yield f"{task_name} can't change what it doesn't reach; write reach: [{name}] there"
    elif others:
        yield (
            f"{task_name} reaches {listed(others, 3)} too, and works on people's data as they are: it reaches {name} "
            f"and nothing else; write reach: [{name}] there"
        )
    elif runs:
        yield f"{task_name} is run by applies ({listed(runs, 3)}), and {name} is a copy to it; make a task of its own"
    else:
        yield from _words(name, store, task_name, task)


def _words(name: str, store: Store, task_name: str, task: Task) -> Iterator[str]:
    for _, text in texts(task):
        for word in placeholders.named(text):
            part, _, what = word.partition(".")
            if part != name:
                continue
            if what.partition(".")[0] in store.further:
                has = "a copy has the server's own user alone"
                yield f"{{{word}}} is of no use to {task_name}: {has}; take {{{name}.url}}"
            if what == "host":
                kept = f'secrets: {{DATABASE_URL: "{{{name}.url}}"}}'
                why = f"where a copy answers is known once it stands, so {task_name} takes that from its secret"
                yield f"{why}; write {kept} in the place of {{{word}}}"
