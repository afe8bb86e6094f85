"""What an import finds: of what stands there by hand all that is said of it, of anything else its id alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tanada.offline.blocks import Block
from tanada.offline.configuration import Provider
from tanada.offline.plan import set_default
from tanada.resources import entry
from tanada.resources.seed import UNKNOWN, has_unknown

Object = dict[str, Any]


def found(kind: str, block: Block, state: Object, there: Mapping[str, Any] | None, provider: Provider) -> Object:
    """A state in the schema's form, with what the provider would read; `UNKNOWN` where it makes that up."""
    if there is not None:
        known = entry(kind)
        for path, value in known.defaults.items() if known else ():
            set_default(block, state, path.split("."), value)
        if "region" in block.attributes:
            state["region"] = state["region"] or provider.region
        if "tags_all" in block.attributes:
            # Those of `default_tags` are none of the resource's own (the provider's guide, "Resource Tagging").
            worn = state["tags_all"] or state["tags"] or {}
            ours = {} if has_unknown(provider.default_tags) else provider.default_tags
            state["tags_all"] = worn
            state["tags"] = {name: value for name, value in worn.items() if ours.get(name) != value} or None
    for name, attribute in block.attributes.items():
        if attribute.computed and state[name] is None:
            state[name] = UNKNOWN
    return state
