"""What an environment says of itself: to people, and to the commands that operate it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """Tag by image; as it is published, an expression each. All stay as they were where any service fails."""


_OF_IMAGE = "image_tag_"
"""Begins the output that holds the tag of one image."""


def image_tag_outputs(image_tags: Mapping[str, str]) -> dict[str, str]:
    """An output for each image beside the contract's one for all: a failed deployment leaves only its own as it was."""
    return {image_tag_output(image): tag for image, tag in image_tags.items()}


def image_tag_output(image: str) -> str:
    """The output that holds the tag of one image."""
    return f"{_OF_IMAGE}{image}"


RECORDS_ELSEWHERE = "records_elsewhere"
"""The output for people: hosts that lie in no zone of the common layer, and the load balancer that whoever keeps their
DNS leads each to."""

STORE_VERSIONS = "store_versions"
"""The output, and the variable, that hold the number of each store's password, by what the store was called first."""


def store_version_outputs(numbers: Mapping[str, str]) -> dict[str, Any]:
    """The output beside the contract that says the numbers last tried; none where no store has a password.

    Written even where the apply fails, as it is known at plan: what failed halfway is written again with a higher one.
    """
    return {STORE_VERSIONS: dict(numbers)} if numbers else {}


def store_versions(outputs: Mapping[str, Any]) -> dict[str, int]:
    """The numbers that a state holds; none where it has no such stores."""
    held = values(outputs).get(STORE_VERSIONS) or {}
    return {str(name): int(number) for name, number in held.items()}


def deployed(definitions: Sequence[str], tag: str) -> str:
    """The expression for a tag that is known only once the services that run it are deployed and steady.

    `definitions` refer to the task definitions of these services; all stand without braces. Terraform writes an output
    that it can tell at plan even where the apply fails, `depends_on` or not; one that waits for a new revision's ARN
    is left as it was. No tag holds `|`.
    """
    return f'${{split("|", join("|", [{", ".join([*definitions, tag])}]))[{len(definitions)}]}}'


def image_tags(outputs: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a state's environment runs, whatever version its contract has; before there was an output for each
    image, those last tried."""
    held = values(outputs)
    each = {name.removeprefix(_OF_IMAGE): tag for name, tag in held.items() if name.startswith(_OF_IMAGE)}
    return {str(name): str(tag) for name, tag in {**(held.get("image_tags") or {}), **each}.items() if tag}


def is_image_tag(output: str) -> bool:
    """Whether an output notes which tags run, and nothing else."""
    return output == "image_tags" or output.startswith(_OF_IMAGE)
