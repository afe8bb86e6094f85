"""A stack is a function of its input."""

from __future__ import annotations

from cdktf import App

from tanada.declarations.inputs import CommonInput, Input
from tanada.declared.literals import literals
from tanada.stacks.base import BaseStack


def stack_of(app: App, input: Input) -> BaseStack:
    """The stack of this input; its bytes depend on nothing else, and what was declared stands in them as literals."""
    input = literals(input)
    # Imported where the first is made: Node makes the common layers while Python imports what environments are made of.
    if isinstance(input, CommonInput):
        from tanada.stacks.common import CommonStack

        return CommonStack(app, input)
    from tanada.stacks.environment import EnvironmentStack, ReviewStack

    return ReviewStack(app, input) if input.stack.kind == "review" else EnvironmentStack(app, input)
