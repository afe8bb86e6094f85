"""The generated Python classes, compiled for speed: the same statements in the same lines."""

from __future__ import annotations
import __future__

import hashlib
import marshal
import re
import sys
from pathlib import Path

from tanada.stacks.fast.cache import Cache, Content

CHECKS = "__tanada_type_checks__"
HINTS = "__tanada_type_hints__"

_TYPEGUARD = re.compile(
    r"^import typeguard\nfrom importlib\.metadata import .*?\n(?=\nfrom |\nimport |\n__jsii|\nclass |\n@)",
    re.MULTILINE | re.DOTALL,
)


def compiled(cache: Cache, path: Path) -> Content:
    """The marshalled code of a generated module."""
    status = path.stat()
    key = f"{sys.version}|{path}|{status.st_size}|{status.st_mtime_ns}|{_RULES}"
    return cache.made(f"code-{hashlib.sha256(key.encode()).hexdigest()}", lambda: _compile(path))


_RULES = 1
"""Counted up when what follows changes."""


def _compile(path: Path) -> bytes:
    text = rewritten(path.read_text(encoding="utf-8"))
    # Annotations are evaluated when someone asks for them, not at import: half of the time of an import.
    future = __future__.annotations.compiler_flag
    # Without docstrings and asserts: nobody reads them here.
    return marshal.dumps(compile(text, str(path), "exec", flags=future, dont_inherit=True, optimize=2))


def rewritten(text: str) -> str:
    """The checks of types made a question at run time, their hints remembered; what does not match stays as it is."""
    found = _TYPEGUARD.search(text)
    if found:
        # typeguard and its version are looked up by each module; jsii's own check does so when first used.
        blank = "\n" * (found[0].count("\n") - 1)
        text = text[: found.start()] + "from jsii._type_checking import check_type\n" + blank + text[found.end() :]
    text = text.replace("if __debug__:\n", f"if {CHECKS}():\n")
    # Evaluated anew at each call they are a seventh of all time.
    return text.replace("typing.get_type_hints(_typecheckingstub__", f"{HINTS}(_typecheckingstub__")
