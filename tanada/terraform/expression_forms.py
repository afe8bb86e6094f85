"""The forms of the expressions that a stack holds: an expression that is new may tell a value that Terraform hides.

Messages of functions and of providers quote what they are given, letter by letter if need be, whatever is marked; a
comparison tells it by an update or none. So what takes a value has a form of the base, but for a plain reference that
is a whole value: that one is hidden where it turns up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tanada.terraform.template import Expression, UnreadableError, read

_ASKED = ("condition", "count", "for_each")
"""Arguments whose answers stand in the plan whatever Terraform marks: a condition is told by its message."""
_NO_REFERENCE = frozenset({"true", "false", "null"})
_TYPE = re.compile(r"aws_[a-z0-9_]+|terraform_data")
_WORD = re.compile(r"[A-Za-z_]")
_IN_LIST = re.compile(r'(?<=\[\n)(<"\n"x\n>"\n,\n)+(?=<"\n"x\n>"\n\])')
_PLACE = re.compile(r"(cidrsubnet\n\(\n[\w.*-]+\n,\n\d+\n,\n|(?<=[\w*])\n\[\n)\d+(?=\n[\])])")
"""Which of a list's members, or of a network's subnets: a further zone has the next."""
_OF_THE_WORKSPACE = ("asked", '!\ncontains\n(\n[\n<"\n"x\n>"\n]\n,\nterraform.workspace\n)')
"""Names that no review environment may have: none where no environment lies below its domain. It asks nothing
hidden."""
_REFERENCES = 50
"""In one text, or four times as many as the base's fullest has."""


@dataclass(frozen=True)
class Forms:
    """What the base holds."""

    known: frozenset[tuple[str, str]]
    """Where an expression stands, and its form."""
    references: int
    """How many one text may hold."""


def forms(stacks: Iterable[Any]) -> Forms:
    """Those of all that the base emits."""
    known = {_OF_THE_WORKSPACE}
    most = 0
    for _, place, text in (each for stack in stacks for each in _texts(stack, ())):
        try:
            found = list(read(text))
        except UnreadableError:
            continue
        known |= {(_place(place, each), form(each)) for each in found}
        most = max(most, sum(len(list(references(each))) for each in found))
    return Forms(frozenset(known), max(_REFERENCES, 4 * most))


def unknown(head: Any, base: Forms) -> Iterator[tuple[tuple[str, ...], str]]:
    """What in a stack's texts has no form of the base's: where, and what is wrong. What can't be read is refused
    elsewhere."""
    for path, place, text in _texts(head, ()):
        number = 0
        try:
            for each in read(text):
                number += len(list(references(each)))
                if not _harmless(place, each) and (_place(place, each), form(each)) not in base.known:
                    yield path, "uses a value as the base doesn't, and may so tell one that is hidden"
                    break
        except UnreadableError:
            continue
        if number > base.references:
            yield path, f"holds more than {base.references} references"


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every text with where it stands, and as what."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if "{" in key:
                yield (*path, key), "text", key
            yield from _texts(each, (*path, key))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, path)
    elif isinstance(value, str) and "{" in value:
        yield path, "asked" if {*path} & {*_ASKED} else "local" if path[:1] == ("locals",) else "value", value


def _place(place: str, expression: Expression) -> str:
    """A condition or a local is compared with such alone: a local is what others' forms call only 'a local'."""
    return "text" if place == "value" and not expression.alone else place


def _harmless(place: str, expression: Expression) -> bool:
    """What takes nothing, and asks nothing; or a plain reference that is the whole value."""
    if place == "asked":
        return False
    return not any(references(expression)) or (place == "value" and expression.alone and _plain(expression.tokens))


def _plain(tokens: tuple[str, ...]) -> bool:
    names, dots = tokens[::2], {*tokens[1::2]}
    if len(tokens) % 2 == 0 or dots != {"."} or not all(_WORD.match(name) for name in names):
        return False
    if names[0] in ("var", "local"):
        return True
    kind, *rest = names[1:] if names[0] == "data" else names
    return len(rest) >= 2 and (names[0] == "data" or _TYPE.fullmatch(kind) is not None)


def references(expression: Expression) -> Iterator[tuple[str, ...]]:
    """The names, as far as they are written with dots, of all that an expression refers to."""
    tokens = expression.tokens
    for at, token in enumerate(tokens):
        before, after = tokens[at - 1] if at else "", tokens[at + 1] if at + 1 < len(tokens) else ""
        if _WORD.match(token) and before != "." and after != "(" and token not in _NO_REFERENCE:
            yield _dotted(tokens, at)


def _dotted(tokens: tuple[str, ...], at: int) -> tuple[str, ...]:
    end = at + 1
    while end + 1 < len(tokens) and tokens[end] == "." and _WORD.match(tokens[end + 1]):
        end += 2
    return tokens[at:end:2]


def form(expression: Expression) -> str:
    """An expression without the names that a declaration gives: of resources, locals, services in another stack's
    outputs, words in quotes, and which member of a list it is. Other numbers, functions, types, attributes, variables
    and signs in quotes stay."""
    tokens, made, at = expression.tokens, [], 0
    while at < len(tokens):
        each = tokens[at]
        if _WORD.match(each) and (not at or tokens[at - 1] != "."):
            names = _dotted(tokens, at)
            made.append(_general(names))
            at += 2 * len(names) - 1
            continue
        # A word in quotes is a name; a sign in quotes is one that a text is split at.
        made.append('"x' if each[0] == '"' and any(map(str.isalnum, each)) else each)
        at += 1
    return _PLACE.sub(r"\1*", _IN_LIST.sub("", "\n".join(made)))  # no token holds the end of a line


def _general(names: tuple[str, ...]) -> str:
    if names[:2] == ("data", "terraform_remote_state"):
        return ".".join(name if at <= 4 or at == len(names) - 1 else "*" for at, name in enumerate(names))
    named = 2 if names[0] == "data" else 1 if names[0] == "local" or _TYPE.fullmatch(names[0]) else len(names)
    return ".".join("*" if at == named else name for at, name in enumerate(names))
