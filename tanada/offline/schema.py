"""The schemas that the offline provider serves: derived from the bindings, completed from the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tanada.errors import OfflineError
from tanada.offline import bindings
from tanada.offline.blocks import Attribute, Block, Schemas
from tanada.offline.deriving import derive
from tanada.offline.tables import limits, sensitive


def build(archive: Path) -> Schemas:
    """Derive every schema; takes about four seconds, so see `cache`."""
    providers: list[Block] = []
    resources: dict[str, Block] = {}
    data_sources: dict[str, Block] = {}
    for text in bindings.sources(archive):
        for derived in derive(text):
            if derived.kind == "provider":
                providers.append(with_write_only(derived.block))
            elif derived.kind == "resource":
                resources[derived.name] = completed(derived.name, derived.block)
            else:
                data_sources[derived.name] = completed_data_source(derived.name, derived.block)
    if len(providers) != 1 or not resources:
        raise OfflineError(f"No schemas were found in {archive.name}: are these bindings of hashicorp/aws?")
    return Schemas(providers[0], resources, data_sources)


def completed(name: str, block: Block) -> Block:
    """A resource's schema with what the bindings do not carry."""
    block = with_write_only(block)
    for path in sensitive.RESOURCES.get(name, ()):
        block = _with_sensitive(block, path.split("."))
    return with_limits(block, limits.MIN_ITEMS.get(name, {}), limits.MAX_ITEMS.get(name, {}))


def completed_data_source(name: str, block: Block) -> Block:
    for path in sensitive.DATA_SOURCES.get(name, ()):
        block = _with_sensitive(block, path.split("."))
    return block


def with_write_only(block: Block) -> Block:
    """`…_wo` that is optional alone is write-only: 21 of 21 in the real schema, no false hit in 34,483."""

    def mended(name: str, attribute: Attribute) -> Attribute:
        alone = attribute.optional and not attribute.computed and not attribute.required
        return replace(attribute, write_only=True, sensitive=True) if alone and name.endswith("_wo") else attribute

    return Block(
        {name: mended(name, attribute) for name, attribute in block.attributes.items()},
        {name: replace(nested, block=with_write_only(nested.block)) for name, nested in block.blocks.items()},
    )


def with_limits(block: Block, least: Mapping[str, int], most: Mapping[str, int]) -> Block:
    for path in {*least, *most}:
        block = _with_limit(block, path.split("."), least.get(path), most.get(path))
    return block


def _with_limit(block: Block, path: list[str], least: int | None, most: int | None) -> Block:
    name, *rest = path
    nested = block.blocks.get(name)
    if nested is None:  # another version of the provider
        return block
    if rest:
        changed = replace(nested, block=_with_limit(nested.block, rest, least, most))
    else:
        changed = replace(nested, min_items=least or nested.min_items, max_items=most or nested.max_items)
    return Block(block.attributes, {**block.blocks, name: changed})


def _with_sensitive(block: Block, path: list[str]) -> Block:
    name, *rest = path
    if name in block.attributes:
        changed = replace(block.attributes[name], sensitive=True)
        return Block({**block.attributes, name: changed}, block.blocks)
    if name in block.blocks and rest:
        nested = replace(block.blocks[name], block=_with_sensitive(block.blocks[name].block, rest))
        return Block(block.attributes, {**block.blocks, name: nested})
    return block


def missing(block: Block, paths: Iterable[str]) -> list[str]:
    """Paths of a table that lead nowhere in a schema."""
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
