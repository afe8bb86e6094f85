"""Which functions a text of Terraform's JSON calls: read token by token, refused where in doubt.

Terraform's configuration syntax, "JSON Configuration Syntax" and "Strings and Templates". What Tanada emits needs
little of that language; what is left out here (comments, heredocs, further escapes, letters of other scripts) is not
guessed at. `tests/security/test_vet_template.py` holds it to the real Terraform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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


class UnreadableError(Exception):
    """A text that can't be read with certainty; its text completes "can't be read: …"."""


def calls(text: str) -> Iterator[str]:
    """The names of all functions that a text's expressions call, and of all words that stand before a bracket.

    Raises UnreadableError at what isn't of the part of the language that is known here.
    """
    at = 0
    while (opener := _OPENER.search(text, at)) is not None:
        called: list[str] = []
        at = _expression(text, opener.end(), called, 0)
        yield from called


def _expression(text: str, at: int, called: list[str], depth: int) -> int:
    """Read from behind an opener to behind the bracket that closes it."""
    if depth > _DEPTH:
        raise UnreadableError("its expressions are nested too deep")
    open_braces = 1
    word: str | None = None
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        before, word = word, None
        if refused := _REFUSED.match(text, at):
            raise UnreadableError(f"{refused[0]} in an expression")
        if found := _WORD.match(text, at):
            word = found[0]
            at = found.end()
        elif found := _NUMBER.match(text, at):
            at = found.end()
        elif text[at] == '"':
            at = _quoted(text, at + 1, called, depth)
        elif text[at] == "{":
            open_braces += 1
            at += 1
        elif text[at] == "}":
            open_braces -= 1
            at += 1
            if not open_braces:
                return at
        elif found := _SIGN.match(text, at):
            if found[0] == "(" and before is not None:
                called.append(before)
            at = found.end()
        else:
            raise UnreadableError(f"{text[at]!a} in an expression")
    raise UnreadableError("an expression doesn't end")


def _quoted(text: str, at: int, called: list[str], depth: int) -> int:
    """Read from behind a quote to behind the one that closes it."""
    while at < len(text):
        if text[at] == '"':
            return at + 1
        if text.startswith(("${", "%{"), at):
            at = _expression(text, at + 2, called, depth + 1)
        elif found := _IN_QUOTES.match(text, at):
            at = found.end()
        else:
            raise UnreadableError(f"{text[at : at + 2]!a} in quotes")
    raise UnreadableError("a quote doesn't end")
