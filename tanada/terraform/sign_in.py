"""The step that gives Cognito an account's identity provider, before anything is told that it is there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tanada.contract import sign_in
from tanada.errors import TerraformError

if TYPE_CHECKING:
    from tanada.plan import Step
    from tanada.terraform.run import Run
    from tanada.terraform.session import Session


def put(run: Run, session: Session, step: Step, plan: Mapping[str, Any]) -> None:
    """Put a step's identity provider, of which the plan says all but the secret; nothing where the plan asks for it no
    more. Raises AwsError where AWS refuses, and where there is no secret."""
    target, voice = session.target, run.voice
    due = next((each for each in sign_in.due(plan) if each.name == step.provider), None)
    if due is None:
        return
    if due.how is None:
        raise TerraformError(f"{target.label}: the user pool of {due.name} isn't known yet. Plan again.")
    if session.context.offline:
        voice.note(f"{target.label}: there is no AWS offline: {due.name} is put nowhere, and its secret is not read.")
        return
    from tanada.aws.sign_in import put as put_there  # loads boto3
    from tanada.declarations.kept_secrets import kept_at
    from tanada.declared.sign_in import CALLBACK, host

    system, stack = run.system.name, target.stack
    put_there(stack, system, due.how, kept_at(due.how.secret, stack), os.environ)
    answers = f"https://{host(system, stack.account_id, stack.region)}{CALLBACK}"
    voice.say(
        f"{target.label}: Cognito has {due.name} with its secret. There this address has to be allowed: {answers}"
    )
