"""Systems Manager: parameters."""

from __future__ import annotations

from collections.abc import Sequence

from tanada.resources.cost import Planned, Priced, Units
from tanada.resources.entry import Resource, Values, read


def _tier_replaces(state: Values, planned: Values, _changed: Sequence[str]) -> list[str]:
    """AWS takes no parameter down from the advanced tier."""
    return ["tier"] if (state.get("tier"), planned.get("tier")) == ("Advanced", "Standard") else []


def _parameter(parameter: Planned) -> Units | None:
    return [] if parameter.values.get("tier") in (None, "Standard") else None


RESOURCES = (
    Resource(
        type="aws_ssm_parameter",
        lost=None,
        kept=False,
        replaces=read("ssm/parameter.go", "0073593e", "data_type name", when=_tier_replaces),
        cost=Priced(_parameter),
        sensitive=("value",),
    ),
)
