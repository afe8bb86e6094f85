"""A stack is a function of its input."""

from __future__ import annotations

from cdktf import App

from tanada.declarations.inputs import CommonInput, Input
from tanada.declared.literals import literals
from tanada.stacks.base import BaseStack
from tanada.stacks.common import CommonStack
from tanada.stacks.environment import EnvironmentStack, ReviewStack


def stack_of(app: App, input: Input) -> BaseStack:
    """The stack of this input; its bytes depend on nothing else, and what was declared stands in them as literals."""
    input = literals(input)
    if isinstance(input, CommonInput):
        return CommonStack(app, input)
    return ReviewStack(app, input) if input.stack.kind == "review" else EnvironmentStack(app, input)
