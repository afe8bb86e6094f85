"""How it went for one target: what went wrong is part of the outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tanada.errors import StoppedError, TanadaError, TerraformFailedError, WaitsForCommonError
from tanada.plan import Message, Part, Status, Summary
from tanada.secrecy import Secrets
from tanada.terraform.layout import Target


@dataclass(frozen=True)
class Outcome:
    """How it went for one target."""

    target: Target
    status: Literal["valid"] | Status
    message: str | None = None
    """What to read when it didn't go well."""
    summary: Summary | None = None
    messages: tuple[Message, ...] = ()
    """Errors and warnings, for the report."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Tags that `--image` gave, and those of images that never ran before."""
    foreseen: bool = False
    """Whether its plan stands on a common layer that isn't applied as it is declared."""
    left: tuple[Part, ...] = ()
    """Of a plan in steps: what the steps that are still to come are held to."""
    secrets: Secrets = field(default_factory=Secrets, repr=False, compare=False)
    """What no text of it may hold."""


def attempt(target: Target, work: Callable[[], Outcome]) -> Outcome:
    """What `work` returns, or how it went wrong."""
    try:
        return work()
    except TanadaError as error:
        return of_error(target, error)


def of_error(target: Target, error: TanadaError) -> Outcome:
    """The outcome of a target that ended with an error."""
    sentence = (Message("error", str(error)),)
    match error:
        case WaitsForCommonError():
            return Outcome(target, "waits for common", str(error), messages=sentence)
        case StoppedError():
            return Outcome(target, "interrupted", str(error), messages=sentence)
        case TerraformFailedError():
            return Outcome(target, "failed", str(error), messages=error.messages)
        case _:
            return Outcome(target, "refused", str(error), messages=sentence)
