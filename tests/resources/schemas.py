"""The shipped schemas as blocks, and where paths lead in them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tanada.offline import codec, schema
from tanada.offline.blocks import Block


@cache
def shipped() -> dict[str, Block]:
    """Resource type → its schema, as Terraform gets it."""
    return {name: codec.from_message(each.block) for name, each in schema.load().resource_schemas.items()}


@cache
def shipped_data_sources() -> dict[str, Block]:
    return {name: codec.from_message(each.block) for name, each in schema.load().data_source_schemas.items()}


def missing(block: Block, paths: Iterable[str]) -> list[str]:
    """The paths that lead nowhere in a schema."""
    return [path for path in paths if not _exists(block, path.split("."))]


def _exists(block: Block, path: list[str]) -> bool:
    name, *rest = path
    if name in block.blocks:
        return not rest or _exists(block.blocks[name].block, rest)
    if name not in block.attributes:
        return False
    return not rest or _exists_in_type(block.attributes[name].type, rest)


def _exists_in_type(kind: object, path: list[str]) -> bool:
    while isinstance(kind, list) and kind[0] != "object":
        kind = kind[1]
    if not path:
        return True
    return isinstance(kind, list) and path[0] in kind[1] and _exists_in_type(kind[1][path[0]], path[1:])
