"""Which tags an image registry holds, and for which processors."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.ci_roles import session_of
from tanada.aws.credentials import CONFIG
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


def tags(stack: Stack, repository: str) -> frozenset[str] | None:
    """The tags in a repository of a stack's account; None where there is no such repository yet.

    Raises AwsError where it can't be asked.
    """
    system = repository.partition("/")[0]
    found: set[str] = set()
    try:
        ecr = session_of(stack, system, os.environ).client("ecr", config=CONFIG)
        pages = ecr.get_paginator("list_images").paginate(repositoryName=repository, filter={"tagStatus": "TAGGED"})
        for page in pages:
            found.update(each["imageTag"] for each in page["imageIds"] if "imageTag" in each)
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == "RepositoryNotFoundException":
            return None
        raise AwsError(f"The tags in {repository} of account {stack.account} can't be listed: {error}") from None
    return frozenset(found)


_NAMES = {"x86_64": "amd64", "arm64": "arm64"}
"""How the registry's lists call a processor (OCI image index, `platform.architecture`: Go's GOARCH)."""
_LISTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)


def missing(
    stack: Stack, system: str, wanted: Mapping[str, str], processors: Mapping[str, Collection[str]]
) -> list[str]:
    """Sentences about tags, by image, that the registries of a stack's account don't hold for all their processors.

    What AWS doesn't answer, for whatever reason, is left to the deployment. For which processor an image is that was
    pushed alone, without a list, stands in its layers, which are not read.
    """
    found = []
    for image, tag in sorted(wanted.items()):
        repository = f"{system}/{image}"
        try:
            held = tags(stack, repository)
        except AwsError:
            continue
        if tag not in (held or ()):
            found.append(f"The registry {repository} holds no image with the tag {tag}.")
            continue
        there = _platforms(stack, repository, tag)
        if there and (lacking := [each for each in processors.get(image, ()) if _NAMES.get(each, each) not in there]):
            needed, built = ", ".join(sorted(lacking)), ", ".join(sorted(there))
            found.append(f"The image {repository}:{tag} is not built for {needed}, but for {built}.")
    return found


def _platforms(stack: Stack, repository: str, tag: str) -> frozenset[str]:
    """The processors that an image's list names; none where it has no list, or nobody may read it."""
    try:
        ecr = session_of(stack, repository.partition("/")[0], os.environ).client("ecr", config=CONFIG)
        held = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}], acceptedMediaTypes=_LISTS)
        listed = json.loads(held["images"][0]["imageManifest"])["manifests"]
        return frozenset(each["platform"]["architecture"] for each in listed if each["platform"].get("os") == "linux")
    except (ClientError, BotoCoreError, AwsError, LookupError, ValueError, TypeError, AttributeError):
        return frozenset()
