"""How a container is asked whether it is well: what ECS takes, one under and one over."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tanada.declared.container import HealthCheck


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("interval", "5s", "300s"), ("timeout", "2s", "60s"), ("retries", "1", "10"), ("start", "0s", "300s")],
)
def test_ecs_takes_these_numbers_alone(field: str, least: str, most: str) -> None:
    """ECS API reference, HealthCheck."""
    unit = "s" if least.endswith("s") else ""
    lowest, highest = int(least.removesuffix("s")), int(most.removesuffix("s"))
    for taken in (least, most):
        HealthCheck.model_validate({"path": "/up", field: taken})
    for value in (lowest - 1, highest + 1):
        with pytest.raises(ValidationError):
            HealthCheck.model_validate({"path": "/up", field: f"{value}{unit}"})
