"""How tasks are divided between Fargate and Fargate Spot."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.ecs_service import EcsServiceCapacityProviderStrategy

from tanada.declared.spot import Spot


def capacity(spot: Spot) -> list[EcsServiceCapacityProviderStrategy]:
    """The split between Fargate and Fargate Spot; alone a provider has the weight 1, and one that gets no task is left
    out."""
    base, mixed = spot.on_demand or None, 0 < spot.share < 100
    demand, share = (100 - spot.share, spot.share) if mixed else (int(spot.share == 0), 1)
    first = [EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE", weight=demand, base=base)]
    rest = [EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=share)]
    return [*(first if demand or base else ()), *(rest if spot.share else ())]
