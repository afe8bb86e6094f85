"""Requests held to botocore's models: types, enums, patterns, lengths, numbers, what is required."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from tanada.resources.request import Request
from tests.requests.building import Built, Unknown, shape_of

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "timestamp": (str,),
    "blob": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "list": (list,),
    "structure": (dict,),
    "map": (dict,),
}


def faults(built: Built, request: Request) -> Iterator[str]:
    """What AWS's models refuse in the requests of one resource."""
    first, *others = request.calls
    yield from _held(built.requests[first], shape_of(request.service, first), first, request.adds)
    for call in others:
        shape = shape_of(request.service, call)
        for name, value in built.requests[call].items():  # what it is of, AWS answered to the first one
            yield from _held(value, shape.members[name], f"{call}.{name}", request.adds)


def _held(value: Any, shape: Shape, at: str, adds: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, Unknown):
        return
    wanted: Any = TYPES.get(shape.type_name)
    if wanted is None or not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        yield f"{at}: {value!r} is no {shape.type_name}"
    elif isinstance(shape, StructureShape):
        for name in shape.required_members:
            if name not in value and name not in adds:
                yield f"{at}: {name} is required"
        for name, each in value.items():
            if name in shape.members:
                yield from _held(each, shape.members[name], f"{at}.{name}", adds)
            else:
                yield f"{at}: {name} is no member of {shape.name}"
    elif isinstance(shape, ListShape):
        yield from _bounds(len(value), shape, f"{at}: {len(value)} items")
        for each in value:
            yield from _held(each, shape.member, at, adds)
    elif isinstance(shape, MapShape):
        for name, each in value.items():
            yield from _held(name, shape.key, f"{at} key", adds)
            yield from _held(each, shape.value, f"{at}.{name}", adds)
    elif isinstance(value, str):
        yield from _text(value, shape, at)
    elif not isinstance(value, bool):
        yield from _bounds(value, shape, f"{at}: {value}")


def _text(value: str, shape: Shape, at: str) -> Iterator[str]:
    if enum := shape.metadata.get("enum"):
        if value not in enum:
            yield f"{at}: {value!r} is none of {', '.join(enum)}"
        return
    yield from _bounds(len(value), shape, f"{at}: {value[:60]!r} of {len(value)} characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield f"{at}: {value[:60]!r} does not match {pattern}"


def _matches(pattern: str, value: str) -> bool:
    """As far as Python reads AWS's patterns, which are Java's; what it can't read is no fault."""
    readable = pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s").replace(r"\p{IsAlphabetic}", r"\w")
    try:
        return re.fullmatch(readable, value, re.DOTALL) is not None
    except re.error:
        return True


def _bounds(number: float, shape: Shape, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        yield f"{what}, and the least is {least}"
    if most is not None and number > most:
        yield f"{what}, and the most is {most}"
