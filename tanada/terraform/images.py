"""Which image tags a plan uses: those given, else those last applied, else first ones (first_tags), else a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from tanada.errors import TerraformError
from tanada.names import NO_TAG
from tanada.text import meant, one_of, quoted

_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
"""OCI distribution specification, "Pulling manifests"."""
_INSTEAD = rf"<.*>|[$]?[{{(\[]*{NO_TAG}[}})\]]*"
"""What guides write where a tag is to stand: `TAG`, `<tag>`, `$IMAGE_TAG`; without signs in capitals alone, as no
tool's tags are."""


def parse(given: Sequence[str]) -> dict[str, str]:
    """`web=1a2b3c4` → `{"web": "1a2b3c4"}`."""
    tags: dict[str, str] = {}
    for text in given:
        name, separator, tag = text.partition("=")
        if not (name and separator and tag):
            raise TerraformError(f"--image {text}: expected NAME=TAG, such as web=1a2b3c4.")
        checked(tag, f"--image {text}")
        if tags.setdefault(name, tag) != tag:
            raise TerraformError(f"--image {name} is given twice, as {tags[name]} and {tag}.")
    return tags


def check_known(given: Mapping[str, str], chosen: Collection[str], every: Collection[str]) -> list[str]:
    """A sentence for each tag of an image that the chosen stacks don't use, and others do: one command line serves a
    loop over stacks. Refuse what no stack of the system uses."""
    for name in given:
        if name not in every:
            instead = one_of(sorted(every)) + meant(name, every) if every else "they use none"
            raise TerraformError(f"--image {name}=…: no stack uses the image {quoted(name)}; {instead}")
    return [f"--image {name}=…: not used here, only by other stacks." for name in given if name not in chosen]


def checked(tag: str, where: str) -> str:
    """The same tag; `where` it comes from is how the sentence against it begins."""
    if tag.lower() == "latest":
        raise TerraformError(f"{where}: latest says nothing about what runs; name the commit's tag.")
    if re.fullmatch(_INSTEAD, tag):
        raise TerraformError(f"{where}: {tag} stands for a tag; write the one that is to run, such as 1a2b3c4.")
    if not _TAG.fullmatch(tag):
        raise TerraformError(
            f"{where}: a tag has 1 to 128 letters, digits, underscores, full stops and hyphens, "
            "and begins with none of the last two."
        )
    return tag


def missing(needed: Sequence[str], *known: Mapping[str, str]) -> list[str]:
    """The images of which none of these knows a tag."""
    return [name for name in needed if not any(tags.get(name) for tags in known)]


def choose(label: str, needed: Sequence[str], known: Sequence[Mapping[str, str]], listing: str) -> dict[str, str]:
    """One tag for each image needed, from the first that knows one; `listing` are the commands that list tags."""
    if unknown := missing(needed, *known):
        flags = " ".join(f"--image {name}=TAG" for name in unknown)
        raise TerraformError(
            f"{label} was not applied yet with the image{'s' if len(unknown) > 1 else ''} {', '.join(unknown)}: "
            f"say which tag runs, with {flags}. Those that are there: {listing}"
        )
    return {name: next(tag for tags in known if (tag := tags.get(name))) for name in needed}
