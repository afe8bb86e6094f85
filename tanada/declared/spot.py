"""How many of a service's tasks run on Fargate Spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Whole
from tanada.declared.model import Model


def _of_share(number: str) -> Mapping[str, str]:
    """A bare number is the share."""
    return {"share": number}


class Spot(Model):
    """The split between Fargate and Fargate Spot (Amazon ECS API reference, CapacityProviderStrategyItem)."""

    SHORT = _of_share

    share: Annotated[int, Whole(0, 100)] = 0
    """Percent of the tasks beyond `base` on Fargate Spot."""
    base: Annotated[int, Whole(0, 5000)] | None = None
    """So many tasks on demand first; left out, one, or none where all are on Spot."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.base and not self.share:
            sentence = "without a share on Spot all tasks run on demand; say share, or take base out"
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
        return self

    def bare(self) -> str | None:
        return str(self.share) if self.base is None else None

    @property
    def on_demand(self) -> int:
        """How many tasks are never on Spot."""
        return self.base if self.base is not None else int(0 < self.share < 100)


def _share(value: Any) -> Any:
    return {"share": value} if isinstance(value, str | int) else value


SpotOf = Annotated[Spot, BeforeValidator(_share, json_schema_input_type=Annotated[int, Whole(0, 100)] | Spot)]
