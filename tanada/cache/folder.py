"""Where Tanada keeps what can be made again: one folder of a user for all systems, one below it a purpose.

What others can write would be theirs to choose, and is run or applied with our rights: it is not used, not read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from tanada.machine import caches


def place(environ: Mapping[str, str], name: str) -> Path | None:
    """`$XDG_CACHE_HOME/tanada/<name>`, else `~/.cache/tanada/<name>`, whether it is there or not; None where nobody's
    home is known."""
    base = caches(environ)
    return None if base is None else base / "tanada" / name


def folder(environ: Mapping[str, str], name: str) -> Path | None:
    """The place, made where it is missing; None where it can't be, or can't be ours alone."""
    wanted = place(environ, name)
    if wanted is None:
        return None
    try:
        wanted.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for each in (wanted.parent, wanted):
            each.mkdir(exist_ok=True, mode=0o700)
            # A link is not followed: another can lay one where it leads to a folder of ours that was not meant.
            status = each.lstat()
            if not stat.S_ISDIR(status.st_mode) or not ours(status):
                return None
    except OSError:
        return None
    return wanted if os.access(wanted, os.W_OK | os.X_OK) else None


def ours(status: os.stat_result) -> bool:
    """Whether this user owns it and nobody else may write it."""
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def opened(file: Path) -> BinaryIO | None:
    """A file to read from, the caller's to close; None unless it is a plain one that is ours alone."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    # Asked of what was opened: what has the name may be another by now.
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or not ours(status):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


def read(file: Path) -> bytes | None:
    """The content of a file that is ours alone; None where there is no such file."""
    stream = opened(file)
    if stream is None:
        return None
    with stream:
        try:
            return stream.read()
        except OSError:
            return None


def objection(environ: Mapping[str, str], name: str) -> str:
    """Why `folder` gives none, and what to do."""
    wanted = place(environ, name)
    if wanted is None:
        return "HOME names no folder, nor does XDG_CACHE_HOME"
    for each in (wanted.parent, wanted):
        if each.is_symlink():
            return f"{each} is a link: put a folder of your own there"
        if each.is_dir() and not ours(each.stat()):
            return f"others may write {each}: empty it, then chmod go-w {each}"
    return f"{wanted} can't be written: set XDG_CACHE_HOME to a folder that can"
