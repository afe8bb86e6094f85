"""Ctrl-C, SIGTERM and SIGHUP in main.py: Node ends first, then everything temporary goes, then the process."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_told: list[int] = []
"""The signals that came."""


class Stopped(BaseException):
    """The process was told to end; like KeyboardInterrupt, no error that anybody may catch."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def leaving_nothing() -> Iterator[None]:
    """Run main.py's work; interrupted, end the process with 128 + the signal's number and leave nothing behind."""
    for number in _SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # `nohup`, or a shell's `&`: not to be heard then
            signal.signal(number, _stop)
    # Of this process alone, Node's too: a kernel that was killed leaves its folder.
    temporary = tempfile.mkdtemp(prefix="tanada-synth-")
    tempfile.tempdir = os.environ["TMPDIR"] = temporary
    # Registered before whatever starts Node, so it comes after the end of Node, which could make it anew.
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    try:
        yield
    except Stopped as stopped:
        _ignore_signals()
        shutil.rmtree(temporary, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.write(sys.stderr.fileno(), b"Interrupted; cdktf.out is as it was.\n")
        # Not sys.exit: what jsii does at the end talks to the Node that is gone.
        os._exit(128 + stopped.number)
    finally:
        _ignore_signals()


def _ignore_signals() -> None:
    """All is done but the tidying, which nothing may disturb."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def stop_if_told() -> None:
    """Raise Stopped once more where it was raised already: another error took its place on the way, of whoever talks to
    the Node that was ended."""
    if _told:
        raise Stopped(_told[0])


def _stop(number: int, _frame: FrameType | None) -> None:
    _told.append(number)
    # Before the exception unwinds: a Node that still writes would make the removed folder anew.
    _end_children()
    raise Stopped(number)


def _end_children() -> None:
    """Kill every process below this one, and wait for those that are ours to wait for.

    jsii's Node starts a second one that neither hears a signal nor a closed pipe while it computes. Where there is no
    /proc (macOS), it is left to notice.
    """
    below = _below(os.getpid())
    for process in below:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    for process in below:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, 0)


def _below(process: int) -> list[int]:
    """All processes started by a process, and by them."""
    processes: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                processes += [child, *_below(child)]
    return processes
