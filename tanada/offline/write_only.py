"""Write-only values: what a provider hands to AWS and Terraform keeps nowhere. Of them hashes alone are remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tanada.offline.blocks import Block
from tanada.offline.plan import elements
from tanada.resources.seed import digest

Object = Mapping[str, Any]


def written(block: Block, before: Object | None, after: Object, config: Object) -> dict[str, str]:
    """Path → hash of what AWS is given: at a creation, and where the value's `…_wo_version` is another one."""
    return {
        path: digest(value)
        for path, value in _values(block, config, "")
        if before is None or _version(before, path) != _version(after, path)
    }


def _values(block: Block, value: Object, at: str) -> Iterator[tuple[str, Any]]:
    for name, attribute in block.attributes.items():
        if attribute.write_only and value.get(name) is not None:
            yield f"{at}{name}", value[name]
    for name, nested in block.blocks.items():
        for index, element in elements(nested, value.get(name)):
            yield from _values(nested.block, element, f"{at}{name}." if index is None else f"{at}{name}.{index}.")


def _version(values: Any, path: str) -> Any:
    for step in f"{path}_version".split("."):
        if isinstance(values, list):
            values = values[int(step)] if step.isdigit() and int(step) < len(values) else None
        else:
            values = values.get(step) if isinstance(values, Mapping) else None
    return values
