"""How a run speaks with whoever asked for it: handed in, so that no one here prints or asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tanada.terraform.layout import Layout
    from tanada.terraform.outcome import Outcome

OnStep = Callable[[str], None]
"""Hears the step that a target is at."""


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

    def synthesizing(self) -> Callable[[str], None] | None:
        """Hears how far a long synth is, and "" at its end; None where nobody looks."""

    def steps(self, label: str) -> OnStep:
        """For one target at a time: hears each step, and what Terraform makes or takes away."""

    def progress(self, labels: Sequence[str]) -> AbstractContextManager[Callable[[str], OnStep]]:
        """For many targets at a time: what hears the steps of each, by its label."""

    def applied(self, outcomes: Sequence[Outcome], layout: Layout, terraform: str) -> None:
        """What was applied and what was not, and why; shown however a run ends. `terraform` says which it was."""
