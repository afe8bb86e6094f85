"""Where terraform's providers are kept."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tanada.cache.folder import place
from tanada.errors import OutputError, TerraformError
from tanada.machine import PLUGINS, said


def plugin_cache(environ: Mapping[str, str]) -> Path:
    """One for all repositories of a user, the same as scripts/terraform-docker.sh takes (hashicorp/aws: 700 MB).

    Made where it is missing. Raises OutputError where it can't be.
    """
    named = environ.get(PLUGINS)
    folder = Path(named) if named else place(environ, "plugins")
    if folder is None:
        raise TerraformError(f"Where providers are kept is unknown: set {PLUGINS}, XDG_CACHE_HOME or HOME.")
    try:
        # Synth's cache lies beside it, and is not used below a folder that others may write.
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(said(OSError(error.errno or 0, error.strerror, str(folder)), environ)) from None
    return folder


@contextlib.contextmanager
def filling(cache: Path, lock: Path) -> Iterator[None]:
    """Parallel inits race on an unfilled plugin cache (hashicorp/terraform#31964): the first one fills it alone.

    Without a lock file Terraform doesn't trust the cache and writes it anew each time: then all take turns.
    """
    filled = cache / f".filled-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}" if lock.is_file() else None
    if filled is not None and filled.exists():
        yield
        return
    with (cache / ".filling").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
        if filled is not None:
            filled.touch()
