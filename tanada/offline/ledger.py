"""Remembers which ids and addresses are in use, so that equal resources do not get equal ones.

Terraform tells a provider no resource's address, and a restarted one would give a second, equal resource the first
one's id. What is in use is learnt from the states that Terraform reads and kept in a file beside them.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path


class Ledger:
    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._kept: dict[str, str] = {}
        self._dirty = False
        if file:
            with contextlib.suppress(OSError, ValueError):
                content = json.loads(file.read_text(encoding="utf-8"))
                self._kept = {str(key): str(value) for key, value in content.items()}

    def get(self, key: str) -> str | None:
        with self._lock:
            return self._kept.get(key)

    def note(self, key: str, value: str = "") -> None:
        with self._lock:
            if self._kept.get(key) != value:
                self._kept[key] = value
                self._dirty = True

    def forget(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._dirty = self._kept.pop(key, None) is not None or self._dirty

    def first_free(self, keys: Iterable[str]) -> str:
        """Take the first key that nobody has; the last one if all are taken."""
        key = ""
        with self._lock:
            for key in keys:
                if key not in self._kept:
                    break
            self.note(key)
        return key

    def next(self, key: str) -> int:
        """Count up from one."""
        with self._lock:
            number = int(self._kept.get(key) or 0) + 1
            self.note(key, str(number))
            return number

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else takes anything meanwhile."""
        with self._lock:
            yield

    def save(self) -> None:
        """Write the file anew, at once or not at all."""
        with self._lock:
            if self._file is None or not self._dirty:
                return
            handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=".ids-")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(self._kept, stream, indent=0, sort_keys=True)
            Path(name).replace(self._file)
            self._dirty = False
