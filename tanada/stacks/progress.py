"""How far a long synth is: one line on a terminal that replaces itself; silent elsewhere, and in the first second
unless something is prepared for all later ones."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tanada.synth_process import PREFIX, PROGRESS

_EVERY = 0.2
_SILENT = 1.0
PREPARING = "Preparing CDKTF for this machine, once"


@contextlib.contextmanager
def shown(total: int, folder: Path) -> Iterator[Callable[[], None]]:
    """A function to call after each stack made; what Node has written is seen in the folder."""
    assembled = 0

    def one_more() -> None:
        nonlocal assembled
        assembled += 1

    show = _shower()
    if show is None:
        yield one_more
        return

    def watch() -> None:
        # A short synth needs no words.
        if ended.wait(_SILENT):
            return
        while not ended.wait(_EVERY):
            show(sentence(assembled, _count(folder), total))
        show("")

    ended = threading.Event()
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield one_more
    finally:
        ended.set()
        watcher.join()


@contextlib.contextmanager
def preparing() -> Iterator[None]:
    """Say from the first moment on that what later runs find is made in here."""
    show = _shower() or (lambda _text: None)
    show(PREPARING)
    try:
        yield
    finally:
        show("")


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
    if os.environ.get(PROGRESS) == "1":
        return lambda text: _write(1, f"{PREFIX}{text}\n")
    if sys.stderr.isatty():
        return lambda text: _write(2, f"\r{text}\x1b[K")
    return None


def _write(descriptor: int, text: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads: no reason to stop
        os.write(descriptor, text.encode())
