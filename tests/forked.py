"""`tanada VERB` as a process of its own that need not import Tanada first: forked from one that has.

An import takes half a second of processor, most of what a short command takes, and hundreds of tests run one.
Arguments, environment, folder and streams are the child's own; how Tanada starts is tested with real ones (tests/cli,
tests/life, the played workflows).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LOADED = (
    "tanada.cli.app",
    "tanada.declarations.loader",
    "tanada.terraform.run",
    "tanada.terraform.apply_all",
    "tanada.terraform.apply_saved",
)
REMEMBERED = "TESTS_REMEMBERED"
"""The variable with the folder of what a whole run works out once (tests/conftest.py makes it)."""
LONGEST = 300.0
"""Seconds after which a run is stuck."""


def run(arguments: Sequence[str], folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The ended process, with what it printed; nothing is typed.

    Raises:
        subprocess.TimeoutExpired: it did not end.
    """
    mine, theirs = socket.socketpair()
    with (
        tempfile.TemporaryFile() as asked,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        mine,
    ):
        asked.write(json.dumps([list(arguments), str(folder), dict(environ)]).encode())
        asked.seek(0)
        with Path(os.devnull).open() as nothing, theirs:
            given = [each.fileno() for each in (asked, nothing, output, errors, theirs)]
            socket.send_fds(_forker(), [b"?"], given)
        mine.settimeout(LONGEST)
        try:
            code = int(mine.recv(16))
        except TimeoutError:
            raise subprocess.TimeoutExpired(list(arguments), LONGEST) from None
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode())
        return subprocess.CompletedProcess(list(arguments), code, *texts)


@functools.cache
def _forker() -> socket.socket:
    """What asks this worker's process, which ends with it."""
    mine, theirs = socket.socketpair()
    subprocess.Popen(
        [sys.executable, "-c", "from tests.forked import fork; fork()", str(theirs.fileno())],
        cwd=Path(__file__).parents[1],
        env={name: value for name, value in os.environ.items() if not name.startswith("TANADA_")},
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )
    theirs.close()
    return mine


def fork() -> None:
    """Import, then answer each request by a child."""
    requests, own = socket.socket(fileno=int(sys.argv[1])), _loaded()
    while True:
        word, descriptors, _, _ = socket.recv_fds(requests, 1, 5)
        if not word:
            return
        _answered(descriptors, own, requests)


def listen() -> None:
    """Likewise of whoever connects to a socket's path, until standard input ends; says a line when it listens."""
    own = _loaded()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(16)
    sys.stdout.write("\n")
    sys.stdout.flush()
    while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
        client, _ = listener.accept()
        _, descriptors, _, _ = socket.recv_fds(client, 1, 4)
        _answered([*descriptors, client.detach()], own, listener)


def _loaded() -> dict[str, str]:
    """Import; the variables that this set."""
    given = dict(os.environ)
    for name in LOADED:
        __import__(name)
    if folder := os.environ.get(REMEMBERED):
        remember(Path(folder))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    return {name: value for name, value in os.environ.items() if given.get(name) != value}


def remember(folder: Path) -> None:
    """Slow hashes come from a folder where one was worked out before, the same ones, by whatever process of a run.

    A plan's fingerprint takes one a resource, a twentieth of a second each, and tests plan the same stack by the dozen.
    """
    scrypt = hashlib.scrypt

    def once(password: bytes, **how: Any) -> bytes:
        file = folder / hashlib.sha256(repr((password, sorted(how.items()))).encode()).hexdigest()
        with contextlib.suppress(FileNotFoundError):
            return file.read_bytes()
        made = scrypt(password, **how)
        new = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        new.write_bytes(made)
        new.replace(file)
        return made

    hashlib.scrypt = once  # type: ignore[assignment]


def _answered(descriptors: Sequence[int], own: Mapping[str, str], *ours: socket.socket) -> None:
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for each in ours:
            each.close()
        _answer(descriptors, own)
        os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)


def _answer(descriptors: Sequence[int], own: Mapping[str, str]) -> None:
    asked, *streams, answer = descriptors
    child = os.fork()
    if child:
        os.write(answer, str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())
        return
    with os.fdopen(asked, encoding="utf-8") as file:
        arguments, folder, environ = json.load(file)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # Of what these are and not of what the forking process was given: a pipe can't be sought in, a file can.
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        opened = os.fdopen(number, mode, 1 if name == "stderr" else -1, closefd=False)
        for known in (name, f"__{name}__"):
            setattr(sys, known, opened)
    os.close(answer)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update({**environ, **own})
    sys.argv = ["-c", *arguments]
    from tanada.cli import main

    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        for each in (sys.stdout, sys.stderr):
            each.flush()
        os._exit(code)
