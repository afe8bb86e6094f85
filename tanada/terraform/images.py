"""Which image tags a plan uses: those given, else those last applied, else none and a sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from tanada.errors import TerraformError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack  # models, which take their time to load
    from tanada.declared.service import Service
    from tanada.declared.system import System

_TAG = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
"""Amazon ECR: up to 128 letters, digits and `_`, `.`, `-`."""


def parse(given: Sequence[str]) -> dict[str, str]:
    """`web=1a2b3c4` → `{"web": "1a2b3c4"}`."""
    tags: dict[str, str] = {}
    for text in given:
        name, separator, tag = text.partition("=")
        if not (name and separator and tag):
            raise TerraformError(f"--image {text}: expected NAME=TAG, such as web=1a2b3c4.")
        if tag == "latest":
            raise TerraformError(f"--image {text}: latest says nothing about what runs; name the commit's tag.")
        if not _TAG.fullmatch(tag):
            raise TerraformError(
                f"--image {text}: a tag has 1 to 128 letters, digits, underscores, full stops and hyphens (ECR)."
            )
        if tags.setdefault(name, tag) != tag:
            raise TerraformError(f"--image {name} is given twice, as {tags[name]} and {tag}.")
    return tags


def services(system: System, stack: Stack) -> Mapping[str, Service]:
    """A stack's services by name."""
    match stack.kind:
        case "environment":
            assert stack.environment is not None
            return system.environments[stack.environment].services
        case "review":
            assert system.review is not None
            return system.review.services
        case "common":
            return {}


def used(system: System, stack: Stack) -> tuple[str, ...]:
    """The images that a stack's services run."""
    return tuple(sorted({service.image for service in services(system, stack).values()}))


def check_known(given: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse tags for an image that none of the chosen stacks uses."""
    for name in given:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            instead = f"did you mean {nearest[0]}?" if nearest else f"they use {', '.join(sorted(known)) or 'none'}."
            raise TerraformError(f"--image {name}=…: none of these stacks uses the image {name}; {instead}")


def choose(label: str, needed: Sequence[str], given: Mapping[str, str], applied: Mapping[str, str]) -> dict[str, str]:
    """One tag for each image needed."""
    tags = {name: tag for name in needed if (tag := given.get(name) or applied.get(name))}
    missing = [name for name in needed if name not in tags]
    if missing:
        flags = " ".join(f"--image {name}=TAG" for name in missing)
        raise TerraformError(
            f"{label} was not applied yet with the image{'s' if len(missing) > 1 else ''} {', '.join(missing)}: "
            f"say which tag runs, with {flags}."
        )
    return tags
