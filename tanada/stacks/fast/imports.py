"""The import of generated packages: compiled for speed, and without all that their `__init__` would load."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import marshal
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from tanada.stacks.fast import jsii_alone
from tanada.stacks.fast.derived import Cache, Content, Parts
from tanada.stacks.fast.packages import PROVIDER, VERSIONS

_CHECKED = "TANADA_TYPE_CHECKS"
"""jsii's checks of argument types are in the code with `1`; mypy checks the same of Tanada's constructs."""
HINTS = "__tanada_type_hints__"
CHECKS = "__tanada_type_checks__"
LAZY = "__tanada__"
MODULE = "__tanada_module__"
"""What the code calls the hints that jsii knows, whether types are checked, lazy.py, and its own module."""
_DECIDING = ("imports.py", "lean.py", "lazy.py")
"""The files here that decide on the code that is made."""
_PYTHON = f"{sys.implementation.cache_tag}|{importlib.util.MAGIC_NUMBER.hex()}"
"""Which Pythons read the same code: all of one minor version, as with its own `.pyc` files."""


def compiled(cache: Cache, modules: Mapping[str, Path]) -> Parts:
    """The marshalled code of generated modules, by name and file: the same on every machine with such a Python."""
    made_of: list[object] = [_PYTHON, sorted(VERSIONS.items()), _own_digest(), _checked()]
    # Sorted: a folder is listed in another order on another machine.
    files = sorted(modules.items())
    made_of += [(module, file.stat().st_size) for module, file in files]
    name = f"code-{hashlib.sha256(repr(made_of).encode()).hexdigest()}"
    return cache.parts(name, lambda: {module: _compile(module, file) for module, file in files})


def code_of(cache: Cache, module: str, file: Path) -> Content:
    """That of one module which was not foreseen, or whose code is damaged."""
    return compiled(cache, {module: file}).get(module) or _compile(module, file)


def _checked() -> bool:
    return os.environ.get(_CHECKED) == "1"


def _compile(module: str, file: Path) -> bytes:
    from tanada.stacks.fast import lean  # where there is something to make

    # Below an entry of `sys.path`, where tracebacks look for it: it is elsewhere on another machine.
    name = f"{module.replace('.', '/')}/__init__.py"
    return lean.made(file.read_text(encoding="utf-8"), name, checked=_checked())


@functools.cache
def _own_digest() -> str:
    """Of what decides on the code that is made."""
    here = Path(__file__)
    return hashlib.sha256(b"".join(here.with_name(name).read_bytes() for name in _DECIDING)).hexdigest()


class Finder:
    """Answers for the three generated packages alone."""

    def __init__(
        self,
        folders: dict[str, Path],
        code: Callable[[str, Path], Content],
        assembly: Callable[[str], Any],
    ) -> None:
        """`code` gives a module's marshalled code, `assembly` loads a package into Node."""
        self._folders = folders
        self._code = code
        self._assembly = assembly

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - as the import system calls it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        package, _, rest = fullname.partition(".")
        if package not in self._folders:
            return None
        folder = self._folders[package]
        if fullname == PROVIDER:
            return _spec(fullname, folder / "__init__.py", _Provider())
        if rest == "_jsii":
            return _spec(fullname, folder / "_jsii" / "__init__.py", _Assembly(lambda: self._assembly(package)))
        file = folder.joinpath(*rest.split(".")) / "__init__.py" if rest else folder / "__init__.py"
        if not file.is_file():
            return None
        return _spec(fullname, file, _Generated(lambda: self._code(fullname, file)))


def _spec(name: str, file: Path, loader: _Loader) -> ModuleSpec:
    spec = importlib.util.spec_from_file_location(
        name, file, loader=cast(Any, loader), submodule_search_locations=[str(file.parent)]
    )
    assert spec is not None, "a file and a loader are given"
    return spec


class _Loader:
    """Not that of importlib.abc, whose import takes as long as three modules."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002 - as the import system calls it
        return None

    def exec_module(self, module: ModuleType) -> None:
        raise NotImplementedError


class _Provider(_Loader):
    """The package without its `__init__`, which imports all 2,200 submodules at once."""

    def exec_module(self, module: ModuleType) -> None:
        def load(name: str) -> ModuleType:
            if name.startswith("_"):
                raise AttributeError(name)
            try:
                return importlib.import_module(f"{PROVIDER}.{name}")
            except ModuleNotFoundError as error:
                raise AttributeError(f"module {PROVIDER!r} has no attribute {name!r}") from error

        module.__dict__["__getattr__"] = load


class _Assembly(_Loader):
    """A package's `_jsii`: what loads its JavaScript into Node."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__.update(__all__=["__jsii_assembly__"], __jsii_assembly__=self._load())


class _Generated(_Loader):
    def __init__(self, code: Callable[[], Content]) -> None:
        self._code = code

    def exec_module(self, module: ModuleType) -> None:
        jsii_alone.imported()
        if _checked():
            from jsii._type_checking import cached_type_hints

            module.__dict__.update({CHECKS: True, HINTS: cached_type_hints})
        else:
            from tanada.stacks.fast import lazy  # needs jsii

            module.__dict__.update({LAZY: lazy, MODULE: module})
        # From this package or a folder of the user's alone, checked by hash.
        exec(marshal.loads(self._code()), module.__dict__)  # noqa: S102, S302
