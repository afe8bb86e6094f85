"""What the models know about a place in a tree: its fields, its kind of value, which keys are names."""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from tanada.declarations.mistakes import Loc
from tanada.declared.fields import ShortForm

_UNIONS = (types.UnionType, typing.Union)


def written_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model as they are written; `from` is a word of Python's, so it has another name there."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def kind_at(model: type[BaseModel], loc: Loc) -> Any:
    """The annotation of the value at the end of that way; None where the models know nothing."""
    kind: Any = model
    for step in loc:
        kind = _core(kind)
        if _is_model(kind):
            field = written_fields(kind).get(str(step))
            kind = field.annotation if field else None
        elif typing.get_origin(kind) in (dict, tuple):
            kind = typing.get_args(kind)[1 if typing.get_origin(kind) is dict else 0]
        else:
            return None
    return _core(kind)


def fields_at(model: type[BaseModel], loc: Loc) -> dict[str, FieldInfo] | None:
    """The fields of the mapping there; None where keys are names (or where there is no mapping)."""
    kind = kind_at(model, loc)
    return written_fields(kind) if _is_model(kind) else None


def wanted(model: type[BaseModel], loc: Loc) -> str:
    """What kinds of values belong there, for "expected …"."""
    return ", or ".join(_described(_core(kind)) for kind in _written(model, loc))


def _written(model: type[BaseModel], loc: Loc) -> tuple[Any, ...]:
    """The annotations of what may be written there: of a value with a short form both."""
    above, kind = kind_at(model, loc[:-1]), kind_at(model, loc)
    notes: Sequence[Any] = ()
    if _is_model(above) and (field := written_fields(above).get(str(loc[-1]))):
        kinds = typing.get_args(field.annotation) if typing.get_origin(field.annotation) in _UNIONS else ()
        notes = [*field.metadata, *(note for each in kinds for note in getattr(each, "__metadata__", ()))]
    elif args := typing.get_args(above):
        notes = getattr(args[-1 if typing.get_origin(above) is dict else 0], "__metadata__", ())
    forms = [note.json_schema_input_type for note in notes if isinstance(note, BeforeValidator)]
    given = next((form for form in forms if typing.get_origin(form) in _UNIONS), None)
    if given is not None:
        return typing.get_args(given)
    return (str, kind) if any(isinstance(note, ShortForm) for note in notes) else (kind,)


def _described(kind: Any) -> str:
    if _is_model(kind):
        fields = list(written_fields(kind))
        return f"a mapping of {', '.join(fields)}" if len(fields) <= 8 else f"a mapping with {fields[0]} and others"
    if typing.get_origin(kind) is dict:
        return 'a mapping, "name: value" on each line'
    if typing.get_origin(kind) is tuple:
        return "a list such as [a, b]"
    if typing.get_origin(kind) is typing.Literal and len(words := typing.get_args(kind)) <= 8:
        return f"one of {', '.join(map(str, words))}"
    return "a number" if kind is int else "a text"


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _core(kind: Any) -> Any:
    """The annotation without Annotated and `| None`."""
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            kind = typing.get_args(kind)[0]
        elif typing.get_origin(kind) in _UNIONS:
            kind = next(arg for arg in typing.get_args(kind) if arg is not type(None))
        else:
            return kind
