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
_PHRASE = re.compile(r"[a-z]+(?:'[a-z]+)?(?: [a-z]+(?:'[a-z]+)?)+")
"""Words in a row: in the place of a value they are words of the code, too, and not the page's own."""
_HOLE = "(.*)"
_PIECES = 3
"""Of how many texts of the code such a row may be put together."""


def is_ours(sentence: str) -> bool:
    """Whether a golden message is exactly this, or some text of the code says it with its values."""
    if f": {sentence}\n" in refusals():
        return True
    matches = filter(None, (pattern.fullmatch(sentence) for pattern in _patterns()))
    return any(all(map(_is_value, match.groups())) for match in matches)


def _is_value(text: str) -> bool:
    return all(_is_said(phrase.split(" "), _PIECES) for phrase in _PHRASE.findall(text))


def _is_said(words: list[str], pieces: int) -> bool:
    if " ".join(words) in _words():
        return True
    heads = range(len(words) - 1, 0, -1) if pieces > 1 else ()
    return any(" ".join(words[:at]) in _words() and _is_said(words[at:], pieces - 1) for at in heads)


@cache
def refusals() -> str:
    """All golden messages."""
    return "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests").rglob("expected.txt")))


@cache
def _trees() -> tuple[ast.Module, ...]:
    files = [file for package in ("tanada", "modules") for file in sorted((ROOT / package).rglob("*.py"))]
    return tuple(ast.parse(file.read_text(encoding="utf-8")) for file in files)


@cache
def _words() -> str:
    """Every text of the code as it stands there, one a line."""
    nodes = (node for tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return "\n".join(node.value for node in nodes if isinstance(node.value, str))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Each text with a blank in it, a hole for each of its values."""
    found = {pattern for tree in _trees() for pattern in _patterns_of(tree)}
    return tuple(re.compile(pattern, re.DOTALL) for pattern in sorted(found))


def said_by(tree: ast.Module) -> list[str]:
    """What to search for of each sentence of a module: its texts, but docstrings and what stands inside of others.

    Without holes at both ends, which any text fills: a search that begins with one tries it at each sign.
    """
    nodes = list(ast.walk(tree))
    without = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    without |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    texts = [node for node in nodes if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in without]
    found = [_pattern(node) for node in texts]
    return [_between_holes(pattern) for pattern, literal in found if len(literal) >= _LEAST and " " in literal]


def _between_holes(pattern: str) -> str:
    while pattern.startswith(_HOLE):
        pattern = pattern.removeprefix(_HOLE)
    while pattern.endswith(_HOLE):
        pattern = pattern.removesuffix(_HOLE)
    return pattern


def _patterns_of(tree: ast.Module) -> Iterator[str]:
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
            return _HOLE, ""
