"""What ECS makes of a task definition: its defaults, its containers by name, and deploys that change images alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tanada.plan.differences import Pair, Spread
from tanada.plan.model import Deploy
from tanada.plan.values import Printer, Unknown, empty

TASK_DEFINITION = "aws_ecs_task_definition"
SERVICE = "aws_ecs_service"

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


def image_pairs(pairs: Sequence[Pair]) -> tuple[tuple[str, str, str], ...] | None:
    """Container, image before and after of a task definition that changes by nothing but images; else None.

    `pairs` are its differences, without what the provider fills in.
    """
    images = []
    for pair in pairs:
        if len(pair.path) != 3 or pair.path[0] != "container_definitions" or pair.path[2] != "image":
            return None
        if not (isinstance(pair.before, str) and isinstance(pair.after, str)):
            return None
        images.append((str(pair.path[1]), pair.before, pair.after))
    return tuple(images) or None


def deploy(address: str, images: Sequence[tuple[str, str, str]], printer: Printer) -> Deploy | None:
    """The deploy that new images make; None if one comes from another repository, which no release does."""
    shown = []
    for container, before, after in images:
        (old_repository, old), (new_repository, new) = _split(before), _split(after)
        if old_repository != new_repository:
            return None
        shown.append((printer.text(container), printer.text(old), printer.text(new)))
    return Deploy(printer.address(address), tuple(shown))


def _split(image: str) -> tuple[str, str]:
    """`registry:5000/web:1a2b` → (`registry:5000/web`, `1a2b`); a digest goes with its tag, if there is one."""
    rest, at, digest = image.partition("@")
    folder, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    version = f"{tag}@{digest}" if tag and at else digest if at else tag or "latest"
    return f"{folder}{slash}{name}", version


def takes(pairs: Sequence[Pair], before: Mapping[str, Any], families: frozenset[str]) -> bool:
    """Whether a service's only change is the new revision of one of these task definitions.

    `families` are those (`kakei-test-web`) that are deployed.
    """
    if [pair.path for pair in pairs] != [("task_definition",)]:
        return False
    name, after = _family(before.get("task_definition")), pairs[0].after
    return name in families and (isinstance(after, Unknown) or _family(after) == name)


def _family(definition: Any) -> str | None:
    """`arn:aws:ecs:…:task-definition/web:3` or `web:3` → `web`."""
    return definition.rpartition("/")[2].partition(":")[0] if isinstance(definition, str) else None


def family(before: Mapping[str, Any]) -> str | None:
    """The family of a task definition as it stands in the state."""
    name = before.get("family")
    return name if isinstance(name, str) and not empty(name) else None
