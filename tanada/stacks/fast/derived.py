"""The folder of derived files: written whole or not at all, checked by hash at every read, never trusted."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tanada.cache.folder import folder

Content = bytes | memoryview

_HASH = hashlib.sha256().digest_size
_KEPT = {"set": 16, "source": 16, "v8": 16, "pieces": 2}
"""How many of a kind: a set leaves some megabytes, and no machine has more projects that differ in it."""


class Cache:
    """Files by name, each with its hash before its content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> Content | None:
        """The content, or None where there is none, or one that is damaged."""
        try:
            raw = (self.folder / name).read_bytes()
        except OSError:
            return None
        content = memoryview(raw)[_HASH:]
        return content if hashlib.sha256(content).digest() == raw[:_HASH] else None

    def digest(self, name: str) -> bytes:
        """The hash of a content that was read."""
        with (self.folder / name).open("rb") as file:
            return file.read(_HASH)

    def write(self, name: str, content: bytes) -> None:
        """Put a content there for all who come later."""
        self._replace(name, hashlib.sha256(content).digest() + content)
        self._forget(name.partition("-")[0])

    def file(self, content: bytes, suffix: str) -> Path:
        """A plain file of this content, for programs that read it themselves; its name is its hash."""
        path = self.folder / f"{hashlib.sha256(content).hexdigest()}{suffix}"
        if not self.holds(path):
            self._replace(path.name, content)
        return path

    def holds(self, path: Path) -> bool:
        """Whether a file made by `file` is there and is still what its name says."""
        try:
            content = path.read_bytes()
        except OSError:
            return False
        return path.name.startswith(hashlib.sha256(content).hexdigest())

    def program(self, files: Mapping[str, bytes]) -> Path:
        """A folder of these files, for programs that find one beside the other; its name is their hash."""
        folder = self.folder / f"program-{_together(files)}"
        if not self.holds_program(folder.name, files):
            folder.mkdir(exist_ok=True)
            for name, content in files.items():
                self._replace(f"{folder.name}/{name}", content)
        return folder

    def holds_program(self, name: str, files: Iterable[str]) -> bool:
        """Whether a folder made by `program` is there and is still what its name says."""
        try:
            contents = {file: (self.folder / name / file).read_bytes() for file in files}
        except OSError:
            return False
        return name == f"program-{_together(contents)}"

    def ensure(self, name: str, make: Callable[[], bytes]) -> Content:
        """The content of a name, made when it is missing; of many processes one makes it, the others wait."""
        content = self.read(name)
        if content is None:
            with self._lock(name):
                content = self.read(name)
                if content is None:
                    new = make()
                    self.write(name, new)
                    return new
        return content

    def _replace(self, name: str, content: bytes) -> None:
        import tempfile

        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).replace(self.folder / name)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with (self.folder / f".lock-{name.partition('-')[0]}").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _forget(self, kind: str) -> None:
        if kind in _KEPT:
            with suppress(OSError):
                files = sorted(self.folder.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)
                for path in files[: -_KEPT[kind]]:
                    path.unlink()


def _together(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def open_cache() -> tuple[Cache, Path | None]:
    """The user's cache, or else a temporary one, with the folder that must be removed at the end."""
    # Code is loaded from here: nobody else may write it.
    known = folder(os.environ, "fast")
    if known is not None:
        return Cache(known), None
    import tempfile

    sys.stderr.write("tanada: there is no cache folder that this user alone can write: synth works, but slower\n")
    temporary = Path(tempfile.mkdtemp(prefix="tanada-fast-"))
    return Cache(temporary), temporary


def remove(folder: Path | None) -> None:
    """Remove a temporary folder."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
