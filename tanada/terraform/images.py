"""Which image tags a plan uses: those given, else those last applied, else none and a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from tanada.errors import TerraformError
from tanada.text import meant, one_of, quoted

_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
"""OCI distribution specification, "Pulling manifests"."""


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
                f"--image {text}: a tag has 1 to 128 letters, digits, underscores, full stops and hyphens, "
                "and begins with none of the last two."
            )
        if tags.setdefault(name, tag) != tag:
            raise TerraformError(f"--image {name} is given twice, as {tags[name]} and {tag}.")
    return tags


def check_known(given: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse tags for an image that none of the chosen stacks uses."""
    for name in given:
        if name not in known:
            instead = one_of(sorted(known)) + meant(name, known) if known else "they use none"
            raise TerraformError(f"--image {name}=…: none of these stacks uses the image {quoted(name)}; {instead}")


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
