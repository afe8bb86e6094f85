"""One run of a program with all the processes that it starts: its time and what they took."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_INTERVAL = 0.02
_LONGEST = 900.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """Seconds of the clock and of all processors; megabytes."""

    wall: float
    cpu: float
    memory: float
    """Of each process the highest resident size, added (pages they share are counted in each); 0 without `/proc`."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """CPU by kind of process, as far as it was seen: of each its last hundredths are missing."""


class FailedError(Exception):
    """A program did not do what is to be measured."""


def measure(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    kind: Callable[[Sequence[str]], str] | None = None,
) -> Run:
    """Run a program to its end; FailedError with the last lines that it said when it fails.

    `kind` names a process by its arguments, where the parts are asked for.
    """
    with log.open("wb") as said:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        watcher = _Watcher(process.pid, kind)
        limit = threading.Timer(_LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        watcher.start()
        limit.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            limit.cancel()
            watcher.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
        raise FailedError(f"{Path(command[0]).name} ended with {process.returncode}:\n" + "\n".join(last))
    return Run(wall, max(usage.ru_utime + usage.ru_stime, watcher.cpu), watcher.memory, watcher.parts)


class _Watcher(threading.Thread):
    """Looks at a process and its descendants every now and then: what they took only grows."""

    def __init__(self, root: int, kind: Callable[[Sequence[str]], str] | None) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._kind = kind
        self._ended = threading.Event()
        self._memory: dict[int, float] = {}
        self._cpu: dict[int, float] = {}
        self._kinds: dict[int, str] = {}

    @property
    def memory(self) -> float:
        return sum(self._memory.values())

    @property
    def cpu(self) -> float:
        return sum(self._cpu.values())

    @property
    def parts(self) -> dict[str, float]:
        parts: dict[str, float] = {}
        for process, kind in self._kinds.items():
            parts[kind] = parts.get(kind, 0) + self._cpu[process]
        return parts

    def run(self) -> None:
        while not self._ended.wait(_INTERVAL):
            waiting = [self._root]
            while waiting:
                waiting += self._look(waiting.pop())

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _look(self, process: int) -> list[int]:
        """One process; those that it has started, in whichever of its threads."""
        folder = Path("/proc", str(process))
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in (folder / "status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self._memory[process] = int(line.split()[1]) / 1000
            # After the name, which may hold anything: state is the first field, the times are the twelfth and next.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            self._cpu[process] = (int(fields[11]) + int(fields[12])) / _TICKS
            if self._kind and (arguments := (folder / "cmdline").read_bytes().split(b"\0")[:-1]):
                self._kinds[process] = self._kind([os.fsdecode(each) for each in arguments])
            return [int(child) for task in (folder / "task").iterdir() for child in _children(task)]
        return []


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except OSError:  # the thread has ended meanwhile
        return []
