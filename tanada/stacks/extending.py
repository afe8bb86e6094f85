"""A team's own `extensions/<kind>.py`: found, loaded, called; what goes wrong in it is said with its file and line."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from tanada.declared.extensions import FOLDER, file_of
from tanada.errors import StackError
from tanada.text import cut_line, listed, quoted, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modules.reachable import Reachable
    from tanada.declared.extensions import Extension as Declared

Result = TypeVar("Result")
_REACHABLE, _EXTEND = "reachable", "extend"
_LONGEST = 300


class Extension:
    """One file's functions."""

    def __init__(self, root: Path, kind: str) -> None:
        """Loads it anew; raises StackError for what is wrong with it."""
        self.file = file_of(kind)
        self._folder = (root / FOLDER).resolve()
        with self._told():
            module = _loaded(self._folder, kind)
        self._functions = {
            name: function for name in (_REACHABLE, _EXTEND) if callable(function := getattr(module, name, None))
        }
        if not self._functions:
            raise StackError(
                f"{self.file}: has no function extend(it), nor reachable(it): write what it makes into one of them."
            )
        if kind == "common" and _REACHABLE in self._functions:
            raise StackError(
                f"{self.file}: reachable(it) is an environment's: services reach nothing of a common layer."
            )

    def reachable(self, given: Any, declared: Mapping[str, Declared]) -> dict[str, Reachable]:
        """What it makes for services to reach; exactly what the declaration says of it."""
        made = self._call(_REACHABLE, given) if _REACHABLE in self._functions else {}
        wrong = self._wrong(made, declared)
        if wrong is not None:
            raise StackError(f"{self.file}: {wrong}")
        return dict(made)

    def extend(self, given: Callable[[], Any]) -> None:
        """Lets it make, or change, what it wants, once all else is made."""
        if _EXTEND in self._functions:
            self._call(_EXTEND, given())

    @contextmanager
    def synthesizing(self) -> Iterator[None]:
        """What goes wrong in here is maybe for its sake."""
        with self._told(maybe=True):
            yield

    def _call(self, name: str, given: Any) -> Any:
        function = self._functions[name]
        with self._told(line=function.__code__.co_firstlineno):
            return function(given)

    @contextmanager
    def _told(self, *, line: int | None = None, maybe: bool = False) -> Iterator[None]:
        try:
            yield
        except (Exception, SystemExit) as error:
            where = self._place(error, line)
            if where is None and maybe:
                raise
            raise StackError(f"{where or self.file}: {_said(error)}") from None

    def _place(self, error: BaseException, line: int | None) -> str | None:
        """The last line of the extension that led there."""
        if isinstance(error, SyntaxError) and error.filename and self._inside(error.filename):
            return f"{self._named(error.filename)}:{error.lineno}"
        for frame in reversed(extract_tb(_trace(error))):
            if self._inside(frame.filename):
                return f"{self._named(frame.filename)}:{frame.lineno}"
        return f"{self.file}:{line}" if line is not None else None

    def _inside(self, file: str) -> bool:
        return Path(file).is_relative_to(self._folder)

    def _named(self, file: str) -> str:
        return visible(f"{FOLDER}/{Path(file).relative_to(self._folder)}")

    def _wrong(self, made: Any, declared: Mapping[str, Declared]) -> str | None:
        """Why what it makes isn't what the declaration says."""
        from modules.reachable import Reachable

        if not isinstance(made, Mapping) or not all(isinstance(each, Reachable) for each in made.values()):
            return "reachable(it) gives something else than a mapping of names to what offer(…) makes"
        for name in declared.keys() - made.keys():
            return f"makes no {quoted(name)}, which the declaration's extensions name; let reachable(it) give it"
        for name in made.keys() - declared.keys():
            return f"makes {quoted(str(name))} to be reached; write extensions: {{{name}: …}} into the declaration, too"
        for name, each in made.items():
            if set(each.words) != {*declared[name].says}:
                say, give = (listed(sorted(words), len(words)) or "none" for words in (declared[name].says, each.words))
                return f"gives {quoted(name)} other words ({give}) than extensions.{name}.words ({say})"
            asked = {action for statement in each.access for action in statement.actions}
            if more := sorted(asked - {*declared[name].actions}):
                given = f"gives whoever reaches {quoted(name)} {listed(more, len(more))}"
                return f"{given}; write it into extensions.{name}.actions"
        return None


def found(root: Path, kind: str) -> Extension | None:
    """The extension of a kind of stacks, where there is a file of it; raises StackError for what is wrong with it."""
    file = root / file_of(kind)
    for place, name in ((root / FOLDER, FOLDER), (file, file_of(kind))):
        if place.is_symlink():
            raise StackError(f"{name}: is a link; put what it leads to in its place.")
    return Extension(root, kind) if file.is_file() else None


def _loaded(folder: Path, kind: str) -> ModuleType:
    """The module, of the text that lies there alone: no compiled file of before is read, and none is written."""
    for name in [name for name in sys.modules if name == FOLDER or name.startswith(f"{FOLDER}.")]:
        del sys.modules[name]
    package = ModuleType(FOLDER)
    package.__path__ = [str(folder)]
    sys.modules[FOLDER] = package
    importlib.invalidate_caches()
    before = sys.dont_write_bytecode, sys.pycache_prefix
    sys.dont_write_bytecode, sys.pycache_prefix = True, str(folder / ".none")
    try:
        return importlib.import_module(f"{FOLDER}.{kind}")
    finally:
        sys.dont_write_bytecode, sys.pycache_prefix = before


def _trace(error: BaseException) -> TracebackType | None:
    return error.__traceback__


def _said(error: BaseException) -> str:
    """An error in one line; ours are sentences already."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [""]
    text = cut_line(visible(lines[0]), _LONGEST)
    return (
        text if isinstance(error, StackError) else f"{type(error).__name__}: {text}" if text else type(error).__name__
    )
