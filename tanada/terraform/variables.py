"""What Terraform is given for a stack's variables, by environment variables."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tanada.contract.environment import STORE_VERSIONS
from tanada.files import parsed
from tanada.terraform.layout import Layout

IMAGE_TAGS = "image_tags"


def declared(layout: Layout, stack: str) -> frozenset[str]:
    """The variables that a synthesized stack takes."""
    configuration = parsed(layout.configuration(stack).read_text(encoding="utf-8"))
    return frozenset(configuration.get("variable", {}))


def given(layout: Layout, stack: str, tags: Mapping[str, str], numbers: Mapping[str, int]) -> dict[str, str]:
    """The tags of images and the numbers of stores' passwords, as JSON by variable; what the stack takes not is left
    out, and no numbers are those that it has without."""
    known = declared(layout, stack)
    values: dict[str, Mapping[str, object]] = {IMAGE_TAGS: tags, **({STORE_VERSIONS: numbers} if numbers else {})}
    return {name: json.dumps(dict(each), sort_keys=True) for name, each in values.items() if name in known}
