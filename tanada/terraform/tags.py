"""Tags of images: the commit that last changed the folder, with `-r2`, `-r3` … for what was built of it again."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tanada.declared.image import Repository

_REBUILT = re.compile(r"-r([1-9][0-9]{0,8})")


def newest(commit: str, existing: Collection[str]) -> str | None:
    """The tag of a commit that was built last; None where none was. By number: -r10 comes after -r9."""
    return max(_of(commit, existing).items(), default=(0, None))[1]


def next_rebuild(commit: str, existing: Collection[str]) -> str:
    """The tag for building a commit again; the commit's own where it never was. One that is gone is not used again,
    as long as a later one is there: a tag never changes its image."""
    last = max(_of(commit, existing), default=0)
    return f"{commit}-r{last + 1}" if last else commit


def _of(commit: str, existing: Collection[str]) -> dict[int, str]:
    """The tags of a commit by the number of the build."""
    built = {}
    for tag in existing:
        rest = tag.removeprefix(commit)
        if tag == commit:
            built[1] = tag
        elif tag.startswith(commit) and (match := _REBUILT.fullmatch(rest)) and int(match[1]) > 1:
            built[int(match[1])] = tag
    return built


def listing(repository: Repository, account_id: str) -> str:
    """The command that lists the tags there are, for whoever is signed in to an account."""
    whose = f"--registry-id {repository.account} " if repository.account != account_id else ""
    return (
        f"aws ecr list-images --region {repository.region} {whose}--repository-name {repository.name} "
        "--filter tagStatus=TAGGED --query 'imageIds[].imageTag'"
    )
