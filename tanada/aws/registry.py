"""Which images an account's registries hold: asked before a deployment, which would fail for want of one."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.ci_roles import session_of
from tanada.aws.credentials import CONFIG
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

_NAMES = {"x86_64": "amd64", "arm64": "arm64"}
"""How the registry's lists call a processor (OCI image index, `platform.architecture`: Go's GOARCH)."""
_LISTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_NOT_THERE = {"ImageNotFoundException", "RepositoryNotFoundException"}


def missing(stack: Stack, system: str, tags: Mapping[str, str], processors: Mapping[str, Collection[str]]) -> list[str]:
    """Sentences about tags, by image, that the registry of a stack's account doesn't hold for all its processors.

    What AWS doesn't answer, for whatever reason, is left to the deployment. What processor an image is for that was
    pushed alone, without a list, stands in its layers, which are not read.
    """
    try:
        ecr = session_of(stack, system, os.environ).client("ecr", config=CONFIG)
    except AwsError:
        return []
    found = (_missing(ecr, f"{system}/{name}", tag, processors.get(name, ())) for name, tag in sorted(tags.items()))
    return [sentence for sentence in found if sentence]


def _missing(ecr: Any, repository: str, tag: str, processors: Collection[str]) -> str | None:
    try:
        ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
        held = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}], acceptedMediaTypes=_LISTS)
        listed = json.loads(held["images"][0]["imageManifest"])["manifests"]
        platforms = {each["platform"]["architecture"] for each in listed if each["platform"].get("os") == "linux"}
    except ClientError as error:
        there = error.response.get("Error", {}).get("Code") not in _NOT_THERE
        return None if there else f"The registry {repository} holds no image with the tag {tag}."
    except (BotoCoreError, LookupError, ValueError, TypeError, AttributeError):
        return None
    wanted = sorted(name for name in processors if _NAMES.get(name, name) not in platforms)
    if not wanted:
        return None
    return f"The image {repository}:{tag} is not built for {', '.join(wanted)}, but for {', '.join(sorted(platforms))}."
