"""EventBridge Scheduler."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import NotRead, Resource, replaceable

RESOURCES = (
    Resource(
        type="aws_scheduler_schedule",
        lost=None,
        kept=False,
        replaces=NotRead(),
        cost=ByUse("requests"),
        max_items={
            "target.ecs_parameters.capacity_provider_strategy": 6,
            "target.ecs_parameters.placement_constraints": 10,
            "target.ecs_parameters.placement_strategy": 5,
        },
    ),
    replaceable("aws_scheduler_schedule_group", NotRead(), SETTING),
)
