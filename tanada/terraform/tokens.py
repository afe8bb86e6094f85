"""A step that gives a cache its token, before anything starts that reads it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tanada.contract import tokens
from tanada.errors import StoppedError, TerraformError

if TYPE_CHECKING:
    from tanada.plan import Step
    from tanada.terraform.run import Run
    from tanada.terraform.session import Session


def run(run: Run, session: Session, step: Step, plan: Mapping[str, Any]) -> None:
    """Put the token of a step's cache, of which the plan says where; nothing where the plan asks for it no more.

    Raises StoppedError where somebody stops it, AwsError where AWS refuses.
    """
    label = session.target.label
    due = next((each for each in tokens.due(plan) if each.cache == step.token), None)
    if due is None:
        return
    if due.how is None:
        raise TerraformError(f"{label}: where the token of {due.cache} goes isn't known yet. Plan again.")
    if session.context.offline:
        run.voice.note(f"{label}: {due.cache}: there is no AWS offline: no token is put.")
        return
    from tanada.aws.tokens import Clock, put  # loads boto3

    stack = session.target.stack
    clock = Clock(time.sleep, lambda: run.processes.stopped)
    if not put(stack, stack.state_key.partition("/")[0], due.how, clock, os.environ):
        raise StoppedError(f"{label}: interrupted while {due.cache} got its token: apply again, it gets another one.")
    run.voice.say(f"{label}: {due.cache} has a token that nobody has seen: its secret holds it.")
