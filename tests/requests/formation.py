"""Values held to CloudFormation's schemas of resources, as cfn-lint ships them, beside botocore's models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tanada.resources.request import Request
from tests.requests.building import Json, Placed, Unknown, settled

REGION = "ap-northeast-1"


def known(placed: Placed, request: Request) -> bool:
    """Whether CloudFormation has a property for it."""
    return _property(placed, request) is not None


def faults(placed: Placed, request: Request) -> Iterator[str]:
    """What CloudFormation's schema says against the value."""
    found = _property(placed, request)
    if found is None or placed.key:
        return
    value = settled(placed.leaf.value) if placed.value is None else placed.value
    for each in value if isinstance(value, list) else [value]:
        for sentence in _held(each, found):
            yield f"{request.formation} {placed.leaf.name}: {sentence}"


def _property(placed: Placed, request: Request) -> Json | None:
    """By the attribute's own path, or by that of the member that it is."""
    if not request.formation:
        return None
    schema = _schema(request.formation)
    ways = (placed.leaf.path, placed.members, placed.members[-1:])
    return next((found for way in ways if way and (found := _follow(way, schema, schema)) is not None), None)


def _schema(kind: str) -> Json:
    # Here: each of a run's processes imports all tests, and one asks it.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

    schema: Json = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return schema


def _follow(way: tuple[str, ...], schema: Json, root: Json) -> Json | None:
    for name in way:
        schema = _inside(schema, root)
        plain = name.replace("_", "").lower()
        properties = {each.lower(): each for each in schema.get("properties", {})}
        found = properties.get(plain) or properties.get(f"{plain}s")
        if found is None:
            return None
        schema = _resolved(schema["properties"][found], root)
    return _inside(schema, root)


def _inside(schema: Json, root: Json) -> Json:
    """Of a list what its items are."""
    schema = _resolved(schema, root)
    return _resolved(schema["items"], root) if "items" in schema else schema


def _resolved(schema: Json, root: Json) -> Json:
    while "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def _held(value: Any, schema: Json) -> Iterator[str]:
    if isinstance(value, Unknown | dict | bool):
        return
    allowed = schema.get("enum")
    if allowed is not None and str(value).lower() not in {str(each).lower() for each in allowed}:
        yield f"{value!r} is none of {', '.join(map(str, allowed))}"
    if isinstance(value, str):
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        if len(value) < least or (most is not None and len(value) > most):
            yield f"{value[:60]!r} has {len(value)} characters, and not {least} to {most}"
        if (pattern := schema.get("pattern")) and not _matches(pattern, value):
            yield f"{value[:60]!r} does not match {pattern}"
    elif isinstance(value, int):
        least, most = schema.get("minimum", value), schema.get("maximum", value)
        if not least <= value <= most:
            yield f"{value} is not from {least} to {most}"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True
