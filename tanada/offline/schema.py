"""The schemas that the offline provider serves: the shipped file, completed by what resources' entries say.

The file is the message that Terraform asks for, made from the bindings (scripts/provider_schemas). Entries complete it
at each start, so that one that changes needs no new file.
"""

from __future__ import annotations

import lzma
from collections.abc import Collection, Mapping
from functools import cache, cached_property
from pathlib import Path

from tanada import resources
from tanada.offline import ephemeral
from tanada.offline.blocks import Block
from tanada.offline.codec import from_message
from tanada.offline.protocol import tfplugin6_pb2 as pb

FILE = Path(__file__).with_name("schemas.xz")


class Schemas:
    """What is served, each in the form that it is asked for in, made once."""

    def __init__(self, message: pb.GetProviderSchema.Response) -> None:
        self.message = message

    @cached_property
    def wire(self) -> bytes:
        """Terraform asks for all of them in nearly every command."""
        return bytes(self.message.SerializeToString())

    @cache  # noqa: B019 - they live as long as the process
    def resource(self, kind: str) -> Block:
        return from_message(self.message.resource_schemas[kind].block)

    @cache  # noqa: B019 - the same
    def data_source(self, kind: str) -> Block:
        return from_message(self.message.data_source_schemas[kind].block)

    @cache  # noqa: B019 - the same
    def ephemeral(self, kind: str) -> Block:
        return from_message(self.message.ephemeral_resource_schemas[kind].block)


def load() -> pb.GetProviderSchema.Response:
    """The schemas of the provider's version that the bindings were generated from."""
    return complete(pb.GetProviderSchema.Response.FromString(lzma.decompress(FILE.read_bytes())))


def narrowed(
    response: pb.GetProviderSchema.Response, declared: Collection[str], named: Collection[str]
) -> pb.GetProviderSchema.Response:
    """A copy with the types alone that are named, or with all where one is declared that there is not."""
    kinds = ("resource_schemas", "data_source_schemas", "ephemeral_resource_schemas")
    if any(all(name not in getattr(response, kind) for kind in kinds) for name in declared):
        return response
    narrow = pb.GetProviderSchema.Response(provider=response.provider, server_capabilities=response.server_capabilities)
    for kind in kinds:
        schemas, kept = getattr(response, kind), getattr(narrow, kind)
        for name in named:
            if name in schemas:
                kept[name].CopyFrom(schemas[name])
    return narrow


def complete(response: pb.GetProviderSchema.Response) -> pb.GetProviderSchema.Response:
    """The same message with what the bindings do not carry: what is sensitive, limits of blocks, what is ephemeral."""
    for name, block in ephemeral.SCHEMAS.items():
        response.ephemeral_resource_schemas[name].CopyFrom(pb.Schema(block=block))
    for resource in resources.entries().values():
        if resource.type in response.resource_schemas:
            block = response.resource_schemas[resource.type].block
            hide(block, resource.sensitive)
            _limit(block, "min_items", resource.min_items)
            _limit(block, "max_items", resource.max_items)
    return response


def hide(block: pb.Schema.Block, paths: tuple[str, ...]) -> None:
    """Mark attributes as sensitive; one is hidden whole, also for what lies inside it."""
    for path in paths:
        *around, name = path.split(".")
        inner = block
        for step in around:
            nested = _nested(inner, step)
            if nested is None:
                name = step
                break
            inner = nested.block
        for attribute in inner.attributes:
            if attribute.name == name:
                attribute.sensitive = True


def _limit(block: pb.Schema.Block, which: str, limits: Mapping[str, int]) -> None:
    for path, limit in limits.items():
        *around, name = path.split(".")
        inner: pb.Schema.Block | None = block
        for step in around:
            nested = _nested(inner, step) if inner is not None else None
            inner = nested.block if nested is not None else None
        limited = _nested(inner, name) if inner is not None else None
        if limited is not None:  # else it is another version of the provider
            setattr(limited, which, limit)


def _nested(block: pb.Schema.Block, name: str) -> pb.Schema.NestedBlock | None:
    return next((nested for nested in block.block_types if nested.type_name == name), None)
