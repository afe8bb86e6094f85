"""Values of a generated program, and how Python and JavaScript write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks import systems

SAMPLE = systems.name(1)
"""The environment that was looked at: where its name stands in a text, a program puts that of each environment."""


@dataclass(frozen=True)
class Struct:
    """A class of the peer with fields in snake_case; JavaScript takes a plain object."""

    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """A construct's variable, or its attribute in snake_case."""

    variable: str
    attribute: str | None = None


@dataclass(frozen=True)
class Call:
    """A function with the name that both languages give it but for its case, and its arguments."""

    function: str
    arguments: tuple[Any, ...]


Writer = Callable[[Any], str]


def camel(words: str) -> str:
    """`two_words` as `twoWords`."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), words)


def pascal(words: str) -> str:
    """`two_words` as `TwoWords`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[_-]", words))


def snake(words: str) -> str:
    """`twoWords` as `two_words`."""
    return re.sub("([A-Z])", r"_\1", words).lower()


def python(value: Any) -> str:
    """As Python writes it."""
    match value:
        case str():
            literal = repr(value)
            return f"f{_braced(literal, '{n}')}" if SAMPLE in value else literal
        case list() | tuple():
            return f"[{', '.join(map(python, value))}]"
        case Struct():
            return f"{value.name}({', '.join(f'{field}={python(each)}' for field, each in value.fields.items())})"
        case Mapping():
            return f"{{{', '.join(f'{python(key)}: {python(each)}' for key, each in value.items())}}}"
        case Read():
            return value.variable if value.attribute is None else f"{value.variable}.{value.attribute}"
        case Call():
            return f"{value.function}({', '.join(map(python, value.arguments))})"
    return repr(value)


def _braced(literal: str, name: str) -> str:
    return literal.replace("{", "{{").replace("}", "}}").replace(SAMPLE, name)


def javascript(value: Any) -> str:
    """As JavaScript writes it."""
    match value:
        case str():
            return _template(value) if SAMPLE in value else json.dumps(value)
        case list() | tuple():
            return f"[{', '.join(map(javascript, value))}]"
        case Struct():
            return f"{{{', '.join(f'{camel(field)}: {javascript(each)}' for field, each in value.fields.items())}}}"
        case Mapping():
            return f"{{{', '.join(f'[{javascript(key)}]: {javascript(each)}' for key, each in value.items())}}}"
        case Read():
            return value.variable if value.attribute is None else f"{value.variable}.{camel(value.attribute)}"
        case Call():
            return f"{camel(value.function)}({', '.join(map(javascript, value.arguments))})"
    return json.dumps(value)


def _template(text: str) -> str:
    escaped = json.dumps(text)[1:-1].replace('\\"', '"').replace("`", "\\`").replace("${", "\\${")
    return f"`{escaped.replace(SAMPLE, '${n}')}`"
