"""How git, Terraform and main.py are started: passes Ctrl-C on once, waits, and leaves nothing behind.

Each process leads a session of its own, so that a terminal's Ctrl-C, and its end, reach it through us alone: Terraform
takes a second interrupt as the order to end at once, without releasing its state lock. What changes something writes
what it says into files, which we read: where it wrote to us, it would end with us (SIGPIPE), in the middle, and nobody
would save its state.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

from tanada.errors import StoppedError, TerraformError
from tanada.files import private_folder


@dataclass(frozen=True)
class Finished:
    """A process that has ended."""

    code: int
    output: str
    errors: str


def _ignore(_line: str) -> None:
    pass


class Processes:
    """All processes that one command starts; once interrupted, it starts no further one."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._live: dict[int, subprocess.Popen[bytes]] = {}
        self._told: set[int] = set()
        self._shared: set[int] = set()
        self._stopped = False
        self._asking = False
        self.locked: list[str] = []
        """What is to be said of locks, and of states that could not be saved, when an interrupted run has ended."""

    @property
    def stopped(self) -> bool:
        return self._stopped

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        on_output: Callable[[str], None] = _ignore,
        on_errors: Callable[[str], None] = _ignore,
        stdin: int = subprocess.DEVNULL,
        said: Path | None = None,
        inherits: Sequence[int] = (),
    ) -> Finished:
        """Run to the end, without a terminal; both streams are handed on line by line and returned. `stdin` is an open
        file's number, `inherits` those of others that stay open in the process.

        With `said`, a folder for what it prints, it goes on when we are killed. What a handler raises is raised when
        the process has ended: one that nobody reads any more waits for ever, with its lock. That somebody doesn't hear
        any more (OSError) is no reason to raise.
        """
        texts: tuple[list[str], list[str]] = ([], [])
        raised: list[Exception] = []
        hearing = tuple(
            _hearing(lines, handle, raised) for lines, handle in ((texts[0], on_output), (texts[1], on_errors))
        )
        with _Streams(said, hearing) as streams:
            code = self._watched(arguments, cwd, environment, streams, stdin=stdin, pass_fds=tuple(inherits))
        if raised:
            raise raised[0]
        return Finished(code, "".join(texts[0]), "".join(texts[1]))

    def run_attached(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        said: Path,
        inherits: Sequence[int] = (),
        streams: tuple[IO[str], IO[str]] | None = None,
    ) -> int:
        """Run with our own input and output, or with `streams` for its output.

        At a terminal it stays in our process group (else it could not read), and the terminal itself interrupts it; the
        terminal's end it doesn't hear. Whatever else reads its output reads it from us, through the folder `said`.
        """
        terminal = os.isatty(0)
        kept: dict[str, Any] = {"own_session": not terminal, "pass_fds": tuple(inherits)}
        if terminal and streams is None and os.isatty(1) and os.isatty(2):
            with _deaf_to_hangups():
                process = self._start(arguments, cwd, environment, shared=True, **kept)
            self._wait(process)
            return process.returncode
        sinks = streams or (sys.stdout, sys.stderr)
        with _Streams(said, tuple(_handing_on(sink) for sink in sinks)) as read:
            return self._watched(arguments, cwd, environment, read, shared=terminal, stdin=None, **kept)

    def _watched(
        self, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], streams: _Streams, **more: Any
    ) -> int:
        """Its exit code, when it has ended and all that it said is handed on."""
        process = self._start(arguments, cwd, environment, stdout=streams.writing[0], stderr=streams.writing[1], **more)
        streams.follow()
        self._wait(process)
        return process.returncode

    def _start(
        self,
        arguments: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        *,
        own_session: bool = True,
        shared: bool = False,
        **more: Any,
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise StoppedError("Interrupted.")
            try:
                process = subprocess.Popen(  # noqa: S603 - a list, no shell
                    list(arguments),
                    cwd=cwd,
                    env=dict(environment),
                    start_new_session=own_session,
                    **more,
                )
            except FileNotFoundError:
                raise TerraformError(f"{arguments[0]} was not found.") from None
            except PermissionError:
                raise TerraformError(f"{arguments[0]} can't be executed.") from None
            self._live[process.pid] = process
            if shared:
                self._shared.add(process.pid)
            if self._stopped:  # the signal came while it was being started
                self._tell(process)
            return process

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait()
        finally:
            with self._lock:
                self._live.pop(process.pid, None)
                self._told.discard(process.pid)
                self._shared.discard(process.pid)

    def _tell(self, process: subprocess.Popen[bytes]) -> None:
        if process.pid not in self._told:
            self._told.add(process.pid)
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)

    def stop(self, *, from_terminal: bool = False) -> bool:
        """Interrupt every process once; says whether this was the first time.

        What shares our terminal has heard a Ctrl-C already.
        """
        with self._lock:
            first = not self._stopped
            self._stopped = True
            for process in list(self._live.values()):
                if not (from_terminal and process.pid in self._shared):
                    self._tell(process)
            return first

    @contextlib.contextmanager
    def stopping_on_signals(self, on_stop: Callable[[bool], None]) -> Iterator[None]:
        """Ctrl-C, SIGTERM and the end of our terminal (SIGHUP, unless nohup has us ignore it) stop the processes
        instead of us; `on_stop` hears whether it was the first."""

        def handle(number: int, _frame: FrameType | None) -> None:
            first = self.stop(from_terminal=number == signal.SIGINT)
            if self._asking:
                raise StoppedError("Interrupted; nothing was changed.")
            on_stop(first)

        heard = [each for each in _STOPPING if signal.getsignal(each) is not signal.SIG_IGN]
        before = {number: signal.signal(number, handle) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """While somebody is asked for an answer no process runs: a signal ends the question."""
        self._asking = True
        try:
            yield
        finally:
            self._asking = False


_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def _deaf_to_hangups() -> Iterator[None]:
    """What is started in here doesn't end with its terminal: a program that begins with a signal ignored ignores it
    (os/signal of Go, which Terraform is written in). We tell it to end when we hear of it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


Hear = Callable[[bytes], None]
"""Hears what a process prints, in pieces; an empty one at the end."""
_PAUSE = 0.05
"""Seconds between two looks into a file that a process writes."""


class _Streams:
    """Output and errors of one process, each handed on by a thread of its own while the process lives: by pipes, or
    with a folder by files in it, which are deleted at the end."""

    def __init__(self, folder: Path | None, hearing: tuple[Hear, ...]) -> None:
        self._folder = folder
        self._hearing = hearing
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._reading: list[int] = []
        self._files: list[Path] = []
        self.writing: list[int] = []

    def __enter__(self) -> _Streams:
        for _ in self._hearing:
            if self._folder is None:
                reading, writing = os.pipe()
            else:
                writing, name = tempfile.mkstemp(dir=private_folder(self._folder))  # mode 0600
                self._files.append(Path(name))
                reading = os.open(name, os.O_RDONLY)
            self._reading.append(reading)
            self.writing.append(writing)
        return self

    def follow(self) -> None:
        """Read what the process, which is running, writes."""
        self._close(self.writing)
        for number, hear in zip(self._reading, self._hearing, strict=True):
            self._threads.append(threading.Thread(target=self._read, args=(number, hear), daemon=True))
            self._threads[-1].start()

    def _read(self, number: int, hear: Hear) -> None:
        ending = False
        while True:
            ending = ending or self._ended.is_set()  # before a look: what it wrote last is read, too
            if data := os.read(number, 65536):
                hear(data)
            elif self._folder is None or ending:
                break
            else:
                self._ended.wait(_PAUSE)
        hear(b"")

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._close(self.writing)
        self._close(self._reading)
        for file in self._files:
            file.unlink(missing_ok=True)

    def _close(self, numbers: list[int]) -> None:
        while numbers:
            os.close(numbers.pop())


def _handing_on(sink: IO[str]) -> Hear:
    """As it comes: a question ends no line."""

    def hear(data: bytes) -> None:
        with contextlib.suppress(OSError):  # whoever read it is gone; the process still wants to be read
            sink.buffer.write(data)  # type: ignore[attr-defined]  # both are text over bytes
            sink.flush()

    return hear


def _hearing(lines: list[str], handle: Callable[[str], None], raised: list[Exception]) -> Hear:
    """Line by line, each kept in `lines`; what the handler raises in `raised`, and then it hears no more."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
    rest = ""

    def hear(data: bytes) -> None:
        nonlocal rest
        *whole, rest = (rest + decoder.decode(data, final=not data)).split("\n")
        new = [f"{line}\n" for line in whole]
        if not data and rest:
            new.append(rest)
        lines.extend(new)
        for line in new:
            try:
                if not raised:
                    handle(line)
            except OSError:  # a full disk, a closed pipe: who would hear it is gone
                continue
            except Exception as error:  # whatever it is, the rest is to be read
                raised.append(error)

    return hear
