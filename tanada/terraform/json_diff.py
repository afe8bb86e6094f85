"""How a stack's emitted JSON differs from what it was: exact, by address and attribute."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_BLOCKS = {"resource": "", "data": "data.", "ephemeral": "ephemeral."}
"""What has a type and a name, and how its address begins."""
_NAMED = {"output": "output.", "variable": "var.", "module": "module.", "locals": "local.", "check": "check."}
"""What has a name, as Terraform's expressions call it (https://developer.hashicorp.com/terraform/language/expressions/references)."""


def emitted_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """A line for all that differs: `+ aws_x.y`, `- aws_x.y`, `~ aws_x.y: name, tags.Owner`; by address.

    Takes Terraform's configuration in JSON. CDKTF's notes under `//`, which Terraform doesn't read
    (https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties), are no difference.
    """
    old, new = _parts(before), _parts(after)
    return tuple(line for address in sorted({*old, *new}) for line in _line(address, old, new))


def _line(address: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if address not in old:
        yield f"+ {address}"
    elif address not in new:
        yield f"- {address}"
    elif paths := list(_paths(old[address], new[address], "")):
        # A value that is no mapping or list has no path in it.
        yield f"~ {address}" + (f": {', '.join(paths)}" if any(paths) else "")


def _parts(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """All that has an address."""
    parts: dict[str, Any] = {}
    for word, content in _without_notes(configuration).items():
        if word in _BLOCKS and isinstance(content, Mapping):
            for kind, named in content.items():
                parts |= {f"{_BLOCKS[word]}{kind}.{name}": _without_notes(each) for name, each in named.items()}
        elif word in _NAMED and isinstance(content, Mapping):
            parts |= {f"{_NAMED[word]}{name}": each for name, each in content.items()}
        elif word == "moved" and isinstance(content, list):
            parts |= {f"moved {each.get('from')} to {each.get('to')}": each for each in content}
        elif isinstance(content, Mapping) and word in ("terraform", "provider"):
            parts |= {f"{word}.{name}": each for name, each in content.items()}
        else:
            parts[word] = content
    return parts


def _without_notes(block: Any) -> Any:
    return {key: each for key, each in block.items() if key != "//"} if isinstance(block, Mapping) else block


def _paths(old: Any, new: Any, path: str) -> Iterator[str]:
    """Where two values differ, as deep as both are alike."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            below = f"{path}.{key}" if path else key
            if key in old and key in new:
                yield from _paths(old[key], new[key], below)
            else:
                yield below
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (each, its) in enumerate(zip(old, new, strict=True)):
            yield from _paths(each, its, f"{path}[{index}]")
    elif old != new or type(old) is not type(new):  # to Python 1 is True
        opened = _opened(old), _opened(new)
        # The same JSON in another writing is another text.
        deeper = list(_paths(*opened, path)) if None not in opened else []
        yield from deeper or [path]


def _opened(value: Any) -> Any:
    """What a text says that is JSON (a policy, container definitions); None for anything else."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return None
    return None
