"""What Node runs: jsii's kernel and CDKTF as one file with V8's code, for reading and compiling 200 take it longest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tanada.stacks.fast.cache import Cache


class Program:
    """The files that Node is started with, and those that it makes for the next time."""

    def __init__(self, cache: Cache, folder: Path, key: str) -> None:
        """`folder` holds boot.js beside jsii's program; `key` names all that Node loads."""
        self._cache = cache
        self._folder = folder
        node = Path(shutil.which("node") or "node")
        with suppress(OSError):
            node = node.resolve()
            # V8 reads only the code that the same V8 made.
            status = node.stat()
            key = f"{key}|{node}|{status.st_size}|{status.st_mtime_ns}"
        self._source = f"source-{hashlib.sha256(key.encode()).hexdigest()}"
        known = cache.read(self._source) is not None
        # V8 looks at no more than the length of the source: the code's name holds its hash.
        self._code = f"v8-{hashlib.sha256(key.encode() + cache.digest(self._source)).hexdigest()}" if known else None
        self.whole = self._code is not None and cache.read(self._code) is not None

    @property
    def arguments(self) -> list[str]:
        """What follows `node`."""
        source = str(self._cache.folder / self._source) if self._code else ""
        code = str(self._cache.folder / self._code) if self._code and self.whole else ""
        return [str(self._folder / "boot.js"), source, code]

    def remember(self, ask: Callable[[str], object]) -> None:
        """Let Node write what it can of itself, after the first and the second run."""
        import tempfile

        with tempfile.NamedTemporaryFile(dir=self._cache.folder, prefix=".new-") as file:
            ask(file.name)
            self._cache.write(self._code or self._source, Path(file.name).read_bytes())
