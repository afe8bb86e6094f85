"""Cross-checks: what can be wrong though each value is well by itself; one file a concern."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tanada.declarations.errors import Mistake
from tanada.declarations.parts import Parts

Check = Callable[[Parts], Iterator[Mistake]]

CHECKS: tuple[Check, ...] = ()
"""Each yields the mistakes that it finds, at the place at fault; whatever is broken already is left out."""
