"""The command line: `tanada VERB`. Here the one place that prints what went wrong."""

from __future__ import annotations

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
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us (`>&-`)
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
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
        from tanada.secrecy import Secrets

        sys.stderr.write(f"{Secrets().remove(str(error))}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except (BrokenPipeError, ReaderGoneError):
        # The reader has gone (`tanada show test | head`); what is still buffered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        # A disk that is full, a folder that can't be written, a file where a folder is due: not ours to mend.
        sys.stderr.write(f"{error.filename or 'What was to be written'}: {error.strerror}.\n")
        sys.exit(TanadaError.exit_code)
    except Exception as error:
        sys.stderr.write(f"{crash_report.report(error, _root(), os.environ)}\n")
        sys.exit(crash_report.EXIT_CODE)


def _root() -> Path | None:
    """The system's folder, if we stand in one."""
    from tanada.declarations.root import find_root

    try:
        return find_root(Path.cwd())
    except (OSError, TanadaError):
        return None
