"""Between our values and Terraform's plugin protocol 6: schemas as protobuf, values as msgpack or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgpack  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]

from tanada.offline.blocks import Attribute, Block, Nested, Nesting, Schemas

Value = Any
"""None, bool, number, text, list, mapping, or UNKNOWN at any depth."""


class Unknown:
    """A value that only an apply can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, _memo: object) -> Unknown:
        return self


UNKNOWN = Unknown()

# The generated stubs are older than protocol 6.8: field 11 (`write_only`, a bool) travels as an unknown field.
_WRITE_ONLY = b"\x58\x01"
_NESTINGS: dict[Nesting, int] = {"single": 1, "list": 2, "set": 3, "map": 4}
_NESTING_NAMES = {number: name for name, number in _NESTINGS.items()}


def decode(value: pb.DynamicValue) -> Value:
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, raw=False, strict_map_key=False, ext_hook=_unpack)
    return json.loads(value.json) if value.json else None


def _unpack(_code: int, _data: bytes) -> Unknown:
    return UNKNOWN


def encode(value: Value) -> pb.DynamicValue:
    return pb.DynamicValue(msgpack=msgpack.packb(value, use_bin_type=True, default=_pack))


def _pack(value: object) -> msgpack.ExtType:
    if isinstance(value, Unknown):
        return msgpack.ExtType(0, b"\0")
    raise TypeError(f"{type(value)} can't be sent to Terraform")


def has_unknown(value: Value) -> bool:
    if value is UNKNOWN:
        return True
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    return isinstance(value, list) and any(has_unknown(item) for item in value)


def schema_response(schemas: Schemas) -> pb.GetProviderSchema.Response:
    response = pb.GetProviderSchema.Response(
        provider=pb.Schema(block=_to_message(schemas.provider)),
        server_capabilities=pb.ServerCapabilities(get_provider_schema_optional=True),
    )
    for name, block in sorted(schemas.resources.items()):
        response.resource_schemas[name].CopyFrom(pb.Schema(block=_to_message(block)))
    for name, block in sorted(schemas.data_sources.items()):
        response.data_source_schemas[name].CopyFrom(pb.Schema(block=_to_message(block)))
    return response


def _to_message(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[_attribute(name, attribute) for name, attribute in sorted(block.attributes.items())],
        block_types=[_nested(name, nested) for name, nested in sorted(block.blocks.items())],
    )


def _attribute(name: str, attribute: Attribute) -> pb.Schema.Attribute:
    message = pb.Schema.Attribute(
        name=name,
        type=json.dumps(attribute.type).encode(),
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
    )
    if attribute.write_only:
        message.MergeFromString(_WRITE_ONLY)
    return message


def _nested(name: str, nested: Nested) -> pb.Schema.NestedBlock:
    return pb.Schema.NestedBlock(
        type_name=name,
        nesting=_NESTINGS[nested.nesting],
        min_items=nested.min_items,
        max_items=nested.max_items,
        block=_to_message(nested.block),
    )


def from_message(message: pb.Schema.Block) -> Block:
    return Block(
        {attribute.name: _from_attribute(attribute) for attribute in message.attributes},
        {
            nested.type_name: Nested(
                _NESTING_NAMES[nested.nesting], from_message(nested.block), nested.min_items, nested.max_items
            )
            for nested in message.block_types
        },
    )


def _from_attribute(message: pb.Schema.Attribute) -> Attribute:
    return Attribute(
        json.loads(message.type),
        required=message.required,
        optional=message.optional,
        computed=message.computed,
        sensitive=message.sensitive,
        write_only=message.optional and not message.computed and message.name.endswith("_wo"),
    )


def diagnostic(summary: str, detail: str, path: Iterable[str | int] = ()) -> pb.Diagnostic:
    return pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=summary, detail=detail, attribute=attribute_path(path))


def attribute_path(path: Iterable[str | int]) -> pb.AttributePath:
    return pb.AttributePath(
        steps=[
            pb.AttributePath.Step(attribute_name=step)
            if isinstance(step, str)
            else pb.AttributePath.Step(element_key_int=step)
            for step in path
        ]
    )
