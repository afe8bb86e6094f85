"""What an environment says of itself: to people, and to the commands that operate it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tanada.contract.outputs import Contract, values


@dataclass(frozen=True)
class Service:
    """Where a service is found in AWS."""

    service: str
    """The ECS service's name."""
    family: str
    """The task definition's family."""
    log_group: str


@dataclass(frozen=True)
class EnvironmentContract(Contract):
    """One environment."""

    VERSION = 1

    environment: str
    url: str
    cluster_arn: str
    services: dict[str, Service]
    stores: dict[str, str]
    """The name in AWS of each."""
    image_tags: Any
    """Tag by image; as it is published, an expression."""


def image_tags(outputs: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a state's environment runs, whatever version its contract has."""
    return {str(name): str(tag) for name, tag in (values(outputs).get("image_tags") or {}).items()}
