"""What the provider's schema says of arguments that a declaration names: whether there are such, and of what type.

Values arrive as texts, in lists and mappings, and the schema says what they mean. It is that of the bindings' version
(`tanada/offline/schemas.xz`), read where a declaration patches anything alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from tanada import resources
from tanada.declared.patches import TASKS
from tanada.offline.blocks import Block, Nested
from tanada.resources.ecs_containers import MEMBERS
from tanada.text import meant, quoted

Loc = tuple[str | int, ...]
Wrong = tuple[Loc, str]
"""Where below the arguments, and a sentence."""

_META = {
    "lifecycle": "removal says what is kept",
    "depends_on": "Tanada orders what it makes",
    "provider": "each stack has one",
    "count": "Tanada makes each once",
    "for_each": "Tanada makes each once",
    "provisioner": "nothing runs while it is made",
    "connection": "nothing runs while it is made",
    "dynamic": "write its blocks as a list",
    "//": "it is a note of CDKTF's",
}
"""Terraform's own words (terraform.io, "Meta-arguments"), and what is to be said of each."""
_FILES = frozenset(
    {
        ("aws_lambda_function", "filename"),
        ("aws_lambda_layer_version", "filename"),
        ("aws_s3_bucket_object", "source"),
        ("aws_s3_object", "source"),
    }
)
"""Arguments that name a file of the machine that applies."""
_SAID = {
    "name": "it is the part's own, or the sidecar's",
    "image": "say image",
    "environment": "say variables",
    "secrets": "say secrets",
}
"""Members of a container that a patch would replace whole, and the field that merges instead."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?")


@cache
def types() -> Collection[str]:
    """The names of all types of resources."""
    return frozenset(_schemas().resource_schemas)


@cache
def block(type_: str) -> Block:
    """The arguments of a type that there is."""
    from tanada.offline.codec import from_message

    return from_message(_schemas().resource_schemas[type_].block)


@cache
def _schemas() -> Any:
    import lzma  # here, and protobuf: what patches nothing needs neither

    from tanada.offline.protocol import tfplugin6_pb2 as pb
    from tanada.offline.schema import FILE

    return pb.GetProviderSchema.Response.FromString(lzma.decompress(FILE.read_bytes()))


def of_container(arguments: Mapping[str, Any], wrong: list[Wrong]) -> dict[str, Any]:
    """The members of a container definition, typed; what can't be is told."""
    for name in (name for name in arguments if name in _SAID):
        wrong.append(((name,), f"is nothing to patch: {_SAID[name]}"))
    return _object({name: each for name, each in arguments.items() if name not in _SAID}, MEMBERS, (), wrong)


def of_resource(type_: str, arguments: Mapping[str, Any], wrong: list[Wrong]) -> dict[str, Any]:
    """The arguments of a resource, typed; what can't be is told."""
    hidden = entry.sensitive if (entry := resources.entry(type_)) is not None else ()
    typed: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in _META:
            wrong.append(((name,), f"is Terraform's own and no argument of {type_}: {_META[name]}"))
        elif (type_, name) == (TASKS, "container_definitions"):
            sentence = f"is a text of all containers; patch one of them: {TASKS}.<name>.containers.<container>"
            wrong.append(((name,), sentence))
        elif name == "region":
            wrong.append(((name,), "is the account's; a second region is a second account"))
        elif (type_, name) in _FILES:
            wrong.append(((name,), "names a file of whichever machine applies; an extension can bring one"))
        else:
            typed |= _one(type_, name, value, block(type_), (name,), wrong, hidden)
    return typed


def _one(
    type_: str, name: str, value: Any, of: Block, loc: Loc, wrong: list[Wrong], hidden: Collection[str]
) -> dict[str, Any]:
    """One argument or block, by its name; nothing where it can't be."""
    path = ".".join(str(step) for step in loc if isinstance(step, str))
    if (attribute := of.attributes.get(name)) is not None:
        if path in hidden or attribute.sensitive or attribute.write_only:
            wrong.append((loc, "is a secret: the declaration, each plan and the state would hold it"))
        elif not attribute.settable or (name == "id" and len(loc) == 1):
            wrong.append((loc, "is what AWS says of it; nobody sets it"))
        else:
            return {name: _typed(value, attribute.type, loc, wrong)}
        return {}
    if (nested := of.blocks.get(name)) is not None:
        return {name: _blocks(type_, value, nested, loc, wrong, hidden)}
    known = [*(each for each, one in of.attributes.items() if one.settable), *of.blocks]
    where = type_ if len(loc) == 1 else f"{type_}'s {'.'.join(str(step) for step in loc[:-1] if isinstance(step, str))}"
    wrong.append((loc, f"{where} has no argument {quoted(name)}{meant(name, known)}"))
    return {}


def _blocks(type_: str, value: Any, nested: Nested, loc: Loc, wrong: list[Wrong], hidden: Collection[str]) -> Any:
    """A block, or a list of them; by name where that is how they are written."""

    def one(each: Any, at: Loc) -> dict[str, Any]:
        if not isinstance(each, Mapping):
            wrong.append((at, f"{_stands(each)} stands here; expected a mapping of arguments"))
            return {}
        made: dict[str, Any] = {}
        for name, inner in each.items():
            made |= _one(type_, name, inner, nested.block, (*at, name), wrong, hidden)
        return made

    if not isinstance(value, list):
        return one(value, loc)
    if nested.max_items and len(value) > nested.max_items:
        wrong.append((loc, f"{len(value)} blocks stand here; expected at most {nested.max_items}"))
    return [one(each, (*loc, index)) for index, each in enumerate(value)]


def _object(value: Mapping[str, Any], members: Mapping[str, Any], loc: Loc, wrong: list[Wrong]) -> dict[str, Any]:
    typed = {}
    for name, each in value.items():
        if name not in members:
            wrong.append(((*loc, name), f"there is no {quoted(name)} here{meant(name, members)}"))
        else:
            typed[name] = _typed(each, members[name], (*loc, name), wrong)
    return typed


def _typed(value: Any, type_: Any, loc: Loc, wrong: list[Wrong]) -> Any:
    """A value as its type has it: type constraints as Terraform writes them in JSON."""
    kind, within = (type_, None) if isinstance(type_, str) else (type_[0], type_[1])
    if value is None:
        wrong.append((loc, "is empty; write what it is, or take it out"))
    elif kind == "dynamic" or (kind == "string" and isinstance(value, str)):
        return value
    elif kind == "number" and isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    elif kind == "bool" and value in ("true", "false"):
        return value == "true"
    elif kind in ("list", "set") and isinstance(value, list):
        return [_typed(each, within, (*loc, index), wrong) for index, each in enumerate(value)]
    elif kind == "map" and isinstance(value, Mapping):
        return {name: _typed(each, within, (*loc, name), wrong) for name, each in value.items()}
    elif kind == "object" and isinstance(value, Mapping):
        return _object(value, within or {}, loc, wrong)
    else:
        wrong.append((loc, f"{_stands(value)} stands here; expected {_EXPECTED[kind]}"))
    return None


_EXPECTED = {
    "string": "a text",
    "number": "a number",
    "bool": "true or false",
    "list": "a list such as [a, b]",
    "set": "a list such as [a, b]",
    "map": 'a mapping, "name: value" on each line',
    "object": 'a mapping, "name: value" on each line',
}


def _stands(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"
