"""A bug in Tanada itself: one sentence for the user, and the traceback where a report can take it from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

EXIT_CODE = 1


def report(error: Exception, root: Path | None, environ: Mapping[str, str]) -> str:
    """What the user reads; the traceback goes to `.tanada/crash.log`, with TANADA_DEBUG=1 into the text too."""
    import traceback  # here: nobody else needs it

    from tanada.secrecy import Secrets

    # What an exception quotes may be a URL with a password; the file is sent to strangers.
    trace = Secrets().remove("".join(traceback.format_exception(error)))
    message = Secrets().remove(" ".join(str(error).split()))
    sentence = (
        f"This is a bug in Tanada, not in your declaration: {type(error).__name__}: {message[:500]}; "
        f"the traceback is in {_write(trace, root)}, please report it."
    )
    return f"{trace}{sentence}" if environ.get("TANADA_DEBUG") == "1" else sentence


def _write(trace: str, root: Path | None) -> str:
    """The file's name as the user finds it: in the system's folder, else a temporary file."""
    if root is not None:
        try:
            (root / ".tanada").mkdir(exist_ok=True)
            (root / ".tanada" / "crash.log").write_text(trace, encoding="utf-8")
            return ".tanada/crash.log"
        except OSError:
            pass  # a read-only checkout: the temporary folder is left
    from tempfile import mkstemp

    try:
        handle, name = mkstemp(prefix="tanada-crash-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(trace)
    except OSError:
        return "no file (none can be written; TANADA_DEBUG=1 shows it)"
    return name
