"""What is derived from the installed packages: shipped with this package, else kept in the user's cache; each file is
written whole or not at all, and checked by hash whenever it is read."""

from __future__ import annotations

import fcntl
import hashlib
import marshal
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

from tanada.cache.folder import folder, objection, opened
from tanada.stacks import progress

Content = bytes | memoryview

SHIPPED = Path(__file__).with_name("shipped")
"""Made by `scripts/build_hook.py` when the package is built or installed for editing, and written by nothing else."""
MOST_BYTES = 128 * 1024 * 1024
"""Of the user's cache: several versions of everything. Beyond it the longest unused go."""

_HASH = hashlib.sha256().digest_size
_SIZE = 8
"""Bytes of the length of what says where parts are."""
_HOUR = 60 * 60
_NEW = ".new-"
_LOCKS = (_MAKING, _WRITING) = (".lock-making", ".lock-writing")


class Cache:
    """Files by name in two folders: one that is only read, and the user's own."""

    def __init__(self, folder: Path, shipped: Path = SHIPPED) -> None:
        self.folder = folder
        self._shipped = shipped

    def read(self, name: str) -> Content | None:
        """The content of a name, or None where there is none that is sound."""
        found = self.find(name)
        return None if found is None else found[1]

    def find(self, name: str) -> tuple[Path, Content, str] | None:
        """A file with its hash before its content, the content, and the hash; None where none is sound."""
        for path, raw in self._places(name):
            content = memoryview(raw)[_HASH:]
            digest = hashlib.sha256(content)
            if digest.digest() == raw[:_HASH]:
                return path, content, digest.hexdigest()
        return None

    def write(self, name: str, content: bytes) -> None:
        """Put a content there for all who come later."""
        self._put(name, hashlib.sha256(content).digest() + content)

    def ensure(
        self, makers: Mapping[str, Callable[[], bytes]], whole: Callable[[Content], bool] = lambda _content: True
    ) -> dict[str, Content]:
        """The contents of names, made when they are missing; of many processes one makes them, the others wait.

        `whole` says whether what belongs to one is there too.
        """

        def known(names: Iterable[str]) -> dict[str, Content]:
            found = ((name, self.read(name)) for name in names)
            return {name: content for name, content in found if content is not None and whole(content)}

        contents = known(makers)
        if missing := [name for name in makers if name not in contents]:
            with progress.preparing(), self._locked(_MAKING):
                contents |= known(missing)
                for name in (name for name in missing if name not in contents):
                    contents[name] = makers[name]()
                    self.write(name, bytes(contents[name]))
        return contents

    def parts(self, name: str, make: Callable[[], Mapping[str, bytes]]) -> Parts:
        """Contents in one file, of which few are asked for: each is read, and checked, when it is."""
        own, shipped = self.folder / name, self._shipped / name
        with suppress(OSError, ValueError):
            if (stream := opened(own)) is not None:
                with stream:
                    _in_use(stream)
                    return Parts(_mapped(stream))
        with suppress(OSError, ValueError), shipped.open("rb") as stream:
            return Parts(_mapped(stream))
        return Parts(memoryview(self.ensure({name: lambda: packed(make())})[name]))

    def file(self, name: str) -> Path | None:
        """A file that `keep_file` named; None where none is sound."""
        for path, raw in self._places(name):
            if name.startswith(hashlib.sha256(raw).hexdigest()):
                return path
        return None

    def keep_file(self, content: bytes, suffix: str) -> str:
        """A plain file of this content, for programs that read it themselves; its name is its hash."""
        name = f"{hashlib.sha256(content).hexdigest()}{suffix}"
        # Written anew where it is ours already: else it may be the oldest, and go with what is written next.
        if self.file(name) != self._shipped / name:
            self._put(name, content)
        return name

    def program(self, name: str, files: Iterable[str]) -> Path | None:
        """A folder that `keep_program` named; None where none is sound."""
        contents: dict[Path, dict[str, bytes]] = {}
        for file in files:
            for path, raw in self._places(f"{name}/{file}"):
                contents.setdefault(path.parent, {})[file] = raw
        return next((path for path, read in contents.items() if name == f"program-{_together(read)}"), None)

    def keep_program(self, files: Mapping[str, bytes]) -> str:
        """A folder of these files, for programs that find one beside the other; its name is their hash."""
        name = f"program-{_together(files)}"
        if self.program(name, files) != self._shipped / name:
            (self.folder / name).mkdir(exist_ok=True, mode=0o700)
            for file, content in files.items():
                self._put(f"{name}/{file}", content)
        return name

    def _places(self, name: str) -> Iterator[tuple[Path, bytes]]:
        """Where a file of this name lies, and what it is."""
        own, shipped = self.folder / name, self._shipped / name
        # First what was made here: because the shipped one was damaged, or is for another Node.
        if (stream := opened(own)) is not None:
            with suppress(OSError):
                with stream:
                    raw = stream.read()
                    _in_use(stream)
                yield own, raw
        with suppress(OSError):
            # As trustworthy as the code beside it, whoever installed that.
            raw = shipped.read_bytes()
            yield shipped, raw

    def _put(self, name: str, content: bytes) -> None:
        with self._locked(_WRITING):
            # Nobody else writes now: what has such a name is of a process that was killed.
            for left in self.folder.glob(f"{_NEW}*"):
                left.unlink()
            new = self.folder / f"{_NEW}{name.replace('/', '-')}"
            try:
                new.touch(0o600)
                new.write_bytes(content)
                new.replace(self.folder / name)
            finally:
                with suppress(OSError):
                    new.unlink(missing_ok=True)
            self._trim()

    def _trim(self) -> None:
        """Remove what was not used for longest, down to the bound, and what earlier versions locked."""
        with suppress(OSError):
            files = [path for path in self.folder.rglob("*") if path.is_file() and path.name not in _LOCKS]
            by_age = sorted(((path.lstat(), path) for path in files), key=lambda pair: -pair[0].st_mtime_ns)
            total = 0
            for status, path in by_age:
                total += status.st_size
                if total > MOST_BYTES or path.name.startswith(".lock-"):
                    path.unlink()
            for folder in self.folder.glob("program-*"):
                with suppress(OSError):  # not empty
                    folder.rmdir()

    @contextmanager
    def _locked(self, lock: str) -> Iterator[None]:
        with (self.folder / lock).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Parts:
    """Contents by name, of the bytes that `packed` made of them."""

    def __init__(self, raw: memoryview) -> None:
        """Raises ValueError where they are not to be read."""
        size = int.from_bytes(raw[_HASH : _HASH + _SIZE])
        head = raw[_HASH + _SIZE : _HASH + _SIZE + size]
        if hashlib.sha256(head).digest() != raw[:_HASH]:
            raise ValueError("damaged")
        self._places: dict[str, tuple[int, int, bytes]] = marshal.loads(head)  # noqa: S302 - checked by hash
        self._contents = raw[_HASH + _SIZE + size :]

    def get(self, name: str) -> Content | None:
        """None where it is not there, or damaged."""
        begin, end, digest = self._places.get(name, (0, 0, b""))
        content = self._contents[begin:end]
        return content if hashlib.sha256(content).digest() == digest else None


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Contents one after the other, behind a head which says where each begins and ends, and its hash."""
    places: dict[str, tuple[int, int, bytes]] = {}
    end = 0
    for name, content in parts.items():
        places[name] = (end, end := end + len(content), hashlib.sha256(content).digest())
    head = marshal.dumps(places)
    return b"".join((hashlib.sha256(head).digest(), len(head).to_bytes(_SIZE), head, *parts.values()))


def _mapped(stream: BinaryIO) -> memoryview:
    return memoryview(mmap(stream.fileno(), 0, access=ACCESS_READ))[_HASH:]


def _in_use(stream: BinaryIO) -> None:
    """Of use still: what was not used for longest goes."""
    if os.fstat(stream.fileno()).st_mtime < time.time() - _HOUR:
        os.utime(stream.fileno())


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

    sys.stderr.write(f"tanada: nothing is kept from one synth to the next: {objection(os.environ, 'fast')}\n")
    temporary = Path(tempfile.mkdtemp(prefix="tanada-fast-"))
    return Cache(temporary), temporary


def remove(folder: Path | None) -> None:
    """Remove a temporary folder."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
