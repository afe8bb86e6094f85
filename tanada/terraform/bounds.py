"""How much a plan of JSON that nobody has approved may cost: it runs in a job with credentials, which others wait for.

Each limit lies far above what is emitted (measured over the repository's own systems: 58 KB, 72 resources, 8 deep,
neither `count` nor `for_each` nor a `for`) and far below what stops a runner.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any

from tanada.terraform.expression_forms import Forms, form, references
from tanada.terraform.template import UnreadableError, read
from tanada.text import cut, quoted

Json = Mapping[str, Any]
INSTANCES = 5_000
"""Of resources, data sources and ephemeral ones together: AWS allows one account fewer of most kinds, and Terraform
holds each in memory several times."""
REPEATED = 100
"""Of one block, by `count` or `for_each`."""
GROWN = 64 * 1024 * 1024
"""Characters that all values together may grow to when their references are put in: ten locals, each the one before a
thousand times, are 10^30 characters; ten thousand outputs, each a text of a megabyte, need no more than one local. What
is emitted grows to six times its own size, half a megabyte. A runner of GitHub has 7 GB."""
_MULTIPLIES = frozenset({"join", "replace"})
"""Of the functions that Tanada emits: a separator, or what is put in, may stand in the result again and again, so three
of them in one another, without a reference, make 10^9 characters of some thousand."""
_SHORTENS = (",", '<"', '"/-+/', '>"', ",", '<"', '"-', '>"', ")")
"""How `replace` ends in an identifier (tanada/names.py): each run of hyphens becomes one, and nothing grows."""
_WORDS = {"data": 3, "ephemeral": 3}
_LOOP = re.compile(r"[\[{~]\s*for\s")


def costs(head: Json, base: Json) -> Iterator[str]:
    """Why a plan of a stack could cost too much: sentences, none where it couldn't. `base` is what the base emits."""
    number = 0
    for where, body in bodies(head):
        for key in ("count", "for_each"):
            if key in body and (why := _repeats(body[key])):
                yield f"{where}.{key}: {why}"
        number += _instances(body)
    if number > INSTANCES:
        yield f"resource: {number:,} resources, and at most {INSTANCES:,} are planned"
    known = {text for text in _texts(base) if _loops(text)}
    if any(text not in known and _loops(text) for text in _texts(head)):
        yield "an expression repeats itself (for), which Tanada doesn't emit"
    if (grown := _grown(head)) > GROWN:
        size = f"{grown:,}" if grown < 10**15 else "far more"
        yield f"references in references: values may grow to {size} characters, and at most {GROWN:,} are planned"


def growing(head: Json, known: Forms) -> Iterator[str]:
    """What may multiply the texts that it is given, and has no form of the base's, whose separators are the same; what
    can't be read is refused elsewhere."""
    base = {each for _, each in known.known}
    for text in sorted({each for each in _texts(head) if any(name in each for name in _MULTIPLIES)}):
        with suppress(UnreadableError):
            found = [*read(text), *read(unicodedata.normalize("NFC", text))]
            if any(_multiplies(each.tokens) and form(each) not in base for each in found):
                yield f"{quoted(cut(text, 100))}: calls join() or replace() as the base doesn't, and may grow"


def _multiplies(tokens: tuple[str, ...]) -> bool:
    """Whether it calls what multiplies, but for `replace` of an identifier."""
    for at, (word, following) in enumerate(pairwise(tokens)):
        if word in _MULTIPLIES and following == "(":
            end = _closing(tokens, at + 1)
            if word != "replace" or tokens[end - len(_SHORTENS) : end] != _SHORTENS:
                return True
    return False


def _closing(tokens: tuple[str, ...], at: int) -> int:
    """Behind the bracket that closes the one there; a bracket in quotes is no token of its own."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index], 0)
        if not depth:
            return index + 1
    return at


def bodies(stack: Json) -> Iterator[tuple[str, Json]]:
    """Every resource, data source and ephemeral resource, by its address."""
    for block in ("resource", "data", "ephemeral"):
        types = stack.get(block)
        for type_, bodies in types.items() if isinstance(types, Mapping) else ():
            for name, body in bodies.items() if isinstance(bodies, Mapping) else ():
                if isinstance(body, Mapping):
                    yield f"{block}.{type_}.{name}", body


def _repeats(value: Any) -> str | None:
    """What is wrong with a `count` or a `for_each`; expressions are compared with the base's elsewhere."""
    if isinstance(value, str) and "{" in value:
        return None
    if (number := _number(value)) is None:
        return f"expected a whole number or a list of at most {REPEATED}"
    return None if number <= REPEATED else f"makes {number:,} of it, and at most {REPEATED} are planned"


def _number(value: Any) -> int | None:
    if isinstance(value, Mapping | list):
        return len(value)
    # Terraform takes a text for the number that it says, in whatever notation.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _instances(body: Json) -> int:
    return max((_number(body[key]) or 1 for key in ("count", "for_each") if key in body), default=1)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _loops(text: str) -> bool:
    return ("${" in text or "%{" in text) and _LOOP.search(text) is not None


def _grown(stack: Json) -> int:
    """A bound for all values together, were each reference replaced by all that it leads to."""
    named = dict(_named(stack))
    sizes: dict[str, int] = {}
    led = {name: Counter(_led(name, body, named)) for name, body in named.items()}
    for start in named:  # without calling itself: Python's own limit is lower than what a file may hold
        way, on_it = [(start, iter(led[start]))], {start}
        while way:
            name, rest = way[-1]
            if name not in sizes and (following := next((e for e in rest if e not in sizes and e not in on_it), None)):
                way.append((following, iter(led[following])))
                on_it.add(following)
                continue
            own_length = sum(map(len, _texts(named[name])))
            sizes.setdefault(name, own_length + sum(times * sizes.get(each, 0) for each, times in led[name].items()))
            way.pop()
            on_it.discard(name)
    times = {where.removeprefix("resource."): _instances(body) for where, body in bodies(stack)}
    return sum(size * times.get(name, 1) for name, size in sizes.items() if " " not in name)


def _named(stack: Json) -> Iterator[tuple[str, Any]]:
    """Whatever may hold references or be referred to, by the words that lead to it."""
    for where, body in bodies(stack):
        name = where.removeprefix("resource.")
        yield name, body
        yield f"{name} each", body.get("for_each")
        yield f"{name} self", {key: each for key, each in body.items() if key != "lifecycle"}  # it says `self` itself
    for block, word in (("locals", "local"), ("variable", "var"), ("output", "output")):
        own = stack.get(block)
        for name, value in own.items() if isinstance(own, Mapping) else ():
            yield f"{word}.{name}", value


def _led(name: str, body: Any, named: Mapping[str, Any]) -> Iterator[str]:
    """The names that a value's texts refer to, as often as they do; what can't be read is refused elsewhere."""
    for text in _texts(body):
        if "{" not in text:
            continue
        try:
            found = [each for expression in read(text) for each in references(expression)]
        except UnreadableError:
            continue
        for words in found:
            start = words[1:] if words[0] == "resource" else words  # the long form
            to = ".".join(start[: _WORDS.get(start[0], 2)]) if start else ""
            if words[0] in ("each", "self"):
                to = f"{name.partition(' ')[0]} {words[0]}"
            if to in named:
                yield to
