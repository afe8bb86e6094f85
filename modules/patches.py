"""Patches, laid over what a stack emits: after all constructs, so that none has to know of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tanada.declarations import arguments
from tanada.declared.patches import CONTAINERS, Patches, of_container
from tanada.offline.blocks import Block
from tanada.text import meant, quoted

Json = dict[str, Any]
FIELD = "patches"


@dataclass(frozen=True)
class Unfit:
    """A patch, or an import, that doesn't fit what there is."""

    address: str
    loc: tuple[str | int, ...]
    """The way to it below the address."""
    sentence: str
    unknown: bool = False
    """Whether nothing has that address."""
    field: str = FIELD
    """Where it is said."""


def patched(stack: Json, patches: Patches) -> list[Unfit]:
    """Lay patches over a stack's JSON, in place; what doesn't fit it."""
    return [each for address, said in patches.items() for each in _patch(stack, address, said)]


def addresses(stack: Json) -> list[str]:
    """Of all resources of AWS."""
    kinds = stack.get("resource", {})
    return [f"{kind}.{name}" for kind, named in kinds.items() if kind.startswith("aws_") for name in named]


def _patch(stack: Json, address: str, said: Mapping[str, Any]) -> Iterator[Unfit]:
    resource, container = of_container(address)
    type_, _, name = resource.partition(".")
    there: Json = stack.get("resource", {}).get(type_, {})
    if container is not None and name not in there and f"{name}_task_definition" in there:
        name = f"{name}_task_definition"  # the part's name will do
    if name not in there:
        yield Unfit(address, (), f"this stack has no {resource}{near(stack, type_, name)}", unknown=True)
        return
    wrong: list[arguments.Wrong] = []
    if container is None:
        typed = arguments.of_resource(type_, said, wrong)
        yield from _of_resource(address, there[name], typed, arguments.block(type_))
    else:
        typed = arguments.of_container(said, wrong)
        yield from _of_container(address, there[name], container, typed)
    yield from (Unfit(address, loc, sentence) for loc, sentence in wrong)


def near(stack: Json, type_: str, name: str) -> str:
    """The likeliest address: of the type the one with the nearest name, or all where they are few."""
    named = list(stack.get("resource", {}).get(type_, {}))
    if not named:
        return f": nothing of {type_} is made here"
    if match := meant(name, named):
        return match.replace('"', f'"{type_}.', 1)
    alike = [each for each in named if each.startswith(f"{name}_")] or named
    return f"; there is {', '.join(f'{type_}.{each}' for each in alike[:4])}{' and others' if len(alike) > 4 else ''}"


def _of_resource(address: str, resource: Json, typed: Json, of: Block) -> Iterator[Unfit]:
    ignored = resource.get("lifecycle", {}).get("ignore_changes", ())
    for name in typed:
        if ignored == "all" or name in ignored:
            yield Unfit(address, (name,), "would do nothing: others set it, so Terraform ignores what is declared")
    yield from (Unfit(address, loc, sentence) for loc, sentence in _laid(resource, typed, of, ()))
    _sort(resource)


def _laid(below: Json, over: Json, of: Block | None, loc: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Lay arguments over those that are there: mappings merge, anything else replaces."""
    for name, value in over.items():
        nested = of.blocks.get(name) if of is not None else None
        there = below.get(name)
        if nested is not None and isinstance(value, dict) and isinstance(there, list) and there:
            if len(there) > 1:
                sentence = (
                    f"there are {len(there)} of it, and nobody knows which is meant; write all of them, as a list"
                )
                yield (*loc, name), sentence
                continue
            there = there[0]
        if isinstance(value, dict) and isinstance(there, dict):
            yield from _laid(there, value, nested.block if nested is not None else None, (*loc, name))
            _sort(there)
        else:
            below[name] = value


def _of_container(address: str, resource: Json, container: str, typed: Json) -> Iterator[Unfit]:
    """The text holds references inside its own texts alone, so it is JSON."""
    definitions: list[Json] = json.loads(resource["container_definitions"])
    names = {each["name"]: each for each in definitions}
    if container not in names:
        known = meant(container, names) or f"; there is {', '.join(names)}"
        sentence = f"{address.partition(CONTAINERS)[0]} has no container {quoted(container)}{known}"
        yield Unfit(address, (), sentence, unknown=True)
        return
    yield from (Unfit(address, loc, sentence) for loc, sentence in _laid(names[container], typed, None, ()))
    # As modules/task.py writes it.
    resource["container_definitions"] = json.dumps(definitions, sort_keys=True)


def _sort(block: Json) -> None:
    """As CDKTF writes them."""
    ordered = sorted(block.items())
    block.clear()
    block.update(ordered)
