"""How git, Terraform and main.py are started: passes Ctrl-C on once, waits, and leaves nothing behind.

Each process leads a process group of its own, so that a terminal's Ctrl-C reaches it through us alone: Terraform
takes a second interrupt as the order to end at once, without releasing its state lock.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from tanada.errors import StoppedError, TerraformError


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
        self._live: dict[int, subprocess.Popen[str]] = {}
        self._told: set[int] = set()
        self._shared: set[int] = set()
        self._stopped = False
        self._asking = False
        self.locked: list[str] = []
        """What is to be said of locks that lie there after an interruption."""

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
        inherits: Sequence[int] = (),
    ) -> Finished:
        """Run to the end, without a terminal; both streams are handed on line by line and returned. `stdin` is an open
        file's number, `inherits` those of others that stay open in the process.

        What a handler raises is raised when the process has ended: one that nobody reads any more waits for ever, with
        its lock.
        """
        process = self._start(
            arguments,
            cwd,
            environment,
            inherits=inherits,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        texts: tuple[list[str], list[str]] = ([], [])
        raised: list[Exception] = []
        assert process.stdout is not None
        assert process.stderr is not None
        readers = [
            threading.Thread(target=_read, args=(stream, lines, handle, raised), daemon=True)
            for stream, lines, handle in (
                (process.stdout, texts[0], on_output),
                (process.stderr, texts[1], on_errors),
            )
        ]
        for reader in readers:
            reader.start()
        self._wait(process)
        for reader in readers:
            reader.join()
        process.stdout.close()
        process.stderr.close()
        if raised:
            raise raised[0]
        return Finished(process.returncode, "".join(texts[0]), "".join(texts[1]))

    def run_attached(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        streams: tuple[IO[str], IO[str]] | None = None,
        inherits: Sequence[int] = (),
    ) -> int:
        """Run with our own input and output; where `streams` are given, what it prints is handed on to these.

        At a terminal it stays in our process group (else it could not read), and the terminal itself interrupts it.
        """
        terminal = os.isatty(0)
        piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} if streams else {}
        process = self._start(arguments, cwd, environment, own_group=not terminal, inherits=inherits, **piped)
        if terminal:
            self._shared.add(process.pid)
        readers = [
            threading.Thread(target=_hand_on, args=(source, sink), daemon=True)
            for source, sink in zip((process.stdout, process.stderr), streams or (), strict=False)
        ]
        for reader in readers:
            reader.start()
        self._wait(process)
        for reader in readers:
            reader.join()
        return process.returncode

    def _start(
        self,
        arguments: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        *,
        own_group: bool = True,
        inherits: Sequence[int] = (),
        **streams: int,
    ) -> subprocess.Popen[str]:
        with self._lock:
            if self._stopped:
                raise StoppedError("Interrupted.")
            try:
                process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603 - a list, no shell
                    list(arguments),
                    cwd=cwd,
                    env=dict(environment),
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    process_group=0 if own_group else None,
                    pass_fds=tuple(inherits),
                    **streams,
                )
            except FileNotFoundError:
                raise TerraformError(f"{arguments[0]} was not found.") from None
            except PermissionError:
                raise TerraformError(f"{arguments[0]} can't be executed.") from None
            self._live[process.pid] = process
            if self._stopped:  # the signal came while it was being started
                self._tell(process)
            assert isinstance(process, subprocess.Popen)
            return process

    def _wait(self, process: subprocess.Popen[str]) -> None:
        try:
            process.wait()
        finally:
            with self._lock:
                self._live.pop(process.pid, None)
                self._told.discard(process.pid)
                self._shared.discard(process.pid)

    def _tell(self, process: subprocess.Popen[str]) -> None:
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
        """Ctrl-C and SIGTERM stop the processes instead of us; `on_stop` hears whether it was the first."""

        def handle(number: int, _frame: FrameType | None) -> None:
            first = self.stop(from_terminal=number == signal.SIGINT)
            if self._asking:
                raise StoppedError("Interrupted; nothing was changed.")
            on_stop(first)

        before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
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


def _hand_on(source: IO[str], sink: IO[str]) -> None:
    """What a process prints, as it comes: a question ends no line."""
    with source:
        while data := os.read(source.fileno(), 65536):
            with contextlib.suppress(OSError):  # whoever read it is gone; the process still wants to be read
                sink.buffer.write(data)  # type: ignore[attr-defined]  # both are text over bytes


def _read(stream: IO[str], lines: list[str], handle: Callable[[str], None], raised: list[Exception]) -> None:
    for line in stream:
        lines.append(line)
        if not raised:
            try:
                handle(line)
            except Exception as error:  # whatever it is, the rest is to be read
                raised.append(error)
