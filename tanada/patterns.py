"""Regular expressions that are compiled when they are first asked for.

Compiling those of `tanada/secrecy` takes 10 ms, and most commands print nothing that needs any: what looks for
credentials asks first whether a sign of one stands in the text. Where each start needs a pattern, `re.compile` is it.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """What the compiled one has of this name: asked for once, for it is kept."""
        value = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, value)
        return value


every: list[re.Pattern[str]] = []
"""What was made so, to be compiled ahead (scripts/compiled_texts.py)."""


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`."""
    made = cast("re.Pattern[str]", _Pattern(text, flags))
    every.append(made)
    return made
