"""A step that runs a task to its end: services that wait for it change only where it ends with 0."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tanada.contract import tasks
from tanada.contract.tasks import Ended
from tanada.errors import StoppedError, TaskFailedError
from tanada.offline.address import FAULTS
from tanada.plan import Message, Step
from tanada.text import visible

if TYPE_CHECKING:
    from tanada.contract.tasks import Task
    from tanada.terraform.run import Run
    from tanada.terraform.session import Session


def run(run: Run, session: Session, step: Step, plan: Mapping[str, Any]) -> None:
    """Run a step's task, of which the plan says how; nothing where the plan asks for it no more.

    Raises TaskFailedError where it doesn't end with 0, StoppedError where somebody stops it, AwsError where AWS
    refuses.
    """
    label = session.target.label
    due = next((each for each in tasks.due(plan) if each.task == step.task), None)
    if due is None:
        return
    waiting = " and ".join(step.before) or "the rest"
    stay = f"{waiting} {'stay as they are' if len(step.before) > 1 else 'stays as it is'}"
    name = step.called
    if due.how is None:
        raise _failed(f"{label}: how {name} is run isn't known yet, so {stay}. Plan again.")
    ended = _offline(run, session, due.how) if session.context.offline else _in_aws(run, session, due.how)
    if ended.code == 0:
        run.voice.say(f"{label}: {name} ended with 0 ({session.context.says}).")
        return
    if run.processes.stopped:
        raise StoppedError(f"{label}: interrupted: {name} was stopped, and {stay}.")
    how = f"ended with exit code {ended.code}" if ended.code is not None else "did not run to its end"
    why = f" ({ended.why})" if ended.why else ""
    raise _failed(
        f"{label}: {name} {how}{why}, so {stay}. Its log is in {due.how.log_group}. Mend the cause, then plan "
        "again; where that changes nothing here, apply again."
    )


def _failed(sentence: str) -> TaskFailedError:
    return TaskFailedError(sentence, (Message("error", sentence),))


def _offline(run: Run, session: Session, task: Task) -> Ended:
    from tanada.offline.tasks import code

    target, context = session.target, session.context
    run.voice.note(f"{target.label}: {task.name} | there is no AWS offline: nothing runs.")
    return Ended(code(context.environ.get(FAULTS) or "", context.layout.offline, target.stack.name, task.name))


def _in_aws(run: Run, session: Session, task: Task) -> Ended:
    from tanada.aws.tasks import Clock, run_to_end  # loads boto3

    target = session.target

    def hear(line: str) -> None:
        run.voice.note(f"{target.label}: {task.name} | {visible(session.secrets.remove(line))}")

    clock = Clock(time.sleep, lambda: run.processes.stopped)
    system = target.stack.state_key.partition("/")[0]
    return run_to_end(target.stack, system, task, hear, clock, os.environ)
