"""What an import finds: of what stands there by hand all that is said of it, of anything else its id alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tanada.offline.blocks import Block, Type
from tanada.offline.configuration import Provider
from tanada.offline.plan import set_default
from tanada.resources import entry
from tanada.resources.seed import UNKNOWN, has_unknown

Object = dict[str, Any]


_KINDS: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "string": ("a text", str),
    "number": ("a number", (int, float)),
    "bool": ("true or false", bool),
    "list": ("a list", list),
    "set": ("a list", list),
    "map": ("a mapping", dict),
    "object": ("a mapping", dict),
}
"""By the word of Terraform's types, what JSON is to have there."""


def unfit(block: Block, there: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """What of what is said the provider has no place for, a sentence each."""
    for name, value in there.items():
        at = f"{path}{name}"
        if (attribute := block.attributes.get(name)) is not None:
            yield from _unfit(attribute.type, value, at)
        elif (nested := block.blocks.get(name)) is None:
            yield f"{at} is none of its attributes"
        elif value is not None:
            shape: Type = "object" if nested.nesting == "single" else [nested.nesting, "object"]
            if wrong := [*_unfit(shape, value, at)]:
                yield from wrong
                continue
            for item in _items(value, at) if isinstance(shape, list) else [(at, value)]:
                yield from unfit(nested.block, item[1], f"{item[0]}.")


def _items(value: Any, path: str) -> list[tuple[str, Any]]:
    """Each item of a list or a mapping with the way to it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [(f"{path}.{key}", item) for key, item in pairs]


def _unfit(type_: Type, value: Any, path: str) -> Iterator[str]:
    word, of = (type_, None) if isinstance(type_, str) else (type_[0], type_[1])
    if value is None or word not in _KINDS:
        return
    called, kind = _KINDS[word]
    if not isinstance(value, kind) or (word == "number" and isinstance(value, bool)):
        yield f"{path}: expected {called}"
    elif isinstance(value, dict) and isinstance(of, dict):
        for name, item in value.items():
            yield from _unfit(of[name], item, f"{path}.{name}") if name in of else [f"{path}.{name} is unknown"]
    elif of is not None:
        for at, item in _items(value, path):
            yield from _unfit(of, item, at)


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
