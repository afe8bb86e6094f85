"""Files that only their owner may read, files that are replaced as a whole, hashes of contents, and the name of what
CDKTF writes of a stack.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

CONFIGURATION = "cdk.tf.json"
"""What CDKTF writes of a stack, and what Terraform reads in the folder where it runs."""


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
    """Write a file that only its owner may read, in the place of an older one; texts as UTF-8."""
    with os.fdopen(private_file(path), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)


def replace_file(path: Path, content: bytes | str) -> None:
    """Write a file that everyone may read, never half of it, in the place of an older one; texts as UTF-8."""
    import tempfile  # here: every command loads this file

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(name).chmod(0o644)  # mkstemp's own mode is for secrets
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


Stamp = tuple[int, ...]


def stamp(status: os.stat_result) -> Stamp:
    """What tells a file from what it becomes when it is written, or another takes its place."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def hashed(*parts: str | bytes) -> str:
    """SHA-256 of several parts, of which no two lists have the same."""
    digest = hashlib.sha256()
    for part in parts:
        # Whatever the locale, and whatever bytes a file's name has.
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        # With its length: else two lists of parts could be one text.
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()
