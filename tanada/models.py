"""What pydantic works out of each class of a declaration, known beforehand: the schema from which its Rust makes a
validator, and its fields, which are read when someone asks for them. Without, that is a fifth of a synth.

`scripts/models.py` writes it down when a wheel is built or a checkout is installed. Without that file, by another
Python or pydantic, or when any source that it was made of has changed since, pydantic works all out as ever; and so it
does for whoever asks a class for its schema (`__pydantic_core_schema__`: what JSON schemas are made of).
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

FILE = Path(__file__).parent / "stacks" / "fast" / "shipped" / "models"
"""Beside what is shipped of CDKTF, as trustworthy as the code here."""
ROOT = Path(__file__).parent
"""Below it lie the sources."""

_LONGEST = 1 << 20
"""Bytes of a source."""

Known = tuple[bytes, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Of a class: the code of its schema; its fields; its class variables; those fields that its body gives a value."""

_known: Mapping[str, Known] = {}
_schemas: dict[type, Any] = {}
"""By class, that of which its validator was made."""
_wanted = False
_reading = threading.RLock()


def install() -> None:
    """From now on models are made with what is known of them, which is read when the first of them is made."""
    global _wanted
    if not _wanted:
        _wanted = True
        sys.meta_path.insert(0, _Unread())


def stand_in() -> None:
    """What the module of the first model calls, before it makes that."""
    global _known
    if not _wanted or _known:
        return
    try:
        content = FILE.read_bytes()
    except OSError:
        return
    import hashlib  # not for commands that make no models

    size = hashlib.sha256().digest_size
    digest, made_of, body = content[:size], content[size : 2 * size], content[2 * size :]
    if hashlib.sha256(body).digest() == digest:
        sources, known = marshal.loads(body)  # noqa: S302 - shipped with this code
        if digest_of(sources) == made_of:
            _known = known
            _take_place()


def digest_of(sources: Iterable[str]) -> bytes:
    """Of all that decides on what is known: the sources below `ROOT`, pydantic, Python; empty where one is missing."""
    import hashlib

    from pydantic.version import VERSION
    from pydantic_core import __version__

    made = hashlib.sha256(f"{sys.implementation.cache_tag}|{VERSION}|{__version__}|{sys.flags.optimize}".encode())
    made.update(importlib.util.MAGIC_NUMBER)
    for source in sources:
        try:
            # Of 200 files, at each start: with no more calls of the system than they need.
            file = os.open(f"{ROOT}/{source}", os.O_RDONLY)
        except OSError:
            return b""
        try:
            text = os.read(file, _LONGEST)
        except OSError:
            return b""
        finally:
            os.close(file)
        made.update(f"|{source}|{len(text)}|".encode())
        made.update(text)
    return made.digest()


def _take_place() -> None:
    """Stand in for four functions of pydantic, which go on as ever where nothing is known of a class."""
    from pydantic._internal import _model_construction, _typing_extra

    construction: Any = _model_construction
    look, set_fields, complete, hints = (
        construction.inspect_namespace,
        construction.set_model_fields,
        construction.complete_model_class,
        _typing_extra.get_model_type_hints,
    )

    def looked(namespace: Any, *how: Any, **more: Any) -> Any:
        if _name(namespace["__module__"], namespace["__qualname__"]) not in _known:
            return look(namespace, *how, **more)
        return SimpleNamespace(private_attributes={})  # what has any is in no file

    def with_fields(cls: Any, *how: Any, **more: Any) -> None:
        known = _known.get(_name(cls.__module__, cls.__qualname__))
        if known is None:
            set_fields(cls, *how, **more)
            return
        _, names, variables, given = known
        values = {name: cls.__dict__[name] for name in given}
        for name in given:
            delattr(cls, name)
        more["namespace_info"] = None
        cls.__pydantic_fields__ = _Fields(names, partial(_read, cls, values, partial(set_fields, cls, *how, **more)))
        cls.__pydantic_extra_info__ = None
        cls.__class_vars__.update(variables)

    def completed(cls: Any, config_wrapper: Any, ns_resolver: Any, **how: Any) -> bool:
        known = _known.get(_name(cls.__module__, cls.__qualname__))
        if known is None or how.get("raise_errors", True) or not _complete(cls, known[0], config_wrapper):
            done: bool = complete(cls, config_wrapper, ns_resolver, **how)
            return done
        from pydantic._internal._mock_val_ser import MockCoreSchema

        def real(**_how: int) -> Any:
            complete(cls, config_wrapper, ns_resolver)
            return cls.__dict__["__pydantic_core_schema__"]

        cls.__pydantic_core_schema__ = MockCoreSchema(
            f"pydantic can't make the schema of {cls.__name__}", code="class-not-fully-defined", attempt_rebuild=real
        )
        signature = partial(
            construction.generate_pydantic_signature,
            init=cls.__init__,
            fields=cls.__pydantic_fields__,
            validate_by_alias=config_wrapper.validate_by_alias,
            extra=config_wrapper.extra,
        )
        cls.__signature__ = construction.LazyClassAttribute("__signature__", signature)
        cls.__pydantic_complete__ = True
        return True

    def hinted(cls: Any, *, ns_resolver: Any = None) -> Any:
        if _name(cls.__module__, cls.__qualname__) not in _known:
            return hints(cls, ns_resolver=ns_resolver)
        return dict(_hints(cls, _typing_extra.safe_get_annotations))

    vars(_typing_extra)["get_model_type_hints"] = hinted
    construction.inspect_namespace = looked
    construction.set_model_fields = with_fields
    construction.complete_model_class = completed


def _name(module: str, name: str) -> str:
    return f"{module}.{name}"


def _complete(cls: Any, code: bytes, config_wrapper: Any) -> bool:
    """Give it its validator and serializer; False where that is pydantic's to do."""
    from pydantic_core import SchemaError, SchemaSerializer, SchemaValidator

    config = config_wrapper.core_config(title=cls.__name__)
    names = {"cls": cls, "of": sys.modules, "schemas": _schemas, "__builtins__": {}}
    try:
        schema = eval(marshal.loads(code), names)  # noqa: S302, S307 - shipped with this code
        validator, serializer = SchemaValidator(schema, config), SchemaSerializer(schema, config)
    except (SchemaError, AttributeError, KeyError):  # a class that it refers to was made without us
        return False
    _schemas[cls] = schema
    cls.__pydantic_validator__, cls.__pydantic_serializer__ = validator, serializer
    return True


def _hints(cls: Any, annotations: Callable[[Any], Mapping[str, str]]) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """What its annotations and those above it mean: without asking of each class variable more than that it is one,
    nor looking for texts in what an annotation's text means."""
    from tanada.compiled import evaluated

    for base in reversed(cls.__mro__[:-1]):
        fields = base.__dict__.get("__pydantic_fields__", {})
        for name, text in annotations(base).items():
            if name in base.__class_vars__:
                yield name, (ClassVar, True)
            elif name in fields:
                yield name, (fields[name].annotation, True)
            else:
                yield name, (evaluated(text, vars(sys.modules[base.__module__]), vars(base)), True)


def _read(cls: Any, values: Mapping[str, Any], set_fields: Callable[[], None]) -> Mapping[str, Any]:
    """The fields as pydantic finds them in a class that has the values of its body."""
    for name, value in values.items():
        setattr(cls, name, value)
    set_fields()
    fields: Mapping[str, Any] = cls.__pydantic_fields__
    return fields


class _Fields(dict[str, Any]):
    """The fields of a class: their names, and themselves when one is asked for."""

    def __init__(self, names: Iterable[str], read: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__(dict.fromkeys(names))
        self._read: Callable[[], Mapping[str, Any]] | None = read
        self._reader = 0

    def _whole(self) -> None:
        if self._read is None:
            return
        with _reading:
            if self._read is not None:
                self._reader = threading.get_ident()
                super().update(self._read())
                self._read, self._reader = None, 0

    def __contains__(self, name: object) -> bool:
        # To pydantic, while it reads them, there are none yet.
        return super().__contains__(name) and self._reader != threading.get_ident()

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()  # with one of its own, nobody copies what stands here without asking

    def __getitem__(self, name: str) -> Any:
        self._whole()
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._whole()
        return super().get(name, default)

    def values(self) -> Any:
        self._whole()
        return super().values()

    def items(self) -> Any:
        self._whole()
        return super().items()


class _Unread:
    """Imports the module in which pydantic says in 90 classes what its schemas look like, without reading what each
    says of its keys: that is for those who check the types of what they write by hand."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None) -> Any:
        if name != "pydantic_core.core_schema":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        loader: Any = spec and spec.loader
        if loader is not None:
            loader.exec_module = partial(_without_keys, loader.exec_module)
        return spec


def _without_keys(run: Callable[[ModuleType], None], module: ModuleType) -> None:
    import typing_extensions

    read = typing_extensions.TypedDict
    vars(typing_extensions)["TypedDict"] = _Keyless
    try:
        run(module)
    finally:
        vars(typing_extensions)["TypedDict"] = read


class _Keyless(dict[str, Any]):
    def __init_subclass__(cls, **_total: bool) -> None:
        """As a typed dictionary is declared."""
