"""What is printed in a CI goes into a log that the CI reads: no text of others may be taken for a command there.

Names, declarations, Terraform's and AWS's texts hold whatever their writers chose, so this stands before both streams
of the process, and before those of a Terraform that is handed through. The rules are the readers':

- GitHub (actions/runner, `src/Runner.Common/ActionCommand.cs`, read line by line in `OutputManager.cs`): a line whose
  first letters, after white space, are `::`, and one that holds `##[` anywhere. A line ends at LF or CR.
- GitLab (its documentation, "Job logs", "Custom collapsible sections"): `section_start:TIME:NAME`, CR, ESC, `[0K`.
- Any page that shows a log: what steers a terminal may hide what stands there.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import sys
from collections.abc import Mapping
from typing import IO, BinaryIO

from tanada.text import visible

_CIS = ("GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "CODEBUILD_BUILD_ID", "CI")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_COMMAND = re.compile(r"\A(?P<first>\s*:)(?=:)|(?P<second>##)(?=\[)|(?P<section>section_(?:start|end))(?=:)")
_KEPT = 32
"""Characters of a line that are looked at again with what follows: more than the longest sign of a command."""


def open_streams() -> None:
    """Make the three streams such that any text may be printed: one that was closed (`>&-`) leads nowhere, for the next
    file that is opened would get its number; what the locale can't write is printed by its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
        elif number and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def guard(environ: Mapping[str, str]) -> None:
    """From now on both streams of this process are `harmless`, where a CI reads them; a file gets what it is given."""
    if not any(environ.get(name) for name in _CIS):
        return
    lines: dict[tuple[int, int], Harmless] = {}
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper) or (status := _status(stream)) is None:
            continue
        if not stat.S_ISREG(status.st_mode):
            stream.flush()
            # Where both lead to one place, a line may begin in one and end in the other.
            harmless = lines.setdefault((status.st_dev, status.st_ino), Harmless())
            guarded = _Guarded(stream.buffer, harmless)
            setattr(sys, name, io.TextIOWrapper(guarded, "utf-8", "backslashreplace", write_through=True))


def streams() -> tuple[IO[str], IO[str]] | None:
    """What a process that is handed through must write to instead of our own streams; None where those do."""
    if any(isinstance(getattr(each, "buffer", None), _Guarded) for each in (sys.stdout, sys.stderr)):
        return sys.stdout, sys.stderr
    return None


class Harmless:
    """Breaks, by a backslash in it, what a CI takes for a command, in a text that comes piece by piece."""

    def __init__(self) -> None:
        self._line = ""
        """What of the current line may be the beginning of a command."""

    def __call__(self, text: str) -> str:
        """What to print for a piece; nothing is held back, and what was printed before stays as it was."""
        text = _COLOUR.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
        first, *others = _STEERING.sub(lambda found: visible(found[0]), text).split("\n")
        begun = _broken(self._line)
        printed = [_broken(self._line + first)[len(begun) :], *map(_broken, others)]
        line = others[-1] if others else self._line + first
        begins = line.lstrip()
        # White space alone is as good as none; past its beginning only a sign at the line's end counts.
        self._line = begins if len(begins) <= _KEPT else f"x{begins[1 - _KEPT :]}"
        return "\n".join(printed)


def _broken(line: str) -> str:
    return _COMMAND.sub(lambda found: f"{found[0]}\\", line)


class _Guarded(io.BufferedIOBase):
    """Bytes in UTF-8, on their way into a log."""

    def __init__(self, below: BinaryIO, harmless: Harmless) -> None:
        self._below = below
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._harmless = harmless

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Print at once: the order of both streams is the log's."""
        size = len(memoryview(data))
        self._below.write(self._harmless(self._decoder.decode(bytes(data))).encode("utf-8", "backslashreplace"))
        self._below.flush()
        return size

    def flush(self) -> None:
        """What lies below keeps nothing."""
        self._below.flush()

    def fileno(self) -> int:
        """Of the stream itself."""
        return self._below.fileno()

    def isatty(self) -> bool:
        """Never: nobody sees a CI's lines change in their place."""
        return False


def _status(stream: io.TextIOWrapper) -> os.stat_result | None:
    try:
        return os.fstat(stream.fileno())
    except OSError:
        return None
