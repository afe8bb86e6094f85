"""One task or job run now, by a person, as it was last applied."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tanada.contract.tasks import Ended, Task, standing
from tanada.declarations.kept_secrets import REVIEW, Instance, find_instance
from tanada.errors import StoppedError, TerraformError
from tanada.names import Names
from tanada.terraform.run import Run, check_protected
from tanada.text import meant, one_of, quoted, visible

if TYPE_CHECKING:
    from tanada.declared.jobs import Job
    from tanada.declared.tasks import Task as Declared


def run_task(run: Run, environment: str, name: str, protected: str | None) -> int:
    """Run a task or a job of an environment to its end, its log to the voice; its exit code.

    Raises TanadaError where there is no such part, or where it isn't applied yet.
    """
    instance = find_instance(run.system, environment)
    part = _part(instance, name)
    check_protected(run, instance.stack, protected)
    task = _standing(run, instance, name, part)
    ended = _ended(run, instance, task)
    if ended.code is None:
        raise TerraformError(f"{instance.name}: {name} did not run to its end{_because(ended)}.")
    run.voice.say(f"{instance.name}: {name} ended with {ended.code}{_because(ended)}; its log is in {task.log_group}.")
    return ended.code


def _because(ended: Ended) -> str:
    return f" ({ended.why})" if ended.why else ""


def _part(instance: Instance, name: str) -> Job | Declared:
    parts: dict[str, Job | Declared] = {**instance.settings.tasks, **instance.settings.jobs}
    if name in parts:
        return parts[name]
    if not parts:
        raise TerraformError(f"{instance.name} has no tasks and no jobs, so there is nothing to run.")
    raise TerraformError(f"{quoted(name)} is no task or job of {instance.name}; {one_of(parts)}{meant(name, parts)}")


def _standing(run: Run, instance: Instance, name: str, part: Job | Declared) -> Task:
    from tanada.aws import states  # loads boto3

    stack = instance.stack
    workspace = instance.name.removeprefix(REVIEW) if stack.kind == "review" else None
    [common] = [each for each in run.stacks if each.name == stack.common]
    called = part.renamed_from[0] if part.renamed_from else name
    names = Names(system=run.system.name, environment=instance.name, label=workspace or instance.name)
    task = standing(
        name,
        called,
        names.joined(called),
        states.document(stack, workspace),
        states.document(common),
        worn=part.security_groups,
        public=not run.system.accounts[stack.account].common.network.tasks_are_private,
    )
    if task is None:
        raise TerraformError(f"{instance.name} has {name} in its declaration alone: apply it first.")
    return task


def _ended(run: Run, instance: Instance, task: Task) -> Ended:
    from tanada.aws.tasks import Clock, run_to_end

    def hear(line: str) -> None:
        run.voice.note(f"{task.name} | {visible(line)}")

    clock = Clock(time.sleep, lambda: run.processes.stopped)
    ended = run_to_end(instance.stack, run.system.name, task, hear, clock, run.environ, longest=None)
    if run.processes.stopped:
        raise StoppedError(f"{instance.name}: {task.name} was stopped.")
    return ended
