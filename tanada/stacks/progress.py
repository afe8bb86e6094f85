"""How far a synth is, from its first moment to its end: one line on a terminal that replaces itself, or lines for the
command line that started this; nothing for anybody else."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tanada.synth_process import PREFIX, PROGRESS

_EVERY = 0.2
READING = "Synthesizing: reading the declarations"
LOADING = "Synthesizing: loading CDKTF"
PREPARING = "Preparing CDKTF for this machine, once"

Words = Callable[[], str]
_states: list[Words] = []
"""What is being done; the last is shown."""
_shows = False
"""Whether somebody shows it already."""


@contextlib.contextmanager
def saying(words: Words) -> Iterator[None]:
    """What is done in here, for whoever shows it."""
    _states.append(words)
    try:
        yield
    finally:
        _states.remove(words)


@contextlib.contextmanager
def live(words: Words) -> Iterator[None]:
    """Show what is done, from now on to the end; "" at the end."""
    global _shows
    show = None if _shows else _shower()
    with saying(words):
        if show is None:
            yield
            return

        def watch() -> None:
            while True:
                if _states:
                    show(_states[-1]())
                if ended.wait(_EVERY):
                    return

        _shows, ended = True, threading.Event()
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()
            show("")
            _shows = False


@contextlib.contextmanager
def shown(total: int, folder: Path) -> Iterator[Callable[[], None]]:
    """A function to call after each stack made; what Node has written is seen in the folder."""
    assembled = 0

    def one_more() -> None:
        nonlocal assembled
        assembled += 1

    with saying(lambda: sentence(assembled, _count(folder), total)):
        yield one_more


def preparing() -> contextlib.AbstractContextManager[None]:
    """Say from the first moment on that what later runs find is made in here."""
    return live(lambda: PREPARING)


def sentence(assembled: int, written: int, total: int) -> str:
    """The state in words."""
    if assembled < total:
        return f"Synthesizing: {assembled} of {total} stacks made"
    return f"Synthesizing: {written} of {total} stacks written"


def _count(folder: Path) -> int:
    try:
        return sum(1 for _ in (folder / "stacks").iterdir())
    except OSError:
        return 0


def _shower() -> Callable[[str], None] | None:
    before, begun = "", time.monotonic()

    def to_command_line(text: str) -> None:
        nonlocal before
        if text != before:  # it counts the seconds itself
            before = text
            _write(1, f"{PREFIX}{text}\n")

    def on_terminal(text: str) -> None:
        _write(2, f"\r{text}, {int(time.monotonic() - begun)} s\x1b[K" if text else "\r\x1b[K")

    if os.environ.get(PROGRESS) == "1":
        return to_command_line
    return on_terminal if sys.stderr is not None and sys.stderr.isatty() else None


def _write(descriptor: int, text: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads: no reason to stop
        os.write(descriptor, text.encode())
