"""How a service gets from one version to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from tanada.declared.fields import Seconds, Whole, expected
from tanada.declared.model import Model

_PERCENTS: Mapping[str, tuple[int, int]] = {"rolling": (100, 200), "recreate": (0, 100)}
_SHIFTING = ("blue_green", "canary", "linear")
_STEPS: Mapping[str, tuple[int, int]] = {"canary": (5, 600), "linear": (10, 360)}
"""Percent and seconds that ECS takes where nothing is said (Amazon ECS API reference, CanaryConfiguration,
LinearConfiguration)."""
LEAST_STEP = 3
"""Percent of a linear deployment (LinearConfiguration)."""
_BAKE = 300
"""ECS has no default of its own: BLUE_GREEN asks for a number (DeploymentConfiguration)."""


def _spelled(word: str) -> Mapping[str, str]:
    """A bare word is all of it."""
    if word in _SHIFTING:
        return {"strategy": word}
    return dict(zip(("minimum", "maximum"), map(str, _PERCENTS.get(word, ())), strict=False))


def _rollout(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not (fields := _spelled(value)):
        raise expected("rolling, recreate, blue_green, canary, linear, or percents such as {minimum: 50, maximum: 200}")
    return fields


def _minutes(value: int) -> int:
    if value % 60:
        raise expected("whole minutes such as 5m: ECS counts in minutes")
    return value


Minutes = Annotated[int, Seconds(0, 24 * 3600), AfterValidator(_minutes)]


class Rollout(Model):
    """How many tasks run during a deployment, or how requests move from the old ones to the new (Amazon ECS API
    reference, DeploymentConfiguration)."""

    SHORT = _spelled

    strategy: Literal["rolling", "blue_green", "canary", "linear"] = "rolling"
    """The last three start all new tasks beside the old ones, and move the requests at once, a few percent first, or in
    equal steps; with `deploy: external`."""
    minimum: Annotated[int, Whole(0, 100)] = 100
    """Of rolling, in percent of `count`: at least, well; ECS rounds up."""
    maximum: Annotated[int, Whole(100, 200)] = 200
    """Of rolling: at most, old and new ones; ECS rounds down."""
    percent: Annotated[int, Whole(1, 100)] | None = None
    """Of the requests: what canary moves first, left out 5; what each step of linear moves, left out 10."""
    wait: Minutes | None = None
    """Of canary and linear: until the next step; left out 10m and 6m."""
    bake: Minutes | None = None
    """How long the old tasks stay once all requests have moved, to go back in a moment; left out 5m."""

    def bare(self) -> str | None:
        if self.shifts:
            return self.strategy if self == Rollout(strategy=self.strategy) else None
        return next((word for word, (least, most) in _PERCENTS.items() if self == _rolling(least, most)), None)

    @property
    def shifts(self) -> bool:
        """Whether ECS moves requests from one target group to another."""
        return self.strategy != "rolling"

    @property
    def recreate(self) -> bool:
        """Whether no task starts before one stops."""
        return self.maximum == 100 and not self.shifts

    @property
    def step(self) -> tuple[int, int] | None:
        """Percent and seconds of a step, where there are several."""
        known = _STEPS.get(self.strategy)
        if known is None:
            return None
        percent, wait = known
        return (
            self.percent if self.percent is not None else percent,
            self.wait if self.wait is not None else wait,
        )

    @property
    def baking(self) -> int:
        """Seconds that the old tasks stay."""
        return self.bake if self.bake is not None else _BAKE

    @property
    def seconds(self) -> int:
        """What it takes beside starting and stopping tasks."""
        if not self.shifts:
            return 0
        if self.step is None:
            return self.baking
        percent, wait = self.step
        waits = 1 if self.strategy == "canary" else -(-100 // percent) - 1
        return waits * wait + self.baking

    def stands_still(self, count: int) -> bool:
        """Whether with so many tasks neither a new one may start nor an old one stop."""
        stands = count * self.maximum // 100 <= count and -(-count * self.minimum // 100) >= count
        return count > 0 and stands and not self.shifts


def _rolling(minimum: int, maximum: int) -> Rollout:
    return Rollout(minimum=minimum, maximum=maximum)


RolloutOf = Annotated[
    Rollout,
    BeforeValidator(
        _rollout,
        json_schema_input_type=Literal["rolling", "recreate", "blue_green", "canary", "linear"] | Rollout,
    ),
]
