"""Which tags an image registry holds."""

from __future__ import annotations

import os
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
