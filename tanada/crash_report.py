"""How a command ends that nobody meant to end: one sentence for the user. Of a bug in Tanada itself the traceback lies
where a report can take it from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from tanada import machine

EXIT_CODE = 1


def ended(error: Exception, root: Callable[[], Path | None], environ: Mapping[str, str]) -> tuple[str, int]:
    """What the user reads of an error that nobody raised on purpose, and the exit code: what the machine refused, or a
    bug. `root` finds the system's folder."""
    from tanada.secrecy import Secrets

    if (refused := machine.refusal(error, environ)) is not None:
        sentence, code = refused
        return Secrets().remove(sentence), code
    return report(error, root(), environ), EXIT_CODE


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
