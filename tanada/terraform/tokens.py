"""Steps that give a cache its token, before anything starts that reads it; the one before goes at the end."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tanada.contract import tokens
from tanada.errors import StoppedError, TerraformError

if TYPE_CHECKING:
    from tanada.aws.tokens import Clock
    from tanada.contract.tokens import Put
    from tanada.declarations.inventory import Stack
    from tanada.plan import Step
    from tanada.terraform.run import Run
    from tanada.terraform.session import Session


class Tokens:
    """The tokens that an apply has put, until they are the only ones: in memory alone."""

    def __init__(self, run: Run, session: Session) -> None:
        self._run, self._session = run, session
        self._put: dict[str, tuple[Put, str]] = {}

    def put(self, step: Step, plan: Mapping[str, Any], *, alone: bool) -> None:
        """Put the token of a step's cache, of which the plan says where; nothing where the plan asks for it no more.
        `alone` makes it the only one at once.

        Raises StoppedError where somebody stops it, AwsError where AWS refuses.
        """
        label, voice = self._session.target.label, self._run.voice
        due = next((each for each in tokens.due(plan) if each.cache == step.token), None)
        if due is None:
            return
        if due.how is None:
            raise TerraformError(f"{label}: where the token of {due.cache} goes isn't known yet. Plan again.")
        if self._session.context.offline:
            voice.note(f"{label}: {due.cache}: there is no AWS offline: no token is put.")
            self._put[due.cache] = due.how, ""
            return
        from tanada.aws.tokens import put  # loads boto3

        token = put(*self._where(), due.how, self._clock(), os.environ)
        if token is None:
            raise self._stopped(due.cache)
        self._put[due.cache] = due.how, token
        if alone:
            self._alone(due.cache)
        voice.say(f"{label}: {due.cache} has a token that nobody has seen: its secret holds it.")

    def alone(self, step: Step) -> None:
        """Make the token of a step's cache the only one; the same apply has put it. Raises as `put` does."""
        label, cache = self._session.target.label, str(step.alone)
        if cache not in self._put:
            raise TerraformError(f"{label}: the token of {cache} is known to the apply that put it alone. Plan again.")
        if not self._session.context.offline:
            self._alone(cache)
        self._run.voice.say(f"{label}: {cache} takes its new token alone.")

    def _alone(self, cache: str) -> None:
        from tanada.aws.tokens import make_alone

        if not make_alone(*self._where(), *self._put[cache], self._clock(), os.environ):
            raise self._stopped(cache)

    def _where(self) -> tuple[Stack, str]:
        stack = self._session.target.stack
        return stack, stack.state_key.partition("/")[0]

    def _clock(self) -> Clock:
        from tanada.aws.tokens import Clock

        return Clock(time.sleep, lambda: self._run.processes.stopped)

    def _stopped(self, cache: str) -> StoppedError:
        label = self._session.target.label
        return StoppedError(f"{label}: interrupted while {cache} got its token: plan again, it gets another one.")
