"""The tag that an image has, or gets, for what is checked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tanada.errors import AwsError, TerraformError
from tanada.terraform import git, tags
from tanada.terraform.run import Run
from tanada.text import meant, one_of, quoted

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.registry import Image


def to_run(run: Run, image: str) -> str:
    """The newest build of the commit that last changed the folder; the commit itself where it has yet to be built."""
    built = _built(run, image)
    return tags.newest(built.commit, built.existing) or built.commit


def to_rebuild(run: Run, image: str) -> str:
    """A tag for that commit that no registry holds yet."""
    built = _built(run, image)
    return tags.next_rebuild(built.commit, built.existing)


@dataclass(frozen=True)
class _Built:
    commit: str
    existing: Collection[str]
    """Tags that there are, in any account."""


def _built(run: Run, image: str) -> _Built:
    holders = [stack for stack in run.stacks if stack.kind == "common" and _holds(run, stack, image)]
    if not holders:
        known = sorted({name for stack in run.stacks for name in _images(run, stack)})
        raise TerraformError(f"There is no image {quoted(image)}; {one_of(known)}{meant(image, known)}")
    folders = [folder for stack in holders if (folder := _images(run, stack)[image].folder)]
    if not folders:
        raise TerraformError(
            f"Where {image} is built from isn't known: say it in common.images, such as "
            f"{{{image}: {{folder: services/{image}}}}}."
        )
    commit = git.last_change(run.root, folders[0], "HEAD", run.environ, run.processes)
    return _Built(commit, _existing(run, holders, image))


def _images(run: Run, stack: Stack) -> Mapping[str, Image]:
    return run.system.accounts[stack.account].common.images


def _holds(run: Run, stack: Stack, image: str) -> bool:
    """Whether the image lies in this account: what another one keeps is pushed there."""
    settings = _images(run, stack).get(image)
    return settings is not None and settings.account in (None, stack.account)


def _existing(run: Run, holders: Collection[Stack], image: str) -> Collection[str]:
    """The tags in each account that can be asked: who builds may know one of them alone."""
    from tanada.aws import registry  # loads boto3
    from tanada.declarations import registries

    found: set[str] = set()
    failed: list[AwsError] = []
    for stack in holders:
        repository = registries.repository(run.system.name, run.system.accounts, stack.account, image)
        try:
            found |= registry.tags(stack, repository) or set()
        except AwsError as error:
            failed.append(error)
    if len(failed) == len(holders):
        raise failed[0]
    for each in failed:
        run.voice.note(f"Left out: {each}")
    return found
