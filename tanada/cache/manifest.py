"""CDKTF's `manifest.json`: where some stacks are made and others kept, it is put together of those of each."""

from __future__ import annotations

import re
from collections.abc import Iterable

_STACK = re.compile(r'^    "[^"]+": \{\n.*?\n    \}', re.MULTILINE | re.DOTALL)
_NAME = re.compile(r'    "([^"]+)"')


def split(manifest: str) -> dict[str, str]:
    """The manifest of each stack alone, by name; ValueError where it has not the form that CDKTF 0.21 writes."""
    stacks = _STACK.findall(manifest)
    head, _, _ = manifest.partition(stacks[0] if stacks else "\0")
    tail = manifest[len(head) + len(",\n".join(stacks)) :]
    if manifest != head + ",\n".join(stacks) + tail:
        raise ValueError("CDKTF writes its manifest in another form")
    return {match[1]: head + text + tail for text in stacks if (match := _NAME.match(text))}


def joined(manifests: Iterable[str]) -> str:
    """One manifest of several that `split` gave."""
    first, *others = sorted(manifests)
    stacks = [_STACK.findall(each)[0] for each in (first, *others)]
    return first.replace(stacks[0], ",\n".join(stacks), 1)
