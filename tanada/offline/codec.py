"""Between our values and Terraform's plugin protocol 6: schemas out of protobuf, values as msgpack or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgpack  # type: ignore[import-untyped]

from tanada.offline.blocks import Attribute, Block, Nested, Nesting
from tanada.offline.protocol import tfplugin6_pb2 as pb
from tanada.resources.seed import UNKNOWN, Unknown

Value = Any
"""None, bool, number, text, list, mapping, or UNKNOWN at any depth."""


_NESTINGS: dict[int, Nesting] = {1: "single", 2: "list", 3: "set", 4: "map"}


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


def from_message(message: pb.Schema.Block) -> Block:
    return Block(
        {attribute.name: _from_attribute(attribute) for attribute in message.attributes},
        {
            nested.type_name: Nested(
                _NESTINGS[nested.nesting], from_message(nested.block), nested.min_items, nested.max_items
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
        write_only=message.write_only,
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
