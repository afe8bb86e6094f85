"""Between a contract and the outputs of a state: both directions, for every contract alike."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, ClassVar, TypeVar

VERSION = "contract"
"""The output that says which version a state holds."""


@dataclass(frozen=True)
class Contract:
    """What one kind of stack publishes; its fields are the outputs' names."""

    VERSION: ClassVar[int]


C = TypeVar("C", bound=Contract)


def published(contract: Contract) -> dict[str, Any]:
    """The outputs by name; values may be expressions."""
    return {VERSION: contract.VERSION, **asdict(contract)}


def values(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of a state's outputs (`terraform state pull`, a local state file)."""
    return {name: output.get("value") for name, output in outputs.items()}


def version(outputs: Mapping[str, Any]) -> int:
    """The version of the contract that a state's outputs hold; 0 where there is none."""
    held = values(outputs).get(VERSION)
    return held if isinstance(held, int) else 0


def parsed(kind: type[C], outputs: Mapping[str, Any]) -> C | None:
    """The contract that a state's outputs hold; None where there is none, or one older than this Tanada's."""
    if version(outputs) < kind.VERSION:
        return None
    try:
        contract: C = _parsed(kind, values(outputs))
    except KeyError:  # an output that came later
        return None
    return contract


def _parsed(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{field.name: _parsed(hints[field.name], value[field.name]) for field in fields(kind)})  # type: ignore[operator]
    if typing.get_origin(kind) is dict:
        return {key: _parsed(typing.get_args(kind)[1], each) for key, each in value.items()}
    return value


@dataclass(frozen=True)
class References:
    """How a reader's configuration refers to the outputs of another state."""

    text: Callable[[str], str]
    """The expression for a path such as `exec_log.key_arn`."""
    texts: Callable[[str], list[str]]
    """The same for a list of texts."""
    keys: Mapping[str, Collection[str]]
    """The keys of each mapping: a configuration is made before there is a state."""


def referenced(kind: type[C], references: References) -> C:
    """The contract as a reader's configuration sees it: an expression for every value."""
    contract: C = _referenced(kind, "", references)
    return contract


def _referenced(kind: Any, path: str, references: References) -> Any:
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        paths = {field.name: f"{path}.{field.name}" if path else field.name for field in fields(kind)}
        return kind(**{name: _referenced(hints[name], each, references) for name, each in paths.items()})  # type: ignore[operator]
    if typing.get_origin(kind) is dict:
        each = typing.get_args(kind)[1]
        return {key: _referenced(each, path + _step(key), references) for key in references.keys.get(path, ())}
    return references.texts(path) if typing.get_origin(kind) is list else references.text(path)


def _step(key: str) -> str:
    """Not ["web"] where it can be helped: quotes would not survive inside the JSON of a policy."""
    return f".{key}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key) else f'["{key}"]'
