"""Every text of a stack's input as a literal, found by the models' types."""

from __future__ import annotations

import dataclasses
import typing
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from tanada.declared.expanded import args, kinds, marked
from tanada.literal import literal, means_itself, refuse_references

T = TypeVar("T")


def literals(value: T) -> T:
    """The same input of a stack with each of its texts as a literal, keys too.

    Before any construct has it, so that none can forget one. Those with placeholders (`Expanded`) are left to
    `placeholders.expand`, which knows what of them is ours. Raises DeclarationError as `refuse_references` does.
    """
    if isinstance(value, BaseModel) and means_itself(value.model_dump_json()):
        return value
    changed: T = _value(type(value), value)
    return changed


def _value(kind: Any, value: Any) -> Any:
    if kind is Any:
        return _everything(value)
    if isinstance(value, str):
        return value if marked(kind) else _text(value)
    if isinstance(value, BaseModel):
        changed = _changed(type(value), value, type(value).model_fields)
        return value.model_copy(update=changed) if changed else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = _changed(type(value), value, [field.name for field in dataclasses.fields(value)])
        return dataclasses.replace(value, **changed) if changed else value
    if isinstance(value, dict):
        of = args(kind)[1]
        return {_text(key): _value(of, each) for key, each in value.items()}
    if isinstance(value, tuple):
        of = args(kind)[0]
        return tuple(_value(of, each) for each in value)
    return value


def _everything(value: Any) -> Any:
    """What no model describes: the arguments of patches."""
    if isinstance(value, dict):
        return {_text(key): _everything(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_everything(each) for each in value]
    return _text(value) if isinstance(value, str) else value


def _changed(model: type, value: Any, fields: typing.Iterable[str]) -> dict[str, Any]:
    """The fields that are not the same afterwards: nearly always none."""
    hints = _hints(model)
    new = {name: _value(hints[name], getattr(value, name)) for name in fields}
    return {name: each for name, each in new.items() if each != getattr(value, name)}


@cache
def _hints(model: type) -> dict[str, Any]:
    return kinds(model) if issubclass(model, BaseModel) else typing.get_type_hints(model, include_extras=True)


def _text(text: str) -> str:
    return literal(refuse_references(text))
