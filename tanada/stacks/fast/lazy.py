"""What the code of generated modules uses that lean.py made: their members, and their classes when they are asked for.

Most classes of a submodule are never used, and making them was a fifth of what Python does while constructs are made.
"""

from __future__ import annotations

import marshal
import sys
import threading
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import jsii
from jsii import _reference_map

_LOOK = "_try_import_type_module"
"""What jsii asks for a type that it does not know."""

_lock = threading.RLock()
_modules: list[_Classes] = []


class _Classes:
    """Those of one module, not made yet or made."""

    def __init__(self, module: ModuleType, codes: Mapping[str, tuple[str, bytes]]) -> None:
        """`codes` are by name what jsii calls a class, and its marshalled code."""
        self._module = module
        self._codes = codes

    def get(self, name: str) -> Any:
        """A class, made now unless it was; raises AttributeError."""
        own = vars(self._module)
        with _lock:
            if name not in own:
                if name not in self._codes:
                    raise _absent(self._module, name)
                exec(marshal.loads(self._codes[name][1]), own)  # noqa: S102, S302 - of the module's code, checked by hash
            return own[name]

    def named(self, fqn: str) -> str | None:
        """The name of what jsii calls so, if it is one of them."""
        return next((name for name, (known, _) in self._codes.items() if known == fqn), None)


def publish(module: ModuleType, codes: Mapping[str, tuple[str, bytes]]) -> None:
    """As `publication.publish` at the end of a generated module: what others see of it is what its `__all__` names."""
    classes = _Classes(module, codes)
    own = vars(module)
    own["__getattr__"] = classes.get
    public = ModuleType(module.__name__)
    theirs = vars(public)
    names: list[str] = own["__all__"]
    theirs.update(
        {
            name: own[name]
            for name in (
                *names,
                "__all__",
                "__cached__",
                "__doc__",
                "__file__",
                "__loader__",
                "__name__",
                "__package__",
                "__path__",
                "__spec__",
            )
            if name in own
        }
    )
    lazy = {name for name in names if name in codes}

    def get(name: str) -> Any:
        if name not in lazy:
            raise _absent(public, name)
        return theirs.setdefault(name, classes.get(name))

    theirs["__getattr__"] = get
    theirs["__dir__"] = lambda: sorted({*theirs, *lazy})
    theirs["_private"] = module
    sys.modules[module.__name__] = public
    sys.modules[f"{module.__name__}._private"] = module
    if not _modules:
        vars(_reference_map)[_LOOK] = _finding(_reference_map._try_import_type_module)
    _modules.append(classes)


def _finding(imported: Callable[[str], bool]) -> Callable[[str], bool]:
    """jsii looks for a type that it doesn't know: it is one that nobody asked for yet, or in a module to import."""

    def find(fqn: str) -> bool:
        return _made(fqn) or (imported(fqn) and (_made(fqn) or True))

    return find


def _made(fqn: str) -> bool:
    for classes in _modules:
        if (name := classes.named(fqn)) is not None:
            classes.get(name)
            return True
    return False


def _absent(module: ModuleType, name: str) -> AttributeError:
    return AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name, obj=module)


# Members, each as jsii writes it out for each class.


def gotten(jsii_name: str) -> property:
    """A property that Node is asked for, under the name that it has there."""

    def get(self: Any) -> Any:
        return jsii.get(self, jsii_name)

    get.__jsii_name__ = jsii_name  # type: ignore[attr-defined]
    return property(get)


def settable(jsii_name: str) -> property:
    """Likewise one that can be set."""

    def put(self: Any, value: Any) -> None:
        jsii.set(self, jsii_name, value)

    return gotten(jsii_name).setter(put)


def field(name: str) -> property:
    """A field of a struct; None where it was not given."""
    return property(lambda self: self._values.get(name))


def called(name: str, jsii_name: str) -> Any:
    """A method without arguments that Node is asked for; `name` is its class's and its own in Python."""

    def call(self: Any) -> Any:
        return jsii.invoke(self, jsii_name, [])

    call.__jsii_name__ = jsii_name  # type: ignore[attr-defined]
    call.__qualname__ = name
    call.__name__ = name.rpartition(".")[2]
    return call


def equal(self: Any, rhs: Any) -> bool:
    """Whether a struct is one of the same class, or of one below it, with the same values."""
    return isinstance(rhs, self.__class__) and rhs._values == self._values


def unequal(self: Any, rhs: Any) -> bool:
    """The contrary, as `!=` asks for it."""
    return not (rhs == self)  # noqa: SIM201 - as jsii writes it: `!=` would ask this again


def said(name: str) -> Callable[[Any], str]:
    """What a struct of that name is shown as."""

    def say(self: Any) -> str:
        return f"{name}({', '.join(f'{key}={value!r}' for key, value in self._values.items())})"

    return say
