"""The message with which a provider answers for its schemas, of what was derived."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts.provider_schemas import bindings, sensitive
from scripts.provider_schemas.derive import derive
from tanada.errors import OfflineError
from tanada.offline import schema
from tanada.offline.blocks import Attribute, Block, Nested, Nesting
from tanada.offline.protocol import tfplugin6_pb2 as pb

_NESTINGS: Mapping[Nesting, str] = {"single": "SINGLE", "list": "LIST", "set": "SET", "map": "MAP"}


@dataclass(frozen=True)
class Schemas:
    """All that a provider answers for."""

    provider: Block
    resources: dict[str, Block] = field(default_factory=dict)
    data_sources: dict[str, Block] = field(default_factory=dict)


def build(archive: Path) -> Schemas:
    """Derive every schema; takes about four seconds."""
    providers: list[Block] = []
    resources: dict[str, Block] = {}
    data_sources: dict[str, Block] = {}
    for typescript in bindings.sources(archive):
        for derived in derive(typescript):
            match derived.kind:
                case "provider":
                    providers.append(derived.block)
                case "resource":
                    resources[derived.name] = with_write_only(derived.block)
                case "data":
                    data_sources[derived.name] = derived.block
    if len(providers) != 1 or not resources:
        raise OfflineError(f"No schemas were found in {archive.name}: are these bindings of hashicorp/aws?")
    return Schemas(providers[0], resources, data_sources)


def with_write_only(block: Block) -> Block:
    """`…_wo` that is optional alone is write-only: 21 of 21 in the real schema, no false hit in 34,483."""

    def mended(name: str, attribute: Attribute) -> Attribute:
        alone = attribute.optional and not attribute.computed and not attribute.required
        return replace(attribute, write_only=True, sensitive=True) if alone and name.endswith("_wo") else attribute

    return Block(
        {name: mended(name, attribute) for name, attribute in block.attributes.items()},
        {name: replace(nested, block=with_write_only(nested.block)) for name, nested in block.blocks.items()},
    )


def message(schemas: Schemas) -> pb.GetProviderSchema.Response:
    """The schemas as Terraform asks for them."""
    response = pb.GetProviderSchema.Response(
        provider=pb.Schema(block=_block(schemas.provider)),
        server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
    )
    for name, block in sorted(schemas.resources.items()):
        response.resource_schemas[name].CopyFrom(pb.Schema(block=_block(block)))
    for name, block in sorted(schemas.data_sources.items()):
        response.data_source_schemas[name].CopyFrom(pb.Schema(block=_block(block)))
    for table, made in (
        (sensitive.WITHOUT_ENTRY, response.resource_schemas),
        (sensitive.DATA_SOURCES, response.data_source_schemas),
    ):
        for type_ in table.keys() & made.keys():
            schema.hide(made[type_].block, table[type_])
    return response


def _block(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[_attribute(name, attribute) for name, attribute in sorted(block.attributes.items())],
        block_types=[_nested(name, nested) for name, nested in sorted(block.blocks.items())],
    )


def _attribute(name: str, attribute: Attribute) -> pb.Schema.Attribute:
    return pb.Schema.Attribute(
        name=name,
        type=json.dumps(attribute.type).encode(),
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        write_only=attribute.write_only,
    )


def _nested(name: str, nested: Nested) -> pb.Schema.NestedBlock:
    return pb.Schema.NestedBlock(
        type_name=name,
        nesting=_NESTINGS[nested.nesting],
        min_items=nested.min_items,
        max_items=nested.max_items,
        block=_block(nested.block),
    )
