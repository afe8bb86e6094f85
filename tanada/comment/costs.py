"""What changes cost, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tanada.comment.escape import code
from tanada.comment.phrases import names
from tanada.plan.model import Cost

_ZERO = 0.005
"""US dollars that are no change: less than half a cent."""
_TYPES = 5
"""Types without a price that the line names."""


def money(dollars: float) -> str:
    """A change of cost; without the `$`, which begins mathematics on GitHub and a snippet on GitLab."""
    return "±0.00" if abs(dollars) < _ZERO else f"{dollars:+,.2f}".replace("-", "−")


def cost_change(cost: Cost | None) -> float:
    """US dollars a month; none where no price is known."""
    return cost.after - cost.before if cost else 0.0


def total(costs: Sequence[Cost]) -> str | None:
    """The sum of all stacks; None where there is nothing to say."""
    before, after = sum(cost.before for cost in costs), sum(cost.after for cost in costs)
    by_use: Counter[str] = Counter()
    unpriced: Counter[str] = Counter()
    for cost in costs:
        by_use.update(dict(cost.by_use))
        unpriced.update(dict(cost.unknown))
    unpriced -= by_use
    changes = abs(after - before) >= _ZERO
    scales = any(cost.scaled != cost.scaled_before for cost in costs)
    if not costs or not (changes or by_use or unpriced or scales):
        return None
    dated = names(sorted({cost.dated for cost in costs}), 3)
    line = f"**{money(after - before)} USD a month**" if changes else "no known change of cost"
    line += f" ({before:,.2f} → {after:,.2f}{_scaled(costs)}; estimate, prices of {dated})"
    return line + _left_out("paid by use", by_use) + _left_out("without a known price", unpriced)


def _scaled(costs: Sequence[Cost]) -> str:
    """Between what the sum moves, where any service scales."""
    if all(cost.scaled is None for cost in costs):
        return ""
    least, most = (sum(cost.scaled[end] if cost.scaled else cost.after for cost in costs) for end in (0, 1))
    return f", from {least:,.2f} to {most:,.2f} by scale"


def _left_out(why: str, types: Counter[str]) -> str:
    if not types:
        return ""
    shown = ", ".join(f"{number:,} {code(type_)}" for type_, number in types.most_common(_TYPES))
    more = f" and {len(types) - _TYPES:,} more types" if len(types) > _TYPES else ""
    return f"; not in it, {why}: {shown}{more}"
