"""Files that only their owner may read, files that are replaced as a whole, hashes of contents, and the name of what
CDKTF writes of a stack.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CONFIGURATION = "cdk.tf.json"
"""What CDKTF writes of a stack, and what Terraform reads in the folder where it runs."""


@functools.lru_cache(maxsize=8)  # some stacks are planned at a time, each has its own and its offline copy
def parsed(text: str) -> Mapping[str, Any]:
    """What a configuration's text says. A plan asks for it ten times, so all get the same one, and nobody changes it.

    Raises ValueError where it is no JSON.
    """
    read: Mapping[str, Any] = json.loads(text)
    return read


def private_folder(folder: Path) -> Path:
    """Make a folder, and those above it that are missing, that nobody else can look into."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def private_file(path: Path) -> int:
    """Open a file anew for writing, readable by its owner alone from its first moment."""
    private_folder(path.parent)
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def write_private(path: Path, content: bytes | str) -> None:
    """Write a file that only its owner may read, never half of it, in the place of an older one; texts as UTF-8."""
    private_folder(path.parent)
    _staged(path, content, 0o600).replace(path)


def replace_file(path: Path, content: bytes | str) -> None:
    """Write a file that everyone may read, never half of it, in the place of an older one; texts as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _staged(path, content, 0o644).replace(path)


def replace_files(files: Mapping[Path, bytes | str], gone: Iterable[Path] = (), *, mode: int = 0o644) -> None:
    """Write files in the place of older ones, and remove those that are `gone`: all of it, or none.

    They are written beside their places, which is where a disk gets full, then moved; what fails then is undone. Raises
    OSError. A process that is killed while it moves leaves some of each.
    """
    staged: dict[Path, Path] = {}
    before: dict[Path, Path | None] = {}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            staged[path] = _staged(path, content, mode)
        for path in (*files, *gone):
            before[path] = _aside(path) if os.path.lexists(path) else None
            if path in staged:
                staged[path].replace(path)
                del staged[path]
            else:
                path.unlink(missing_ok=True)
    except BaseException:
        for path, old in before.items():
            if old is not None:
                old.replace(path)
                old.unlink(missing_ok=True)  # two names of one file are left as they are (rename(2))
            elif path not in staged:
                path.unlink(missing_ok=True)
        raise
    else:
        for old in before.values():
            if old is not None:
                old.unlink()
    finally:
        for new in staged.values():
            new.unlink(missing_ok=True)


def _staged(path: Path, content: bytes | str, mode: int) -> Path:
    """The content in a file beside its place; nothing where it doesn't fit."""
    import tempfile  # here: every command loads this file

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        new.chmod(mode)  # mkstemp's own is for secrets
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return new


def _aside(path: Path) -> Path:
    """The same file under another name beside its own, which it keeps where the file system has links."""
    old = path.with_name(f".{path.name}-{os.urandom(6).hex()}")
    try:
        os.link(path, old, follow_symlinks=False)
    except OSError:
        path.rename(old)
    return old


Stamp = tuple[int, ...]


def stamp(status: os.stat_result) -> Stamp:
    """What tells a file from what it becomes when it is written, or another takes its place."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def hashed(*parts: str | bytes) -> str:
    """SHA-256 of several parts, of which no two lists have the same."""
    pieces: list[bytes] = []
    for part in parts:
        # Whatever the locale, and whatever bytes a file's name has.
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        # With its length: else two lists of parts could be one text.
        pieces += b"%d:" % len(data), data
    return hashlib.sha256(b"".join(pieces)).hexdigest()
