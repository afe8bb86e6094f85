"""The import of generated packages: the same names, without all that their `__init__` would load."""

from __future__ import annotations

import importlib
import importlib.util
import marshal
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from tanada.stacks.fast.cache import Content
from tanada.stacks.fast.scanning import PROVIDER
from tanada.stacks.fast.sources import CHECKS, HINTS

GENERATED = ("constructs", "cdktf", PROVIDER)


class Finder:
    """Answers for the three generated packages alone."""

    def __init__(
        self,
        folders: dict[str, Path],
        code: Callable[[str, Path], Content],
        assembly: Callable[[str], Any],
        checks: Callable[[], bool],
    ) -> None:
        """`code` gives a module's marshalled code, `assembly` loads a package into Node."""
        self._folders = folders
        self._code = code
        self._assembly = assembly
        self._checks = checks

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
        return _spec(fullname, file, _Generated(lambda: self._code(fullname, file), self._checks))


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
    def __init__(self, code: Callable[[], Content], checks: Callable[[], bool]) -> None:
        self._code = code
        self._checks = checks

    def exec_module(self, module: ModuleType) -> None:
        from jsii._type_checking import cached_type_hints

        module.__dict__.update({CHECKS: self._checks, HINTS: cached_type_hints})
        # From a folder of the user's alone, checked by hash.
        exec(marshal.loads(self._code()), module.__dict__)  # noqa: S102, S302
