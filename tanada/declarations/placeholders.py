"""Placeholders in the declaration's texts: `{url}`, `{backend.url}`, `{sessions.name}`; a brace itself is doubled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tanada.declared.blueprint import Part
from tanada.errors import DeclarationError
from tanada.text import meant, quoted, visible

ALWAYS = {
    "environment": "the environment's name, `review-<workspace>` in review",
    "domain": "its domain",
    "url": "`https://` and its domain",
}
"""Known in every environment, with what they stand for."""

_TOKEN = re.compile(r"(\{\{|\}\})|\{([^{}]*)\}|([{}])|([^{}]+)")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A word in braces."""

    word: str


@dataclass(frozen=True, slots=True)
class LoneBrace:
    """A brace that neither opens a placeholder nor is doubled."""

    brace: str


def parts(text: str) -> Iterator[str | Placeholder | LoneBrace]:
    """A text as literal pieces, placeholders and braces that fit nowhere."""
    for doubled, word, lone, literal in (match.groups() for match in _TOKEN.finditer(text)):
        if doubled:
            yield doubled[0]
        elif lone:
            yield LoneBrace(lone)
        elif literal:
            yield literal
        else:
            yield Placeholder(word)


def known(parts: Mapping[str, Part]) -> tuple[str, ...]:
    """The placeholders that texts may hold beside these parts, by their names."""
    return (*ALWAYS, *(f"{name}.{word}" for name, part in parts.items() for word in part.kind.words()))


def mistakes(text: str, words: Iterable[str]) -> Iterator[str]:
    """What is wrong with a text, of which these are the known words."""
    words = tuple(words)
    before = ""
    for piece in parts(text):
        match piece:
            case LoneBrace(brace):
                yield f'a single "{brace}"; double it where a brace is meant, or write a placeholder such as {{url}}'
            case Placeholder(word):
                if word not in words:
                    listed = ", ".join(f"{{{each}}}" for each in words)
                    yield f"{{{visible(word)}}} is no placeholder; known here are {listed}{meant(word, words)}"
                if before.endswith(("$", "%")):
                    # "$" + "${expression}" is Terraform's escape for a literal "${".
                    yield f"{before[-1]}{{{visible(word)}}}: a placeholder has no {before[-1]} before it"
        before = piece if isinstance(piece, str) else ""


def expand(text: str, values: Mapping[str, str]) -> str:
    """The text for a Terraform string.

    Values are put in as they are, so they may be expressions (`${…}`); what the user wrote is escaped, so that
    Terraform reads no expression in it. Raises DeclarationError for what `mistakes` finds, which `load` refuses before.
    """
    for sentence in mistakes(text, values):
        raise DeclarationError(f"{quoted(text)}: {sentence}")
    pieces: list[str] = []
    literal = ""
    for piece in parts(text):
        if isinstance(piece, Placeholder):
            pieces += (escape(literal), values[piece.word])
            literal = ""
        else:
            literal += str(piece)
    return "".join((*pieces, escape(literal)))


def escape(literal: str) -> str:
    """A text with Terraform's own escapes for its two template openers."""
    return literal.replace("${", "$${").replace("%{", "%%{")
