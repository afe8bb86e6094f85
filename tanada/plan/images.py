"""Where images come from, and who may replace them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, of_type


def docker_hub(changes: Sequence[Change]) -> Iterator[Caution]:
    """Docker Hub counts pulls by address (docs.docker.com, "Docker Hub usage and limits"); tasks share a NAT's."""
    for definition in of_type(changes, "aws_ecs_task_definition"):
        before, after = _images(definition.before), _images(definition.after)
        if any(map(_of_docker_hub, after - before)) and not any(map(_of_docker_hub, before)):
            whose = definition.address.partition(".")[2].removesuffix("_task_definition")
            yield Caution(
                f"{whose} pulls an image from Docker Hub, which limits pulls by address: a task that ends again "
                "and again can soon start no more; public.ecr.aws/docker/library has the official ones"
            )


def moving_tags(changes: Sequence[Change]) -> Iterator[Caution]:
    """Tags that a push may give to another image from now on (ECR user guide, "Preventing image tags from being
    overwritten"). ECS asks once a deployment which image a tag is ("Container image resolution")."""
    for registry in of_type(changes, "aws_ecr_repository"):
        before, after = (side.get("image_tag_mutability") for side in (registry.before, registry.after))
        if registry.updates and before == "IMMUTABLE" and after == "MUTABLE":
            yield Caution(
                f"whoever pushes to {registry.after.get('name')} may give a tag that runs to another image: it runs "
                "from the next deployment on, which no plan shows, and planning with the same tag deploys nothing"
            )


def _images(definition: Values) -> set[str]:
    text = definition.get("container_definitions")
    try:
        containers = json.loads(text) if isinstance(text, str) else []
        return {str(each["image"]) for each in containers}
    except (ValueError, KeyError, TypeError):
        return set()


def _of_docker_hub(image: str) -> bool:
    """A reference whose first part names no host (distribution/reference, "splitDockerDomain")."""
    first, slash, _ = image.partition("/")
    return first in ("docker.io", "index.docker.io") or not slash or not set(first) & set(".:")
