"""What of a listener rule ECS writes, and Terraform leaves alone."""

from __future__ import annotations

import pytest

from modules.public_route import turns


@pytest.mark.parametrize(("order", "place"), [(None, 0), (1, 0), (2, 1)])
def test_what_ecs_writes_is_in_the_action_that_leads_on_behind_a_sign_in_too(order: int | None, place: int) -> None:
    assert turns(order) == (f"action[{place}].forward[0].target_group", f"action[{place}].forward[0].stickiness")
