"""How a run speaks with whoever asked for it: handed in, so that no one here prints or asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tanada.terraform.layout import Layout
    from tanada.terraform.outcome import Outcome

WAITS = "Waits for the lock of"
"""What a step begins with that may take ten minutes, of which Terraform says nothing: shown where others are not."""
LEFT = "Terraform left"
"""What a step begins with that says where a file is now that a command wrote beside its configuration."""

OnStep = Callable[[str], None]
"""Hears the step that a target is at."""


def _nobody(_text: str) -> None:
    pass


def _silent() -> None:
    pass


@dataclass(frozen=True)
class Listener:
    """Who hears of a synth while it runs."""

    begins: Callable[[], None] = _silent
    """Hears that stacks are to be made, which takes a while."""
    progress: Callable[[str], None] | None = None
    """Hears how far it is; None where nobody looks."""
    said: Callable[[str], None] = _nobody
    """Hears what main.py says beside its result."""


NOBODY = Listener()


class Voice(Protocol):
    """What a run says, shows and asks."""

    def note(self, text: str) -> None:
        """What happens now."""

    def say(self, text: str) -> None:
        """A result."""

    def can_ask(self) -> bool:
        """Whether somebody could answer."""

    def ask(self, question: str) -> str:
        """The answer to a question; a signal may end the wait."""

    def synthesizing(self) -> AbstractContextManager[Listener]:
        """Who hears of one that may begin in here."""

    def steps(self, label: str) -> OnStep:
        """For one target at a time: hears each step, and what Terraform makes or takes away."""

    def progress(self, labels: Sequence[str]) -> AbstractContextManager[Callable[[str], OnStep]]:
        """For many targets at a time: what hears the steps of each, by its label."""

    def applied(self, outcomes: Sequence[Outcome], layout: Layout, terraform: str) -> None:
        """What was applied and what was not, and why; shown however a run ends. `terraform` says which it was."""
