"""The sentences that Tanada can say, read from its code and golden files: what a page quotes as ours is one of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEAST = 12
"""Characters of a sentence that stand in the code as they are: fewer would fit anything."""


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Each text with a blank in it, its values as holes."""
    files = [file for package in ("tanada", "modules") for file in sorted((ROOT / package).rglob("*.py"))]
    found = {pattern for file in files for pattern in _patterns(ast.parse(file.read_text(encoding="utf-8")))}
    return tuple(re.compile(pattern, re.DOTALL) for pattern in sorted(found))


@cache
def refusals() -> str:
    """The golden messages of broken declarations: some are put together from parts."""
    return "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests").rglob("expected.txt")))


def is_ours(sentence: str) -> bool:
    """Whether some text of the code, with its values, says exactly this."""
    return f": {sentence}\n" in refusals() or any(pattern.fullmatch(sentence) for pattern in patterns())


def _patterns(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant | ast.BinOp):
            pattern, literal = _pattern(node)
            if len(literal) >= _LEAST and " " in literal:
                yield pattern


def _pattern(node: ast.expr) -> tuple[str, str]:
    """The pattern of a text, and what of it stands in the code."""
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text), text
        case ast.JoinedStr(values=parts):
            pairs = [_pattern(part) for part in parts]
            return "".join(pattern for pattern, _ in pairs), "".join(literal for _, literal in pairs)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _pattern(left), _pattern(right)
            return one[0] + other[0], one[1] + other[1]
        case _:
            return ".*", ""
