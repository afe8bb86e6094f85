"""What ECS makes of a task definition: its defaults, and its containers by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tanada.plan.pairs import Spread

TASK_DEFINITION = "aws_ecs_task_definition"

COMPUTED = frozenset({"arn", "arn_without_revision", "enable_fault_injection", "id", "revision"})
"""Attributes of a task definition that the provider fills in for every new revision."""


def by_name(definitions: Any, network_mode: Any) -> Any:
    """Container definitions by name with ECS's defaults filled in; as they are where that can't be.

    Defaults: ContainerDefinition and PortMapping in the API reference of Amazon ECS, and what ECS gives back for a
    definition without them (terraform-provider-aws, `containerDefinitionsAreEquivalent`).
    """
    if not isinstance(definitions, list) or not all(isinstance(item, Mapping) for item in definitions):
        return definitions
    names = [item.get("name") for item in definitions]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) != len(names):
        return definitions
    return Spread({str(item["name"]): _filled(item, network_mode) for item in definitions})


def _filled(container: Mapping[str, Any], network_mode: Any) -> dict[str, Any]:
    ports = container.get("portMappings")
    if isinstance(ports, list):
        ports = [_port(item, network_mode) if isinstance(item, Mapping) else item for item in ports]
    # Empty lists (environment, mountPoints, volumesFrom, systemControls, …) are the same as none anyway.
    return {
        **{key: item for key, item in container.items() if key != "name"},
        "cpu": 0 if container.get("cpu") is None else container["cpu"],
        "essential": True if container.get("essential") is None else container["essential"],
        **({"portMappings": ports} if ports else {}),
    }


def _port(mapping: Mapping[str, Any], network_mode: Any) -> dict[str, Any]:
    host = mapping.get("hostPort")
    if host in {None, 0}:
        # In a bridge network 0 is another port at each start.
        host = 0 if network_mode in {"bridge", None, ""} else mapping.get("containerPort")
    return {**mapping, "hostPort": host, "protocol": mapping.get("protocol") or "tcp"}
