"""The instance of a stack: the only place where what differs between environments becomes an expression."""

from __future__ import annotations

from cdktf import TerraformLocal, TerraformVariable

from modules.here import Instance, local_of, store_version
from tanada.declarations.inputs import EnvironmentInput
from tanada.declared.blueprint import Blueprint
from tanada.stacks.base import BaseStack


def store_versions(stack: BaseStack, blueprint: Blueprint) -> None:
    """The numbers of the stores' passwords, as the runner gives them: the last ones, or higher where a plan would write
    one of a pair alone. Without it all are 1, so a bare plan and a destroy need no -var."""
    known = [each for name, store in blueprint.stores.items() for each in store.passwords(name)]
    if known:
        TerraformVariable(
            stack,
            "store_versions",
            type="map(number)",
            default={},
            nullable=False,
            description="Number of each store's password: with another one a new password is written",
        )
    for each in known:
        TerraformLocal(stack, local_of(each), store_version(each))


def permanent(stack: BaseStack, name: str, input: EnvironmentInput) -> Instance:
    """The instance of a permanent environment."""
    store_versions(stack, input.blueprint)
    return Instance(
        name=name,
        label=name,
        domain=input.domain,
        around=("", f".{input.domain}"),
        images=_images(stack, input.blueprint),
        permanent=True,
        keep=input.keep,
    )


REVIEW_LABEL = "${terraform.workspace}"
REVIEW_NAME = f"review-{REVIEW_LABEL}"


def review(stack: BaseStack, input: EnvironmentInput) -> Instance:
    """The instance that a workspace of the review stack becomes."""
    store_versions(stack, input.blueprint)
    TerraformLocal(stack, "environment", REVIEW_NAME)
    if input.domain:
        TerraformLocal(stack, "domain", f"${{terraform.workspace}}.{input.domain}")
    return Instance(
        name="${local.environment}",
        label="${terraform.workspace}",
        domain="${local.domain}" if input.domain else "",
        around=("${terraform.workspace}-", f".{input.domain}"),
        images=_images(stack, input.blueprint),
        permanent=False,
        keep=input.keep,
    )


def _images(stack: BaseStack, blueprint: Blueprint) -> dict[str, str]:
    """A local for each image's tag: its quotes would not survive inside the JSON of a container definition."""
    TerraformVariable(
        stack,
        "image_tags",
        type="map(string)",
        # With a default, so that a bare plan says what is missing in our words, and destroy needs no -var.
        default={},
        nullable=False,
        description="Tag of each image: the commit that last changed its folder",
    )
    tags: dict[str, str] = {}
    for image in sorted({name for each in blueprint.running().values() for name in each.built}):
        local = f"{image}_tag".replace("-", "_")
        TerraformLocal(stack, local, f'${{lookup(var.image_tags, "{image}", "")}}')
        tags[image] = f"${{local.{local}}}"
    return tags
