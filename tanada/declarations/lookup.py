"""Which stack a word means: the one answer for every verb that takes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tanada.errors import TanadaError
from tanada.text import nearest, one_of, quoted

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


def find_stack(stacks: Sequence[Stack], word: str) -> Stack:
    """The stack of that name, or the environment's; raises TanadaError with what was probably meant."""
    by_name = {stack.name: stack for stack in stacks}
    by_word = {stack.environment: stack for stack in stacks if stack.environment} | by_name
    if word in by_word:
        return by_word[word]
    words = [stack.environment or stack.name for stack in stacks]
    common = f"common-{word}"
    # Of what is listed, by either of its names: "enviroment-test" is meant as test.
    listed = {name: stack.environment or stack.name for name, stack in by_word.items()}
    match = common if common in by_name else listed.get(nearest(word, by_word) or "")
    near = f'; did you mean "{match}"?' if match else ""
    raise TanadaError(f"There is no stack {quoted(word)}; {one_of(words)}{near}")


def find_stacks(stacks: Sequence[Stack], words: Sequence[str]) -> list[Stack]:
    """The stacks that the words mean, each once, in the inventory's order."""
    names = {find_stack(stacks, word).name for word in words}
    return [stack for stack in stacks if stack.name in names]
