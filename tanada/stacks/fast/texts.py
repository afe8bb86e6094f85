"""The code of texts that Python compiles anew in each process: what `dataclasses` writes, annotations as `typing` reads
them. Two thousand of them are a tenth of a synth."""

from __future__ import annotations

import builtins
import hashlib
import marshal
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from tanada.stacks.fast.derived import Cache
from tanada.stacks.fast.imports import PYTHON

_FILE = "<string>"
"""What both call the file of a text."""


class Texts:
    """Stands in for `exec` in `dataclasses` and for `compile` in `typing`; a text that is not known is compiled."""

    def __init__(self, cache: Cache, sources: Iterable[Path]) -> None:
        """`sources` are the files that decide on most of the texts."""
        own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
        sizes = sorted((file.name, file.stat().st_size) for file in sources)
        self._cache = cache
        self._name = f"texts-{hashlib.sha256(f'{PYTHON}|{own}|{sizes}'.encode()).hexdigest()}"
        content = cache.read(self._name)
        self._whole = content is not None
        # From this package or a folder of the user's alone, checked by hash.
        self._known: dict[tuple[str, str], CodeType] = {} if content is None else marshal.loads(content)  # noqa: S302

    def install(self) -> None:
        """From now on."""
        import dataclasses
        import typing

        # Names of the builtins, which the modules look up anew with each call.
        vars(dataclasses)["exec"] = self._exec
        vars(typing)["compile"] = self._compile

    def remember(self) -> None:
        """Keep what was compiled for all who come later; once."""
        if not self._whole:
            self._whole = True
            # Anew: what was run already is not marshalled into the same bytes each time.
            made = {key: _compiled(*key) for key in sorted(self._known)}
            self._cache.write(self._name, marshal.dumps(made))

    def _exec(self, text: Any, names: dict[str, Any] | None = None, own: Mapping[str, Any] | None = None) -> None:
        builtins.exec(self._code(text, "exec") if type(text) is str else text, names, own)  # noqa: S102

    def _compile(self, text: Any, file: Any, mode: str, *others: Any, **more: Any) -> Any:
        if type(text) is not str or file != _FILE or others or more:
            return builtins.compile(text, file, mode, *others, **more)
        return self._code(text, mode)

    def _code(self, text: str, mode: str) -> CodeType:
        code = self._known.get((text, mode))
        if code is None:
            code = self._known[text, mode] = _compiled(text, mode)
        return code


def _compiled(text: str, mode: str) -> CodeType:
    # Neither module is compiled with a future statement; this one is.
    code: CodeType = builtins.compile(text, _FILE, mode, dont_inherit=True)
    return code
