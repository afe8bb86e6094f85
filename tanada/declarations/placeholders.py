"""Placeholders in the declaration's texts: `{url}`, `{backend.url}`, `{sessions.name}`; a brace itself is doubled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tanada.declared.blueprint import Part
from tanada.errors import DeclarationError
from tanada.literal import literal, references, refuse_references
from tanada.text import listed, meant, quoted, visible

ALWAYS = {
    "environment": "the environment's name, `review-<workspace>` in review",
    "domain": "its domain",
    "url": "`https://` and its domain",
    "region": "the AWS region",
    "account": "the AWS account's id",
    "system": "the system's name",
}
"""Known in every environment, with what they stand for."""

_WORD = re.compile(r"[A-Za-z0-9_. -]*")
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
    for doubled, word, lone, other in (match.groups() for match in _TOKEN.finditer(text)):
        if doubled:
            yield doubled[0]
        elif lone:
            yield LoneBrace(lone)
        elif other:
            yield other
        else:
            yield Placeholder(word)


def named(text: str) -> tuple[str, ...]:
    """The words that stand in braces, each once."""
    return tuple(dict.fromkeys(piece.word for piece in parts(text) if isinstance(piece, Placeholder)))


def known(parts: Mapping[str, Part], *, domain: bool = True) -> tuple[str, ...]:
    """The placeholders that texts may hold beside these parts, by their names, where there is a domain or none."""
    always = [word for word in ALWAYS if domain or word not in ("domain", "url")]
    words = (f"{name}.{word}" for name, part in parts.items() for word in part.kind.words())
    return (*always, *words, *public(parts))


def secret(parts: Mapping[str, Part]) -> tuple[str, ...]:
    """What `secrets` alone may hold of these parts, each as all of a text."""
    return tuple(f"{name}.{word}" for name, part in parts.items() for word in part.kind.secret_words())


def public(parts: Mapping[str, Part]) -> tuple[str, ...]:
    """Those of them that need no `reach`."""
    return tuple(f"{name}.{word}" for name, part in parts.items() for word in part.kind.public_words())


def mistakes(text: str, words: Collection[str]) -> Iterator[str]:
    """What is wrong with a text, of which these are the known words; the same word once."""
    before = ""
    said: set[tuple[str, str]] = set()
    for piece in parts(text):
        match piece:
            case LoneBrace(brace):
                yield f'a single "{brace}"; double it where a brace is meant, or write a placeholder such as {{url}}'
                return  # which braces belong together nobody knows then
            case Placeholder(word) if (word, before[-1:]) not in said:
                said.add((word, before[-1:]))
                if not _WORD.fullmatch(word) and not before.endswith(("$", "%")):
                    yield _no_word(word)
                elif word not in words and not before.endswith(("$", "%")):
                    here = listed((f"{{{each}}}" for each in words), len(words))
                    yield f"{{{visible(word)}}} is no placeholder; known here are {here}{meant(word, words)}"
                if before.endswith(("$", "%")):
                    # "$" + "${expression}" is Terraform's escape for a literal "${".
                    yield f"{before[-1]}{{{visible(word)}}}: a placeholder has no {before[-1]} before it"
        before = piece if isinstance(piece, str) else ""


def _no_word(word: str) -> str:
    if word.startswith("file:"):
        return f"{{{visible(word)}}} is the whole text of a variable, or one of command or entrypoint; not so here"
    double = f"double it: {{{{{visible(word)}}}}}"
    return f"{{{visible(word)}}} is no placeholder; where a brace itself is meant, as in JSON, {double}"


def expand(text: str, values: Mapping[str, str]) -> str:
    """The text for a Terraform string.

    Values are put in as they are, so they may be expressions (`${…}`); what the user wrote is a literal, so that
    Terraform reads no expression in it. Raises DeclarationError for what `mistakes` finds, which `load` refuses before,
    and where text and value look like a reference of CDKTF only together (an environment called `oken`).
    """
    for sentence in mistakes(text, values):
        raise DeclarationError(f"{quoted(text)}: {sentence}")
    pieces: list[str] = []
    own = ""
    known = 0
    for piece in parts(text):
        if isinstance(piece, Placeholder):
            value = values[piece.word]
            pieces += (literal(own), value)
            known += references(value)
            own = ""
        else:
            own += str(piece)
    expanded = "".join((*pieces, literal(own)))
    return refuse_references(expanded, known)
