"""The tags of images that a stack has never run: what another environment runs, or what its folder's commit says.

Never the newest in the registry: whoever may open a pull request may push there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tanada.errors import AwsError, TerraformError
from tanada.terraform import git, images, ran, tags
from tanada.terraform.context import Context
from tanada.terraform.layout import Target

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.image import Repository
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
    repositories: Mapping[str, Repository] = field(default_factory=dict)
    """Where each image lies in ECR."""


def sources(system: System, target: Target, needed: Sequence[str], start: str) -> Sources:
    """What the declaration says of the images that a target needs."""
    from tanada.declarations import registries
    from tanada.declarations.inventory import inventory

    stack = target.stack
    declared = system.environments[stack.environment] if stack.environment is not None else None
    named = declared.image_tags.from_ if declared is not None and declared.image_tags is not None else None
    entries = system.accounts
    folders = {name: registries.settings(entries, stack.account, name).folder for name in needed}
    return Sources(
        environment=next((each for each in inventory(system) if named and each.environment == named), None),
        folders={name: folder for name, folder in folders.items() if folder is not None},
        start=start,
        repositories={name: registries.repository(system.name, entries, stack.account, name) for name in needed},
    )


@dataclass(frozen=True)
class First:
    """A tag, and in words where it comes from."""

    tag: str
    reason: str


def find(context: Context, target: Target, sources: Sources, missing: Sequence[str]) -> dict[str, First]:
    """The first tags of those images for which one is known; TerraformError where the registry hasn't got it."""
    found: dict[str, First] = {}
    named = sources.environment
    running = _tags_of(context, named) if missing and named is not None else {}
    for image in missing:
        if named is not None and (tag := running.get(image)):
            found[image] = _running(context, target, sources, image, tag, named)
        elif image in sources.folders:
            found[image] = _built(context, target, sources, image)
    return found


def _tags_of(context: Context, stack: Stack) -> Mapping[str, str]:
    """Those that last worked there."""
    return ran.state_of(context, Target(stack)).state.image_tags


def _running(context: Context, target: Target, sources: Sources, image: str, tag: str, named: Stack) -> First:
    """What the other environment runs, maybe in another account, which has a registry of its own."""
    images.checked(tag, f"{named.name} runs {image}")
    existing, unsure = _registry(context, target, sources.repositories[image])
    if existing is not None and tag not in existing:
        raise _not_there(target, sources, image, f"{tag}, which {named.name} runs: push it there")
    return First(tag, f"{named.name} runs it{unsure}")


def _built(context: Context, target: Target, sources: Sources, image: str) -> First:
    """The newest build of the commit that last changed the folder."""
    folder = sources.folders[image]
    commit = git.last_change(context.layout.root, folder, sources.start, context.environ, context.processes)
    existing, unsure = _registry(context, target, sources.repositories[image])
    tag = commit if existing is None else tags.newest(commit, existing)
    if tag is None:
        raise _not_there(
            target, sources, image, f"{commit}, the commit that last changed {folder}: build it and push it there"
        )
    return First(tag, f"{commit} last changed {folder}{unsure}")


def _registry(context: Context, target: Target, repository: Repository) -> tuple[frozenset[str] | None, str]:
    """The tags that it holds. None where nobody knows: offline, before common made it, and, which is said, where it
    can't be asked."""
    if context.offline:
        return None, ""
    from tanada.aws import registry  # loads boto3

    try:
        return registry.tags(target.stack, repository), ""
    except AwsError as error:
        return None, f"; whether the registry holds it is not known: {error}"


def _not_there(target: Target, sources: Sources, image: str, which: str) -> TerraformError:
    repository, stack = sources.repositories[image], target.stack
    account = stack.account if repository.account == stack.account_id else repository.account
    return TerraformError(
        f"{target.label} was not applied yet with the image {image}, and {repository.name} of account "
        f"{account} holds no tag {which}, or say which tag runs, with --image {image}=TAG. Those that are "
        f"there: {tags.listing(repository, target.stack.account_id)}"
    )
