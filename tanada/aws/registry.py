"""Which tags an image registry holds, and for which processors."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Collection, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.ci_roles import session_of
from tanada.aws.credentials import CONFIG
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.image import Repository


def tags(stack: Stack, repository: Repository) -> frozenset[str] | None:
    """The tags in a repository of some account, asked with a stack's credentials; None where there is none yet.

    Raises AwsError where it can't be asked.
    """
    found: set[str] = set()
    try:
        ecr = _client(stack, repository)
        pages = ecr.get_paginator("list_images").paginate(**_named(stack, repository), filter={"tagStatus": "TAGGED"})
        for page in pages:
            found.update(each["imageTag"] for each in page["imageIds"] if "imageTag" in each)
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == "RepositoryNotFoundException":
            return None
        raise AwsError(
            f"The tags in {repository.name} of account {_account(stack, repository)} can't be listed: {error}"
        ) from None
    return frozenset(found)


def _client(stack: Stack, repository: Repository) -> Any:
    """ECR where the repository lies, with the stack's credentials; a state's key begins with its system, a repository
    may be called anyhow."""
    session = session_of(stack, stack.state_key.partition("/")[0], os.environ)
    return session.client("ecr", region_name=repository.region, config=CONFIG)


def _named(stack: Stack, repository: Repository) -> dict[str, str]:
    """How ECR is asked for it: without a number it means the caller's own account."""
    whose = {"registryId": repository.account} if repository.account != stack.account_id else {}
    return {**whose, "repositoryName": repository.name}


def _account(stack: Stack, repository: Repository) -> str:
    """What people call the account of a repository."""
    return stack.account if repository.account == stack.account_id else repository.account


_NAMES = {"x86_64": "amd64", "arm64": "arm64"}
"""How images call a processor (OCI image index, `platform.architecture`; OCI image configuration: Go's GOARCH)."""
_NAME = re.compile(r"[a-z0-9_]{1,16}")
"""What looks like one: whoever pushes an image writes it, and people read it."""
_FORMS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_CONFIGURATION = 1 << 20
"""Bytes: some thousand in any image; no more than this is read of one."""


def missing(
    stack: Stack,
    repositories: Mapping[str, Repository],
    wanted: Mapping[str, str],
    processors: Mapping[str, Collection[str]],
) -> list[str]:
    """Sentences about tags, by image, that the repositories of a stack's images don't hold for all their processors.

    What AWS doesn't answer, for whatever reason, is left to the deployment.
    """
    found = []
    for image, tag in sorted(wanted.items()):
        repository = repositories[image]
        try:
            held = tags(stack, repository)
        except AwsError:
            continue
        if tag not in (held or ()):
            found.append(f"The registry {repository.name} holds no image with the tag {tag}.")
            continue
        there = _platforms(stack, repository, tag)
        if there and (lacking := [each for each in processors.get(image, ()) if _NAMES.get(each, each) not in there]):
            needed, built = ", ".join(sorted(lacking)), ", ".join(sorted(there))
            found.append(f"The image {repository.name}:{tag} is not built for {needed}, but for {built}.")
    return found


def _platforms(stack: Stack, repository: Repository, tag: str) -> frozenset[str]:
    """The processors that an image is for, by its list or, pushed alone, by its configuration; none where nobody may
    read it, or what is read is of another form."""
    try:
        ecr, named = _client(stack, repository), _named(stack, repository)
        held = ecr.batch_get_image(**named, imageIds=[{"imageTag": tag}], acceptedMediaTypes=_FORMS)
        manifest = json.loads(held["images"][0]["imageManifest"])
        if "manifests" in manifest:
            platforms = [each["platform"] for each in manifest["manifests"]]
        else:
            digest = manifest["config"]["digest"]
            # A configuration is a blob like a layer, and fetched like one (aws/containers-roadmap#178).
            blob = ecr.get_download_url_for_layer(**named, layerDigest=digest)
            platforms = [_configuration(blob["downloadUrl"])]
        found = {each["architecture"] for each in platforms if each.get("os") == "linux"}
        return frozenset(found) if all(_NAME.fullmatch(each) for each in found) else frozenset()
    except (ClientError, BotoCoreError, AwsError, OSError, HTTPException):
        return frozenset()
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return frozenset()


def _configuration(url: str) -> Any:
    """What an image's configuration says. Whoever has the address has the blob: it is named to nobody."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("ECR gives addresses of S3.")
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - see above
        return json.loads(answer.read(_CONFIGURATION))
