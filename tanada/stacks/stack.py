"""A stack is a function of its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import App

from tanada.declarations.inputs import CommonInput, Input
from tanada.declared.literals import literals
from tanada.stacks.base import BaseStack

if TYPE_CHECKING:
    from tanada.stacks.extending import Extension


def stack_of(app: App, input: Input, extension: Extension | None = None) -> BaseStack:
    """The stack of this input; its bytes depend on nothing else but a team's own extension of its kind, and what was
    declared stands in them as literals."""
    input = literals(input)
    # Imported where the first is made: Node makes the common layers while Python imports what environments are made of.
    if isinstance(input, CommonInput):
        from tanada.stacks.common import CommonStack

        return CommonStack(app, input, extension)
    from tanada.stacks.environment import EnvironmentStack, ReviewStack

    kind = ReviewStack if input.stack.kind == "review" else EnvironmentStack
    return kind(app, input, extension)
