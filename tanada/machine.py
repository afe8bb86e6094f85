"""What the machine refuses: a disk that is full, a folder that can't be written, a working folder that is gone.

None of it is a bug of ours or a mistake in a declaration: one sentence that names the place, and what to set.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

EXIT_CODE = 1
"""Nothing that was said is wrong, so not 2; nothing of ours is, either."""
PLUGINS = "TF_PLUGIN_CACHE_DIR"
"""Terraform's: the folder of providers."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_REFUSALS = (*_FULL, *_CLOSED, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""What has nothing to do with the words that were given."""
_LITTLE = 1 << 20
"""Bytes that are left where a disk is full: what was to be written may be larger than the rest."""
_NUMBER = re.compile(r"\[Errno (\d+)\]")
"""Of what shutil puts together of several errors."""
_NODE = re.compile(r"\b(E[A-Z]{2,})(?::[^,'\n]*(?:, \w+)?(?: '([^'\n]+)')?|$)")
"""Node's `ENOSPC: no space left on device, open '/tmp/x'`, which jsii hands on as a text."""


_SCARCE = 1 << 30
"""Bytes below which a disk may have been full a moment ago: what found no room, a provider of 700 MB among it, is
deleted again before anybody looks."""


class Place(NamedTuple):
    """A folder that is written to, and the variable that puts it elsewhere."""

    path: Path
    variable: str | None


def caches(environ: Mapping[str, str]) -> Path | None:
    """The user's folder for caches, whether it is there or not: `$XDG_CACHE_HOME`, else `~/.cache`; None where nobody's
    home is known."""
    base = Path(environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # the XDG specification: a relative one is to be ignored
        try:
            base = Path(environ.get("HOME") or Path.home()) / ".cache"
        except RuntimeError:
            return None
    return base if base.is_absolute() else None  # it would lie in whatever folder we stand in


def refusal(error: BaseException, environ: Mapping[str, str]) -> tuple[str, int] | None:
    """The sentence and the exit code for an error that is the machine's; None for one that isn't.

    2 where a name that was given leads nowhere (a folder in the place of a file), else 1.
    """
    if isinstance(error, MemoryError):
        return "The machine has no memory left.", EXIT_CODE
    if (refused := _refused(error)) is None:
        return None
    if refused.errno == errno.ENOENT and not refused.filename:
        if _gone():
            return "The folder that this runs in is gone: go to one that is there.", 2
        return "No folder for temporary files can be written: set TMPDIR to one that can.", EXIT_CODE
    sentence = said(refused, environ)
    return sentence, EXIT_CODE if refused.errno in _REFUSALS else 2


def said(error: OSError, environ: Mapping[str, str]) -> str:
    """The sentence: where, what the system says of it, and what to do."""
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    reason = reason[:1].lower() + reason[1:]
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"{_name(error)}: {reason}; raise the limit with `ulimit -n`."
    places = list(_places(environ))
    path = Path(os.fsdecode(error.filename)).absolute() if _is_path(error.filename) and not _gone() else None
    if path is None and error.errno in _FULL:
        full = [place for place in places if _is_full(place.path)]
        where = " and ".join(dict.fromkeys(str(place.path) for place in full))
        variables = list(dict.fromkeys(place.variable for place in full if place.variable))
    else:
        where, variables = _name(error), _variables(path, places) if path else []
    if path is None and not where:
        return f"What this prints, or writes, finds no room: {reason}."
    if error.errno not in (*_FULL, *_CLOSED) and not variables:
        return f"{where}: {reason}."
    elsewhere = f"set {' or '.join(variables)} to a folder elsewhere" if variables else ""
    do = {**dict.fromkeys(_FULL, "free some"), **dict.fromkeys(_CLOSED, "see who may write there")}.get(
        error.errno or 0
    )
    advice = ", or ".join(filter(None, (do, elsewhere)))
    return f"{where} can't be written: {reason}; {advice}."


def scarce(environ: Mapping[str, str], *others: Path) -> str | None:
    """Where little is left of those that are written to, of a program that ended without a word: a disk that is full
    takes no words either."""
    said: dict[int, Path] = {}
    for path in dict.fromkeys((*(place.path for place in _places(environ)), *others)):
        if (left := _left(path)) is not None and left < _SCARCE:
            said.setdefault(left >> 20, path)  # one disk, once
    if not said:
        return None
    where = " and ".join(f"{left} MiB at {path}" for left, path in said.items())
    return f"The disk has next to nothing left ({where}), and what is said goes there, too."


def _refused(error: BaseException | None) -> OSError | None:
    """The system's own error: itself, in several that are one, as the text of Node, or the cause of what was raised."""
    while error is not None:
        if isinstance(error, OSError):
            if error.errno is not None:
                return error
            if number := _NUMBER.search(str(error)):
                return OSError(int(number[1]), os.strerror(int(number[1])))
        else:
            for found in _NODE.finditer(str(error)):
                if (code := getattr(errno, found[1], None)) in _REFUSALS:
                    return OSError(code, os.strerror(code), found[2])
        error = error.__cause__
    return None


def _places(environ: Mapping[str, str]) -> Iterator[Place]:
    """Where anything is written, the narrowest first."""
    import tempfile  # here: every command loads this file

    if named := environ.get(PLUGINS):
        yield Place(Path(named), PLUGINS)
    if (cache := caches(environ)) is not None:
        yield Place(cache / "tanada" / "plugins", PLUGINS)
        yield Place(cache, "XDG_CACHE_HOME")
    if not _gone():
        yield Place(Path.cwd(), None)
    try:
        yield Place(Path(tempfile.gettempdir()), "TMPDIR")
    except OSError:
        yield Place(Path("/tmp"), "TMPDIR")  # noqa: S108 - only named


def _variables(path: Path, places: list[Place]) -> list[str]:
    """What puts a path elsewhere: of the first place that it lies in; of a cache whose folder can't be made too."""
    inside = next((place for place in places if path.is_relative_to(place.path)), None)
    if inside is None:
        above = (place for place in places if place.variable == "XDG_CACHE_HOME" and place.path.parent == path)
        inside = next(above, None)
    if inside is None or inside.variable is None:
        return []
    # What moves all caches moves the providers as well.
    return [inside.variable, "XDG_CACHE_HOME"] if inside.variable == PLUGINS else [inside.variable]


def _is_full(path: Path) -> bool:
    """Whether next to nothing fits on the disk that a path lies, or would lie, on."""
    return (left := _left(path)) is not None and left < _LITTLE


def _left(path: Path) -> int | None:
    """Bytes that fit there, none where no further file does; None where the system says nothing of it."""
    while not path.exists() and path != path.parent:
        path = path.parent
    try:
        disk = os.statvfs(path)
    except OSError:
        return None
    return 0 if disk.f_files > 0 and disk.f_favail == 0 else disk.f_bavail * disk.f_frsize


def _name(error: OSError) -> str:
    return os.fsdecode(error.filename) if _is_path(error.filename) else "What was to be written"


def _is_path(name: object) -> bool:
    return isinstance(name, str | bytes) and bool(name)


def _gone() -> bool:
    """Whether the folder that we stand in was deleted."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False
