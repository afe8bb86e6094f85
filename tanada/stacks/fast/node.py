"""Node, started without jsii's wrapper: that is a second Node which pipes every message on."""

from __future__ import annotations

import atexit
import functools
import os
import re
import select
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

_FLUSH = 8192
"""Node starts on what it has while Python makes more; every message by itself would cost a system call."""
_READ = 1 << 16
_PATIENCE = 60.0
"""Seconds that a Node which is still starting may take to end: as many as it needs on a machine that is busy."""
_YOUNG = "--min-semi-space-size=16"
"""Megabytes: the room for new objects begins as large as it may grow, for constructs stay: copied while it grows they
are a tenth of Node's time."""
_OLD = "--initial-old-space-size=128"
"""Likewise: what stays is looked through when it is more than at first; with less, once for nothing."""


class NodeEndedError(RuntimeError):
    """Node is gone before it answered."""


@functools.cache
def version(program: str) -> str | None:
    """What a Node says of itself, `v24.1.0`, which takes it ten milliseconds; None where it isn't one."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603 - a list, no shell
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    said = asked.stdout.strip()
    return said if asked.returncode == 0 and re.fullmatch(r"v\d+\.\d+\.\d+\S*", said) else None


class Node:
    """A Node that runs jsii's kernel, and the one socket to it."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self._socket, theirs = socket.socketpair()
        descriptor = theirs.detach()
        node = shutil.which(environment.get("JSII_NODE") or "node", path=environment.get("PATH"))
        if node is None:
            raise FileNotFoundError("node is not on PATH")
        actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
        ]
        if descriptor == 3:
            os.set_inheritable(descriptor, True)
        else:
            actions.append((os.POSIX_SPAWN_DUP2, descriptor, 3))
        # The flags of jsii's wrapper, and descriptor 3 as its program expects (jsii 1.142, bin/jsii-runtime.js).
        self._pid = os.posix_spawn(
            node,
            [node, "--max-old-space-size=4069", "--preserve-symlinks", _YOUNG, _OLD, *arguments],
            environment,
            file_actions=actions,
            # Ctrl-C is for Python: Node would leave its temporary folder behind.
            setpgroup=0,
        )
        os.close(descriptor)
        self._out: list[bytes] = []
        self._waiting = 0
        self._lines: list[bytes] = []
        self._rest = b""
        self.folder: Path | None = None
        """Where jsii's kernel keeps links to its packages, once it has said so."""
        self.killed = False
        """Whether it is at its end: nothing can be asked of it any more."""
        self.took_code = False
        """Whether it began with the code that it was given, once it has said so."""
        atexit.register(self.stop)

    def write(self, message: bytes) -> None:
        """Send a line, sooner or later."""
        self._out.append(message)
        self._waiting += len(message)
        if self._waiting > _FLUSH:
            self.flush()

    def flush(self) -> None:
        """Send all; answers are taken in meanwhile, or both sides could wait for each other."""
        if not self._out:
            return
        data = memoryview(b"".join(self._out))
        self._out.clear()
        self._waiting = 0
        while data:
            try:
                data = data[self._socket.send(data, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                readable, _, _ = select.select([self._socket], [self._socket], [])
                if readable:
                    self._receive()
            except OSError as error:
                raise NodeEndedError("Node ended before it answered") from error

    def readline(self) -> bytes:
        """The next line of Node."""
        while not self._lines:
            self.flush()
            self._receive()
        return self._lines.pop()

    def _receive(self) -> None:
        try:
            data = self._socket.recv(_READ)
        except OSError as error:
            raise NodeEndedError("Node ended before it answered") from error
        if not data:
            raise NodeEndedError("Node ended before it answered")
        *lines, self._rest = (self._rest + data).split(b"\n")
        # Taken from the end: reversed, so that it costs nothing.
        lines.reverse()
        self._lines[:0] = lines

    def kill(self) -> None:
        """Let it end without waiting for that, for it takes a while to give its memory back; `stop` does."""
        if self._pid and self.folder is not None:  # else it may be about to make its folder
            os.kill(self._pid, signal.SIGKILL)
            self.killed = True

    def stop(self) -> None:
        """End Node; it has nothing left to write when it has answered all."""
        atexit.unregister(self.stop)
        if self._pid == 0:
            return
        if self.folder is None:
            # It may be about to make its folder: let it come to the end of its input, and end by itself.
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
                self._socket.settimeout(_PATIENCE)
                while self._socket.recv(_READ):
                    pass
        os.kill(self._pid, signal.SIGKILL)
        if self.folder is not None:
            # While it gives its memory back.
            shutil.rmtree(self.folder, ignore_errors=True)
        os.waitpid(self._pid, 0)
        self._pid = 0
        self._socket.close()
