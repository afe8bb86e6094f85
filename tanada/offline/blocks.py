"""What a Terraform schema consists of, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Nesting = Literal["single", "list", "set", "map"]
Type = Any
"""A type as Terraform writes it in JSON: "string", ["list", "string"], ["object", {"name": "string"}]."""


@dataclass(frozen=True)
class Attribute:
    type: Type
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False

    @property
    def settable(self) -> bool:
        return self.optional or self.required


@dataclass(frozen=True)
class Nested:
    nesting: Nesting
    block: Block
    min_items: int = 0
    max_items: int = 0


@dataclass(frozen=True)
class Block:
    attributes: dict[str, Attribute]
    blocks: dict[str, Nested]


def has_dynamic(value: Block | Type) -> bool:
    """Whether a value's type is known only with the value itself."""
    if isinstance(value, Block):
        return any(has_dynamic(attribute.type) for attribute in value.attributes.values()) or any(
            has_dynamic(nested.block) for nested in value.blocks.values()
        )
    if isinstance(value, str):
        return value == "dynamic"
    if isinstance(value, dict):
        return any(has_dynamic(item) for item in value.values())
    return any(has_dynamic(item) for item in value)
