"""The image tags of one target's plan: those that are given, kept of an earlier plan, or found for its first one."""

from __future__ import annotations

from collections.abc import Mapping

from tanada.contract.state import State
from tanada.plan import Message
from tanada.terraform import first_tags, images, tags, variables
from tanada.terraform.context import Context
from tanada.terraform.first_tags import First
from tanada.terraform.layout import Layout, Target
from tanada.terraform.request import Request


def kept_tags(request: Request, state: State) -> dict[str, str]:
    """The tags of an earlier plan that count: nobody has applied since, and none is named now."""
    kept = request.kept
    if kept.serial is not None and kept.serial != state.serial:
        return {}
    return {
        name: tag
        for name, tag in kept.tags.items()
        if name in request.images and name not in request.given and state.image_tags.get(name) != tag
    }


def said_of_kept(target: Target, kept: Mapping[str, str]) -> tuple[Message, ...]:
    """Of tags that nobody named now: which."""
    return tuple(
        Message(
            "warning",
            f"{target.label} takes {image} {tag}, which an earlier plan was given",
            f"That plan was not applied. For another tag: --image {image}=TAG.",
        )
        for image, tag in sorted(kept.items())
    )


def image_tags(layout: Layout, request: Request, state: State, given: Mapping[str, str]) -> dict[str, str]:
    """What the stack's images run; TerraformError where one of them has no tag."""
    target = request.target
    if variables.IMAGE_TAGS not in variables.declared(layout, target.stack.name):
        return {}
    known = (given, state.image_tags)
    unknown = images.missing(request.images, *known)
    listing = " ; ".join(tags.listing(request.sources.repositories[name], target.stack.account_id) for name in unknown)
    return images.choose(target.label, request.images, known, listing)


def first_of(context: Context, request: Request, state: State, kept: Mapping[str, str]) -> dict[str, First]:
    """Those of images that it has never run, where none is given or kept."""
    if variables.IMAGE_TAGS not in variables.declared(context.layout, request.target.stack.name):
        return {}
    unknown = images.missing(request.images, request.given, kept, state.image_tags)
    return first_tags.find(context, request.target, request.sources, unknown)


def said_of_first(target: Target, first: Mapping[str, First]) -> tuple[Message, ...]:
    """Of tags that nobody named: which, and why."""
    return tuple(
        Message("warning", f"{target.label} begins with {image} {each.tag}", f"No tag was named: {each.reason}.")
        for image, each in first.items()
    )
