"""What a stack says of itself that was applied: whether it is kept, and what of it was let go alone.

Most types have no protection of AWS's own, and a declaration says what is wished, not what was applied: who destroys
asks the state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tanada.contract.outputs import values

REMOVAL = "removal"
"""The output that holds `keep` or `delete`, as it was last applied."""
LET_GO = "let_go"
"""The output that names the stores and sites with `removal: delete` beside them; there where there is one."""


def outputs(*, keep: bool, let_go: Collection[str] = ()) -> dict[str, object]:
    """What a stack publishes."""
    return {REMOVAL: "keep" if keep else "delete", **({LET_GO: sorted(let_go)} if let_go else {})}


def is_let_go(outputs: Mapping[str, Any]) -> bool:
    """Whether a state's outputs say that all of it may go; a state of before they did says it not, and is kept."""
    return values(outputs).get(REMOVAL) == "delete"


def those_let_go(outputs: Mapping[str, Any]) -> frozenset[str]:
    """The names of those that were let go alone."""
    return frozenset(values(outputs).get(LET_GO) or ())
