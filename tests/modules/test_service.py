"""What a service's numbers come to."""

from __future__ import annotations

import pytest

from tanada.declared.service import Service


@pytest.mark.parametrize(
    ("grace", "drain", "stop", "taken"),
    [("60s", "30s", "60s", 20), ("5m", "0s", "2s", 21), ("0s", "1h", "2m", 77), ("2h", "1h", "2m", 197)],
)
def test_a_deployment_may_take_as_long_as_its_tasks_may(grace: str, drain: str, stop: str, taken: int) -> None:
    service = Service.model_validate(
        {"image": "web", "health_check_grace_period": grace, "deregistration_delay": drain, "stop_timeout": stop}
    )
    assert service.minutes == taken
