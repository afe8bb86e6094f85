"""Writes down what pydantic works out of the models (`tanada.models`): run in a checkout, with that on PYTHONPATH."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import importlib
import inspect
import marshal
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Annotated, Any, get_origin

from pydantic import BaseModel

from tanada import models
from tanada.compiled import PLAIN

HOLDER = "tanada.declarations.synth"
"""Imports all models that a synth needs."""
_SIMPLE = frozenset({str, int, float, bool, bytes, type(None)})


class UnnamedError(Exception):
    """An object that no expression leads to."""


def main() -> None:
    """Write the file; one that is there is being read by others, perhaps."""
    importlib.import_module(HOLDER)
    models.FILE.parent.mkdir(exist_ok=True)
    new = models.FILE.with_name(f".models-{os.getpid()}")
    new.write_bytes(collected(of_tanada()))
    new.replace(models.FILE)


def of_tanada() -> Iterator[type[BaseModel]]:
    """The models of ours that are imported."""
    known: dict[type[BaseModel], None] = {}
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        for each in waiting.pop(0).__subclasses__():
            if each.__module__.partition(".")[0] == "tanada" and each not in known:
                known[each] = None
                waiting.append(each)
    yield from known


def collected(classes: Iterable[type[BaseModel]]) -> bytes:
    """What the file is to hold of these models: of those whose schemas name nothing that can't be said in words."""
    known: dict[str, models.Known] = {}
    writer = Writer()
    for cls in classes:
        with suppress(UnnamedError):
            known[f"{cls.__module__}.{cls.__qualname__}"] = (
                marshal.dumps(compile(writer.schema(cls), "<schema>", "eval"), PLAIN),
                tuple(cls.__pydantic_fields__),
                tuple(sorted(cls.__class_vars__)),
                _given(cls),
            )
    sources = sorted(
        Path(module.__file__).relative_to(models.ROOT).as_posix()
        for name, module in sys.modules.items()
        if name.partition(".")[0] == "tanada" and module.__file__
    )
    body = marshal.dumps((sources, dict(sorted(known.items()))), PLAIN)
    return hashlib.sha256(body).digest() + models.digest_of(sources) + body


def _given(cls: type[BaseModel]) -> tuple[str, ...]:
    """The fields that a class's body gives a value: as its text says, for pydantic has taken them out of it."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(body, ast.ClassDef)
    lines = (each for each in body.body if isinstance(each, ast.AnnAssign) and each.value is not None)
    names = (each.target.id for each in lines if isinstance(each.target, ast.Name))
    return tuple(name for name in names if name in cls.__pydantic_fields__)


class Writer:
    """Writes schemas as expressions, in which `cls` is the class, `of` is `sys.modules`, and `schemas` holds those of
    the classes before it."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == "tanada":
                for key, value in vars(module).items():
                    self._index(f"of[{name!r}].{key}", value, module)

    def schema(self, cls: type[BaseModel]) -> str:
        """An expression of its schema; raises UnnamedError where there is none."""
        schema = cls.__dict__.get("__pydantic_core_schema__")
        if not isinstance(schema, dict) or cls.__private_attributes__ or cls.__pydantic_computed_fields__:
            raise UnnamedError(cls)
        if any(field.deprecated for field in cls.__pydantic_fields__.values()):
            raise UnnamedError(cls)
        self._cls = cls
        self._definitions = {each["ref"]: each for each in schema.get("definitions", ())}
        return self._own(_whole(cls))

    def _index(self, words: str, value: Any, module: ModuleType) -> None:
        if isinstance(value, type | FunctionType):
            if value.__module__ == module.__name__:
                self._names.setdefault(id(value), words)
        elif get_origin(value) is Annotated:
            for index, each in enumerate(value.__metadata__):
                self._names.setdefault(id(each), f"{words}.__metadata__[{index}]")

    def _own(self, schema: Any) -> str:
        """That of the class itself: the functions around it, then its fields."""
        said = (
            f"{key!r}: {self._own(each) if key == 'schema' and schema['type'] != 'model' else self._inner(each, ())}"
            for key, each in _read(schema)
        )
        return f"{{{', '.join(said)}}}"

    def _inner(self, it: Any, inside: tuple[str, ...]) -> str:
        """What stands in it; `inside` are the definitions around that."""
        if isinstance(it, list):
            return f"[{', '.join(self._inner(each, inside) for each in it)}]"
        if isinstance(it, tuple):
            return f"({''.join(f'{self._inner(each, inside)}, ' for each in it)})"
        if not isinstance(it, dict):
            return self._object(it)
        if it.get("type") == "definition-ref":
            name = it["schema_ref"]
            if name in inside:  # a definition of itself
                raise UnnamedError(name)
            return self._inner(self._definitions[name], (*inside, name))
        if it.get("type") == "definitions":
            raise UnnamedError(it)
        model, around = _model(it)
        if model is not None and around == _model(_whole(model))[1]:
            # Rust takes the validator that the class has, but where functions stand around that.
            name = self._object(model)
            return f"schemas[{name}]" if around else f"{{'type': 'model', 'cls': {name}}}"
        said = (
            f"{key!r}: {self._object(each) if key == 'default' else self._inner(each, inside)}"
            for key, each in _read(it)
        )
        return f"{{{', '.join(said)}}}"

    def _object(self, it: Any) -> str:
        """What is no schema."""
        if type(it) in _SIMPLE:
            return repr(it)
        if it is self._cls:
            return "cls"
        if dataclasses.is_dataclass(it) and not isinstance(it, type):
            with suppress(UnnamedError):  # a function without a name is in it: it goes by the name of what has it
                return self._made(it, (each.name for each in dataclasses.fields(it)))
        if id(it) in self._names:
            return self._names[id(it)]
        if isinstance(it, dict):
            return f"{{{', '.join(f'{self._object(key)}: {self._object(each)}' for key, each in it.items())}}}"
        if isinstance(it, list):
            return f"[{', '.join(map(self._object, it))}]"
        if isinstance(it, tuple):
            return f"({''.join(f'{self._object(each)}, ' for each in it)})"
        if isinstance(it, BaseModel):
            return self._made(it, sorted(it.model_fields_set))
        if isinstance(it, MethodType):
            return f"{self._object(it.__self__)}.{it.__func__.__name__}"
        if isinstance(it, FunctionType):
            name: str = it.__name__
            for owner in self._cls.__mro__:
                if owner.__dict__.get(name) is it:
                    return f"{self._object(owner)}.{name}"
        raise UnnamedError(it)

    def _made(self, it: Any, fields: Iterable[str]) -> str:
        said = ", ".join(f"{name}={self._object(getattr(it, name))}" for name in fields)
        return f"{self._object(type(it))}({said})"


def _read(schema: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a schema that Rust reads; what a reference leads to is put in its place."""
    return ((key, each) for key, each in schema.items() if key not in ("metadata", "ref"))


def _whole(model: Any) -> Any:
    """The schema of a class without its definitions."""
    schema = model.__dict__["__pydantic_core_schema__"]
    return schema["schema"] if schema["type"] == "definitions" else schema


def _model(schema: Any) -> tuple[Any, list[Any]]:
    """The class that a schema is of, None where it is of something else; and the functions around it."""
    around = []
    while schema.get("type") in ("function-after", "function-wrap"):
        around.append((schema["type"], schema["function"]))
        schema = schema["schema"]
    return (schema["cls"] if schema.get("type") == "model" else None), around


if __name__ == "__main__":
    main()
