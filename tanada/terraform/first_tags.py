"""The tags of images that a stack has never run: what another environment runs, or what its folder's commit says.

Never the newest in the registry: whoever may open a pull request may push there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tanada.contract import state
from tanada.errors import AwsError, TerraformError
from tanada.terraform import git, images, tags
from tanada.terraform.layout import Target
from tanada.terraform.session import Context

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System


@dataclass(frozen=True)
class Sources:
    """Where they may come from."""

    environment: Stack | None = None
    """The stack of the environment that `image_tags` names."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """Where an image is built from, by its name."""
    start: str = "HEAD"
    """The commit, of the branch that is applied, from which on the folders' last changes are looked for."""
    repositories: Mapping[str, str] = field(default_factory=dict)
    """The name in ECR, by the image's."""


def sources(system: System, target: Target, needed: Sequence[str], start: str) -> Sources:
    """What the declaration says of the images that a target needs."""
    from tanada.declarations.inventory import inventory

    stack = target.stack
    declared = system.environments[stack.environment] if stack.environment is not None else None
    named = declared.image_tags.from_ if declared is not None and declared.image_tags is not None else None
    built = system.accounts[stack.account].common.images
    return Sources(
        environment=next((each for each in inventory(system) if named and each.environment == named), None),
        folders={name: folder for name in needed if (folder := built[name].folder) is not None},
        start=start,
        repositories={name: f"{system.name}/{name}" for name in needed},
    )


@dataclass(frozen=True)
class First:
    """A tag, and in words where it comes from."""

    tag: str
    reason: str


def find(context: Context, target: Target, sources: Sources, missing: Sequence[str]) -> dict[str, First]:
    """The first tags of those images for which one is known."""
    found: dict[str, First] = {}
    if missing and sources.environment is not None:
        name = sources.environment.name
        running = _state(context, sources.environment).image_tags
        found = {
            image: First(images.checked(tag, f"{name} runs {image}"), f"{name} runs it")
            for image in missing
            if (tag := running.get(image))
        }
    for image in missing:
        if image not in found and image in sources.folders:
            found[image] = _built(context, target, sources, image)
    return found


def _state(context: Context, stack: Stack) -> state.State:
    if context.offline:
        file = context.layout.offline / stack.name / state.FILE
        return state.read(file.read_bytes() if file.is_file() else "")
    from tanada.aws.states import read  # loads boto3

    return read(stack)


def _built(context: Context, target: Target, sources: Sources, image: str) -> First:
    """The newest build of the commit that last changed the folder."""
    folder, repository = sources.folders[image], sources.repositories[image]
    commit = git.last_change(context.layout.root, folder, sources.start, context.environ, context.processes)
    reason = f"{commit} last changed {folder}"
    if context.offline:
        return First(commit, reason)
    from tanada.aws import registry  # loads boto3

    try:
        existing = registry.tags(target.stack, repository)
    except AwsError as error:
        return First(commit, f"{reason}; whether it was built is not known: {error}")
    if existing is None:
        return First(commit, reason)  # common comes first, and the stack waits for it
    tag = tags.newest(commit, existing)
    if tag is None:
        raise TerraformError(
            f"{target.label} was not applied yet with the image {image}, and {repository} holds no tag "
            f"{commit}, the commit that last changed {folder}: build and push it, or say which tag runs, with "
            f"--image {image}=TAG. Those that are there: {tags.listing(repository, target.stack.region)}"
        )
    return First(tag, reason)
