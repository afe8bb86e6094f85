"""jsii without what it speaks to its own Node by: the process that it starts, cattrs, attrs, dateutil. That is two
thirds of its import, and the kernel here uses none of it."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)

_ATTRS = "attr"
_PROCESS = "jsii._kernel.providers.process"


def imported() -> ModuleType:
    """jsii; where somebody imported it or attrs already, as it is."""
    if "jsii" not in sys.modules and _ATTRS not in sys.modules:
        sys.modules[_ATTRS] = _module(_ATTRS, s=_attributes, Factory=_Factory)
        sys.modules[_PROCESS] = _module(_PROCESS, ProcessProvider=_NoProcess)
        try:
            import jsii
        finally:
            # Whoever imports attrs gets it.
            del sys.modules[_ATTRS]
    import jsii

    return jsii


def decoded(value: dict[str, Any]) -> Any:
    """A JSON object of Node's, as jsii's `ohook` reads it."""
    from jsii._kernel.types import EnumRef, ObjRef

    keys = value.keys()
    if keys == {"$jsii.byref"} or keys == {"$jsii.byref", "$jsii.interfaces"}:
        return ObjRef(ref=value["$jsii.byref"], interfaces=value.get("$jsii.interfaces"))
    if keys == {"$jsii.date"}:
        parser: Any = import_module("dateutil.parser")  # nobody has dates
        return parser.isoparse(value["$jsii.date"])
    if keys == {"$jsii.enum"}:
        reference, member = value["$jsii.enum"].rsplit("/", 1)
        return EnumRef(ref=ObjRef(ref=f"{reference}@"), member=member)
    if keys == {"$jsii.map"}:
        return value["$jsii.map"]
    return value


def encoded(value: Any) -> Any:
    """What JSON doesn't know, as jsii's `jdefault` writes it."""
    if hasattr(value, "__jsii_ref__"):
        reference = value.__jsii_ref__
        if reference.interfaces:
            return {"$jsii.byref": reference.ref, "$jsii.interfaces": reference.interfaces}
        return {"$jsii.byref": reference.ref}
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise TypeError("a time without a time zone can't be passed; give it one")
        return {"$jsii.date": value.isoformat()}
    raise TypeError(f"{value!r} can't be passed as JSON")


class _NoProcess:
    """jsii makes one when it is imported, and starts it when it is asked for something: never."""


class _Factory:
    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def _attributes(**_: Any) -> Callable[[Class], Class]:
    """Instead of `attr.s(auto_attribs=True, …)`: an `__init__` that needs no code of its own."""

    def decorated(kind: Class) -> Class:
        fields: dict[str, Any] = {}
        for each in reversed(kind.__mro__):
            for name in vars(each).get("__annotations__", ()):
                fields[name] = vars(each).get(name, _Factory)  # itself: needed

        def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
            named.update(zip(fields, values, strict=False))
            for name, default in fields.items():
                if name in named:
                    value = named.pop(name)
                elif default is _Factory:
                    raise TypeError(f"{kind.__name__} needs {name}")
                else:
                    value = default.make() if isinstance(default, _Factory) else default
                object.__setattr__(self, name, value)
            if named:
                raise TypeError(f"{kind.__name__} has no {', '.join(named)}")

        kind.__init__ = __init__  # type: ignore[misc]
        return kind

    return decorated


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    return module
