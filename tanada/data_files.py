"""The files below `files/`, beside system.yaml: data whose text a declaration may take in as it is.

They are opened folder by folder and no link is followed, so that a name leads nowhere else.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER = "files"
LARGEST = 32 * 1024
"""Bytes of a file whose text is taken in: half of a task definition (ECS developer guide, "Amazon ECS service
quotas")."""
LARGEST_LIST = 1024 * 1024
"""Bytes of a list, which no task definition holds: thousands of old addresses."""
_NAME = re.compile(rf"{FOLDER}(?:/(?!\.{{1,2}}(?:/|$))[\w.@+-]*[\w@+-])+")
"""The same file on every machine: `..` leads elsewhere, and some take a full stop off the end of a name."""
_LONGEST = 255
"""Characters of its way."""
_DEEPEST = 20
"""Folders in folders that are looked into."""


class UnfitError(Exception):
    """Why a file's text can't be taken in: a sentence without its full stop."""


def text(root: Path, name: str, largest: int = LARGEST) -> str:
    """The text of a file below `files/` in a system's folder, of `largest` bytes at most; raises UnfitError."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or name.count("/") > _DEEPEST:
        raise UnfitError(
            f"expected a file below {FOLDER}/ beside system.yaml, such as {FOLDER}/otelcol.yaml: letters, digits and "
            "._@+- in its names, and no .. in its way"
        )
    data = _data(root, name)
    if len(data) > largest:
        instead = "let the program read it from elsewhere" if largest == LARGEST else "a site takes no longer list"
        raise UnfitError(f"{name} is larger than {largest // 1024} KiB; {instead}")
    if b"\0" in data:
        raise UnfitError(f"{name} holds a byte that is 0, which no text does; take it out, or save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UnfitError(f"byte 0x{data[error.start]:02x} in {name} is not UTF-8; save the file as UTF-8") from None


def _data(root: Path, name: str) -> bytes:
    """As much of it as tells whether it is too large."""
    steps = name.split("/")
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for number, step in enumerate(steps, 1):
            so_far = "/".join(steps[:number])
            try:
                status = os.stat(step, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISLNK(status.st_mode):
                    raise UnfitError(f"{so_far} is a link; put what it leads to in its place")
                last = number == len(steps)
                if not (stat.S_ISREG if last else stat.S_ISDIR)(status.st_mode):
                    raise UnfitError(f"{so_far} is no {'plain file' if last else 'folder'}; put one there")
                flags = os.O_NOFOLLOW | os.O_NONBLOCK | (0 if last else os.O_DIRECTORY)
                below = os.open(step, os.O_RDONLY | flags, dir_fd=folder)
            except FileNotFoundError:
                raise UnfitError(f"there is no {name}; write it, or name another file") from None
            except OSError as error:
                raise UnfitError(f"{so_far} can't be read: {error.strerror}") from None
            os.close(folder)
            folder = below
        return _read(folder)
    finally:
        os.close(folder)


def _read(handle: int) -> bytes:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        return b"\0"
    with os.fdopen(os.dup(handle), "rb") as stream:
        return stream.read(LARGEST_LIST + 1)


def said(root: Path) -> Iterator[tuple[str, bytes]]:
    """By name, in their order, all that lies below `files/`: what of it a declaration can take in, and of anything else
    what it is, so that it differs where it becomes another. Raises OSError where something can't be read."""
    yield from _below(f"{root}/{FOLDER}", FOLDER, 0)


def _below(path: str, name: str, depth: int) -> Iterator[tuple[str, bytes]]:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode) and depth <= _DEEPEST:
        yield name, b"folder"
        for each in sorted(os.listdir(path)):  # noqa: PTH208 - names alone
            yield from _below(f"{path}/{each}", f"{name}/{each}", depth + 1)
    elif not stat.S_ISREG(mode):
        yield name, b"link" if stat.S_ISLNK(mode) else b"other"
    else:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            data = _read(handle)
        finally:
            os.close(handle)
        yield name, b"large" if len(data) > LARGEST_LIST else b"file:" + data
