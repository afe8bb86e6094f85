"""CDKTF's `manifest.json`: where some stacks are made and others kept, it is put together of those of each."""

from __future__ import annotations

import re
from collections.abc import Iterable

_STACK = re.compile(r'^    "[^"]+": \{\n.*?\n    \}', re.MULTILINE | re.DOTALL)
_HEAD = '{\n  "stacks": {\n'
_NAME = re.compile(r'    "([^"]+)"')


def split(manifest: str) -> dict[str, str]:
    """The manifest of each stack alone, by name; ValueError where it has not the form that CDKTF 0.21 writes."""
    stacks = _STACK.findall(manifest)
    listed = ",\n".join(stacks)
    tail = manifest[len(_HEAD) + len(listed) :]
    if not stacks or manifest != _HEAD + listed + tail:
        raise ValueError("CDKTF writes its manifest in another form")
    return {match[1]: _HEAD + text + tail for text in stacks if (match := _NAME.match(text))}


def joined(manifests: Iterable[str]) -> str:
    """One manifest of several that `split` gave."""
    ordered = sorted(manifests)
    (first,) = _STACK.findall(ordered[0])
    tail = ordered[0].removeprefix(_HEAD + first)
    # All have the same tail: CDKTF's version.
    return _HEAD + ",\n".join(each.removeprefix(_HEAD).removesuffix(tail) for each in ordered) + tail
