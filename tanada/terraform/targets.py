"""From the words of a command to targets: a stack, or one workspace of the review stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tanada.declarations.lookup import find_stack, find_stacks
from tanada.terraform import workspaces
from tanada.terraform.layout import Target

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System


def one(system: System, stacks: Sequence[Stack], word: str, workspace: str | None) -> Target:
    """The one target of a command; review needs a workspace, and no other stack takes one."""
    target = standing(system, stacks, word, workspace)
    workspaces.check_free(system, target)
    return target


def standing(system: System, stacks: Sequence[Stack], word: str, workspace: str | None) -> Target:
    """The same of a command that takes down what is there: whatever made it, it can be destroyed."""
    return workspaces.choose(system, find_stack(stacks, word), workspace)


def several(system: System, stacks: Sequence[Stack], words: Sequence[str], workspace: str | None) -> list[Target]:
    """The targets of words, in the inventory's order; without words all that are created but review, with a workspace
    it too."""
    without_words = [stack for stack in stacks if stack.created and (stack.kind != "review" or workspace)]
    chosen = find_stacks(stacks, words) if words else without_words
    workspaces.check_used(workspace, chosen)
    targets = [workspaces.choose(system, stack, workspace if stack.kind == "review" else None) for stack in chosen]
    for target in targets:
        workspaces.check_free(system, target)
    return targets
