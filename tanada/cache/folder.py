"""Where Tanada keeps what can be made again: one folder of a user for all systems, one below it a purpose."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def place(environ: Mapping[str, str], name: str) -> Path | None:
    """`$XDG_CACHE_HOME/tanada/<name>`, else `~/.cache/tanada/<name>`, whether it is there or not; None where nobody's
    home is known."""
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # the XDG specification: a relative one is to be ignored
        try:
            base = Path(environ.get("HOME") or Path.home()) / ".cache"
        except RuntimeError:
            return None
    return base / "tanada" / name


def folder(environ: Mapping[str, str], name: str) -> Path | None:
    """The place, made where it is missing; None where it can't be, or can't be ours alone.

    What others can write would be theirs to choose, and is run or applied with our rights.
    """
    own = place(environ, name)
    if own is None:
        return None
    try:
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = own.stat()
    except OSError:
        return None
    mine = status.st_uid == os.getuid() and not status.st_mode & 0o022 and os.access(own, os.W_OK | os.X_OK)
    return own if mine else None
