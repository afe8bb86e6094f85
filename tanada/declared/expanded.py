"""The texts of a model that may hold placeholders: found by their type, `Expanded`, wherever they stand."""

from __future__ import annotations

import operator
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel

from tanada.declared.fields import Expands

M = TypeVar("M", bound=BaseModel)
Loc = tuple[str | int, ...]
"""The way to a value: fields, names, indexes."""


def texts(model: BaseModel) -> Iterator[tuple[Loc, str]]:
    """Every text of a model that may hold placeholders, with the way to it."""

    def hear(loc: Loc, text: str) -> str:
        heard.append((loc, text))
        return text

    heard: list[tuple[Loc, str]] = []
    _mapped(model, hear, ())
    yield from heard


def expanded(model: M, change: Callable[[str], str]) -> M:
    """The model with each of these texts changed."""
    return _mapped(model, lambda _, text: change(text), ())


def _mapped(model: M, change: Callable[[Loc, str], str], at: Loc) -> M:
    update = {}
    for name, kind in _fields(type(model)).items():
        value = getattr(model, name)
        if value is not None and (new := _value(kind, value, change, (*at, name))) is not value:
            update[name] = new
    return model.model_copy(update=update) if update else model


class _Kind:
    """What a field holds, worked out once of its annotation."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self.marked = marked(kind)

    @cached_property
    def of_mapping(self) -> _Kind:
        """What its values are, where it is one."""
        return _Kind(args(self._kind)[1])

    @cached_property
    def of_list(self) -> _Kind:
        """What stands in it, where it is one."""
        return _Kind(args(self._kind)[0])


def _value(kind: _Kind, value: Any, change: Callable[[Loc, str], str], at: Loc) -> Any:
    """What it becomes; itself where nothing in it changes."""
    if isinstance(value, BaseModel):
        return _mapped(value, change, at)
    if isinstance(value, dict):
        named = {key: _value(kind.of_mapping, each, change, (*at, key)) for key, each in value.items()}
        return named if any(named[key] is not each for key, each in value.items()) else value
    if isinstance(value, tuple):
        listed = tuple(_value(kind.of_list, each, change, (*at, index)) for index, each in enumerate(value))
        return listed if any(map(operator.is_not, listed, value)) else value
    if isinstance(value, str) and kind.marked and (text := change(at, value)) != value:
        return text
    return value


@cache
def kinds(model: type[BaseModel]) -> dict[str, Any]:
    """The annotation of each field: as `typing.get_type_hints` gives them, which reads their text anew."""
    return {name: field.rebuild_annotation() for name, field in model.model_fields.items()}


@cache
def _fields(model: type[BaseModel]) -> dict[str, _Kind]:
    """The fields that may hold such texts."""
    return {name: _Kind(kind) for name, kind in kinds(model).items() if _holds(kind)}


def _holds(kind: Any) -> bool:
    """Whether a value of that kind may hold such a text. Of a model it isn't asked: most of a hundred are in no
    declaration, and their annotations need not be read."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return True
    return marked(kind) or any(_holds(each) for each in typing.get_args(kind))


def marked(kind: Any) -> bool:
    """Whether a text of that kind may hold placeholders."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return any(marked(each) for each in typing.get_args(kind))
    return typing.get_origin(kind) is Annotated and any(isinstance(each, Expands) for each in kind.__metadata__)


def args(kind: Any) -> tuple[Any, ...]:
    """The arguments of a collection, whatever stands around it."""
    if typing.get_origin(kind) is Annotated:
        return args(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return args(next(each for each in typing.get_args(kind) if each is not type(None)))
    return typing.get_args(kind)
