"""What ECS is told of a strategy, in its own numbers."""

from __future__ import annotations

from typing import Any

import pytest

from modules.deployments import configuration
from tanada.declared.rollout import Rollout


@pytest.mark.parametrize(
    ("said", "strategy", "bake", "steps"),
    [
        ({}, "ROLLING", None, None),
        ({"strategy": "blue_green"}, "BLUE_GREEN", "5", None),
        ({"strategy": "blue_green", "bake": "0s"}, "BLUE_GREEN", "0", None),
        ({"strategy": "canary"}, "CANARY", "5", (5, "10")),
        ({"strategy": "canary", "percent": "1", "wait": "1h", "bake": "1d"}, "CANARY", "1440", (1, "60")),
        ({"strategy": "linear"}, "LINEAR", "5", (10, "6")),
        ({"strategy": "linear", "percent": "33", "wait": "0s"}, "LINEAR", "5", (33, "0")),
    ],
)
def test_each_strategy_has_its_own_steps_in_minutes(said: Any, strategy: str, bake: str | None, steps: Any) -> None:
    made = configuration(Rollout.model_validate(said))
    assert (made.strategy, made.bake_time_in_minutes) == (strategy, bake)
    canary, linear = made.canary_configuration, made.linear_configuration
    assert (canary is not None, linear is not None) == (strategy == "CANARY", strategy == "LINEAR")
    if canary is not None:
        assert (canary.canary_percent, canary.canary_bake_time_in_minutes) == steps
    if linear is not None:
        assert (linear.step_percent, linear.step_bake_time_in_minutes) == steps


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ({}, 0),
        ({"strategy": "blue_green", "bake": "7m"}, 7),
        ({"strategy": "canary", "wait": "5m"}, 10),
        ({"strategy": "linear", "percent": "20", "wait": "3m"}, 4 * 3 + 5),
        ({"strategy": "linear", "percent": "30", "wait": "3m"}, 3 * 3 + 5),
        ({"strategy": "linear", "percent": "100", "wait": "3m"}, 5),
    ],
)
def test_how_long_requests_take_to_move(said: Any, minutes: int) -> None:
    """ECS waits between two steps, not after the last one (LinearConfiguration)."""
    assert Rollout.model_validate(said).seconds == minutes * 60
