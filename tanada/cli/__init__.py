"""The command line: `tanada VERB`. Here the one place that prints what went wrong."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from pathlib import Path

from tanada import crash_report
from tanada.cli import log
from tanada.errors import TanadaError


def main() -> None:
    """Run the command line and end the process; a TanadaError is its sentence and its exit code."""
    # Modules and models are here to stay: looking for garbage among them took a sixth of a short command's time.
    gc.set_threshold(100_000, 50, 50)
    log.open_streams()
    log.guard(os.environ)
    # Here: an import of a part of the command line should not load all of it.
    from tanada.cli.app import ReaderGoneError, app

    try:
        try:
            app(prog_name="tanada")
        finally:
            gc.freeze()  # nor at the end
            sys.stdout.flush()
    except TanadaError as error:
        from tanada.cli.output import folded
        from tanada.secrecy import Secrets

        _last_words(folded(Secrets().remove(str(error))))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except (BrokenPipeError, ReaderGoneError):
        # The reader has gone (`tanada show test | head`); what is still buffered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        text, code = crash_report.ended(error, _root, os.environ)
        _last_words(text)
        sys.exit(code)


def _last_words(text: str) -> None:
    """On stderr, if anybody hears; the exit code says as much."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _root() -> Path | None:
    """The system's folder, if we stand in one."""
    from tanada.declarations.root import find_root

    try:
        return find_root(Path.cwd())
    except (OSError, TanadaError):
        return None
