"""The expressions in a text of Terraform's JSON: read token by token, refused where in doubt.

Terraform's configuration syntax, "JSON Configuration Syntax" and "Strings and Templates". What Tanada emits needs
little of that language; what is left out here (comments, heredocs, further escapes, letters of other scripts) is not
guessed at. `tests/security/test_vet_template.py` holds it to the real Terraform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_OPENER = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
"""`$${` and `%%{` are Terraform's escapes, however many of the sign stand before them."""
_SPACE = re.compile(r"[ \t\r\n]+")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_SIGN = re.compile(r"==|!=|<=|>=|=>|&&|\|\||\.\.\.|[-+*/%!<>?:.,=\[\]()~]")
_REFUSED = re.compile(r"//|/\*|<<|::")
_IN_QUOTES = re.compile(r'[^"\\$%\r\n]+|\\["\\nrt]|[$%](?![${%])')
"""What a text in quotes consists of beside expressions; a sign before another one, or an escape, is not guessed at."""
_DEPTH = 20
_LONGEST = 2_000
"""Tokens of one expression; the longest that is emitted has some thirty."""


class UnreadableError(Exception):
    """A text that can't be read with certainty; its text completes "can't be read: …"."""


@dataclass(frozen=True)
class Expression:
    """What stands between `${` or `%{` and the bracket that closes it."""

    tokens: tuple[str, ...]
    """Without space. A piece of a text in quotes is one token and begins with a quote, as `"a` and `"` do; those of one
    text stand between `<"` and `>"`, an expression in it between `${` and `$}`."""
    alone: bool
    """Whether nothing stands beside it in its text."""


def calls(text: str) -> Iterator[str]:
    """The names of all functions that a text's expressions call, and of all words that stand before a bracket.

    Raises UnreadableError at what isn't of the part of the language that is known here.
    """
    for each in read(text):
        for word, following in pairwise(each.tokens):
            if following == "(" and _WORD.match(word):
                yield word


def read(text: str) -> Iterator[Expression]:
    """A text's expressions, in one pass; raises UnreadableError as `calls` does."""
    at = 0
    while (opener := _OPENER.search(text, at)) is not None:
        tokens: list[str] = []
        at = _expression(text, opener.end(), tokens, 0)
        yield Expression(tuple(tokens), alone=opener[0] == "${" and (opener.start(), at) == (0, len(text)))


def _expression(text: str, at: int, tokens: list[str], depth: int) -> int:
    """Read from behind an opener to behind the bracket that closes it."""
    if depth > _DEPTH:
        raise UnreadableError("its expressions are nested too deep")
    open_braces = 1
    while at < len(text):
        if len(tokens) > _LONGEST:
            raise UnreadableError(f"an expression of more than {_LONGEST:,} words and signs")
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        if refused := _REFUSED.match(text, at):
            raise UnreadableError(f"{refused[0]} in an expression")
        if text[at] == '"':
            tokens.append('<"')
            at = _quoted(text, at + 1, tokens, depth)
            tokens.append('>"')
        elif text[at] == "}" and open_braces == 1:
            return at + 1
        elif text[at] in "{}":
            open_braces += 1 if text[at] == "{" else -1
            tokens.append(text[at])
            at += 1
        elif found := _WORD.match(text, at) or _NUMBER.match(text, at) or _SIGN.match(text, at):
            tokens.append(found[0])
            at = found.end()
        else:
            raise UnreadableError(f"{text[at]!a} in an expression")
    raise UnreadableError("an expression doesn't end")


def _quoted(text: str, at: int, tokens: list[str], depth: int) -> int:
    """Read from behind a quote to behind the one that closes it."""
    while at < len(text):
        if len(tokens) > _LONGEST:
            raise UnreadableError(f"an expression of more than {_LONGEST:,} words and signs")
        if text[at] == '"':
            return at + 1
        if text.startswith(("${", "%{"), at):
            tokens.append(text[at : at + 2])
            at = _expression(text, at + 2, tokens, depth + 1)
            tokens.append("$}")
        elif found := _IN_QUOTES.match(text, at):
            tokens.append(f'"{found[0]}')
            at = found.end()
        else:
            raise UnreadableError(f"{text[at : at + 2]!a} in quotes")
    raise UnreadableError("a quote doesn't end")
