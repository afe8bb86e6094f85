"""What was synthesized before, in the user's cache folder: one file a key, believed only where its hashes are right."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tanada.cache import output

MOST_BYTES = 128 * 1024 * 1024
"""Of all entries together; a thousand environments are about two megabytes. Beyond it the longest unused go."""


@dataclass(frozen=True)
class Entry:
    """One synth's result."""

    file: Path
    stacks: tuple[str, ...]
    """In the inventory's order."""
    digests: Mapping[str, str]
    """SHA-256 of every file of `cdktf.out`, by its path there."""
    body: int
    """Where the contents begin."""

    def contents(self) -> dict[str, bytes] | None:
        """The files themselves; None where the entry is damaged."""
        try:
            data = zlib.decompress(self.file.read_bytes()[self.body :])
        except (OSError, zlib.error):
            return None
        files: dict[str, bytes] = {}
        at = 0
        for name, digest in self.digests.items():
            length, at = int.from_bytes(data[at : at + 8], "big"), at + 8
            files[name], at = data[at : at + length], at + length
            if hashlib.sha256(files[name]).hexdigest() != digest:
                return None
        return files

    def touch(self) -> None:
        """Note that it was of use."""
        with contextlib.suppress(OSError):
            os.utime(self.file)


def find(folder: Path | None, key: str) -> Entry | None:
    """The entry of a key, if there is a sound one."""
    if folder is None:
        return None
    file = folder / key
    try:
        with file.open("rb") as stream:
            checksum, head = stream.readline().strip(), stream.readline()
            body = stream.tell()
    except OSError:
        return None
    if hashlib.sha256(head).hexdigest().encode() != checksum:
        return None
    read = json.loads(head)
    return Entry(file, tuple(read["stacks"]), read["digests"], body)


def keep(folder: Path | None, key: str, stacks: Sequence[str], staged: Path) -> None:
    """Keep what was made in a folder; where that can't be written, the next synth is as slow as this one."""
    if folder is None:
        return
    contents = {file: (staged / file).read_bytes() for file in output.files(stacks)}
    digests = {file: hashlib.sha256(content).hexdigest() for file, content in contents.items()}
    head = json.dumps({"stacks": list(stacks), "digests": digests}).encode() + b"\n"
    body = b"".join(len(content).to_bytes(8, "big") + content for content in contents.values())
    # Level 1: stacks are alike, and shrink to a fifteenth in a third of the time of the default level.
    data = hashlib.sha256(head).hexdigest().encode() + b"\n" + head + zlib.compress(body, 1)
    new = folder / f"{key}.{os.getpid()}"
    try:
        new.write_bytes(data)
        new.replace(folder / key)
    except OSError:
        return
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
    _trim(folder)


def _trim(folder: Path) -> None:
    """Remove what was not used for longest, down to the bound; others may do the same at the same time."""
    with contextlib.suppress(OSError):
        by_age = sorted(((file.stat(), file) for file in folder.iterdir()), key=lambda pair: -pair[0].st_mtime_ns)
        total = 0
        for status, file in by_age:
            total += status.st_size
            if total > MOST_BYTES:
                file.unlink(missing_ok=True)
