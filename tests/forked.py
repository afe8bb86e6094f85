"""`tanada VERB`, main.py and the offline provider as processes of their own that need not import first: forked from one
that has.

An import takes half a second of processor, most of what a short command takes, and hundreds of tests run one; the
provider takes a fifth of a second until it listens, of which nine tenths are imports and schemas. Arguments,
environment, folder and streams are the child's own; how all three start is tested with real ones (tests/cli,
tests/life, tests/offline/test_process.py, the played workflows' first jobs).
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import gc
import hashlib
import json
import os
import pickle
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

LOADED = (
    *("tanada.cli.app", "tanada.declarations.loader", "tanada.terraform.run"),
    *("tanada.terraform.apply_all", "tanada.terraform.apply_saved"),
    *("tanada.stacks.app", "tanada.declarations.synth", "tanada.offline.faulty", "tanada.offline.server"),
    "tanada.templates.wheel",
)
COMMAND, PROVIDER, SYNTH = b"?", b"p", b"s"
"""What is asked for: `tanada` with arguments, the offline provider, main.py as `tanada init` writes it."""
REMEMBERED = "TESTS_REMEMBERED"
"""The variable with the folder of what a whole run works out once (tests/conftest.py makes it)."""
LONGEST = 300.0
"""Seconds after which a run is stuck."""


def run(arguments: Sequence[str], folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The ended process, with what it printed; nothing is typed.

    Raises:
        subprocess.TimeoutExpired: it did not end.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors, Path(os.devnull).open() as nothing:
        streams = (nothing.fileno(), output.fileno(), errors.fileno())
        code = Forked(_forker(), COMMAND, arguments, folder, environ, streams).wait(LONGEST)
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode())
        return subprocess.CompletedProcess(list(arguments), code, *texts)


class Forked:
    """A process that was forked for us somewhere else, with the face of one that we started (subprocess.Popen)."""

    def __init__(
        self,
        address: Path,
        word: bytes,
        arguments: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        streams: tuple[int, int, int],
        pipes: tuple[IO[bytes] | None, IO[bytes] | None] = (None, None),
    ) -> None:
        self.args, self.returncode = list(arguments), None
        self.stdin, self.stdout = pipes
        self._answer = socket.socket(socket.AF_UNIX)
        self._answer.connect(str(address))
        with tempfile.TemporaryFile() as asked:
            asked.write(json.dumps([list(arguments), str(folder), dict(environ)]).encode())
            asked.seek(0)
            socket.send_fds(self._answer, [word], [asked.fileno(), *streams])
        self.pid = int(self._answer.recv(_NUMBER, socket.MSG_WAITALL))

    returncode: int | None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; below zero, the signal that ended it."""
        if self.returncode is None:
            if not select.select([self._answer], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            with self._answer:
                self.returncode = int(self._answer.recv(_NUMBER, socket.MSG_WAITALL) or -signal.SIGKILL)
        return self.returncode

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and that isn't told yet
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


_NUMBER = 16
"""Bytes of an answer, filled up with spaces: the process's id at once, its exit code when it has ended."""


def serve_providers() -> None:
    """From now on this process's offline providers are forked, too."""
    from tanada.offline import process

    @functools.wraps(process._launch)
    def launch(scratch: Path, folder: Path, *, over_tcp: bool) -> Any:
        return _provider(_forker(), scratch, folder, over_tcp=over_tcp)

    process._launch = launch


def _provider(address: Path, scratch: Path, folder: Path, *, over_tcp: bool) -> Any:
    """In the place of `tanada.offline.process._launch`."""
    from tanada.offline.process import LEDGER, LOG

    arguments = [str(scratch), str((folder / LEDGER).resolve()), *(["--tcp"] if over_tcp else [])]
    asking, telling = os.pipe(), os.pipe()
    with (folder / LOG).open("wb") as log:
        streams = (asking[0], telling[1], log.fileno())
        pipes = (os.fdopen(asking[1], "wb"), os.fdopen(telling[0], "rb"))
        try:
            return Forked(address, PROVIDER, arguments, scratch, os.environ, streams, pipes)
        finally:
            os.close(asking[0])
            os.close(telling[1])


def _process(address: Path, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], **how: Any) -> Any:
    """In the place of `subprocess.Popen` where `tanada.terraform.process` starts something; what else a main.py says,
    or one that finds other packages, starts as ever."""
    synthesizes = list(arguments) == [sys.executable, "main.py"] and "PYTHONPATH" not in env and not how["pass_fds"]
    if not synthesizes or (Path(cwd) / "main.py").read_bytes() not in (_main(), STAND_IN.encode()):
        return subprocess.Popen(arguments, cwd=cwd, env=env, **how)
    with Path(os.devnull).open() as nothing:
        streams = (nothing.fileno(), how["stdout"], how["stderr"])
        return Forked(address, SYNTH, arguments, cwd, env, streams)


STAND_IN = '''\
"""Writes what settings.json says, in place of CDKTF."""
import json, pathlib, sys
settings = json.loads(pathlib.Path("settings.json").read_text())
if settings.get("refuse"):
    sys.exit(settings["refuse"])
for name, configuration in settings["stacks"].items():
    folder = pathlib.Path("cdktf.out/stacks") / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cdk.tf.json").write_text(json.dumps(configuration, indent=2, sort_keys=True))
'''
"""A main.py of tests that are about what comes after it."""


@functools.cache
def _main() -> bytes:
    import tanada

    return (Path(str(tanada.__file__)).parent / "templates" / "repository" / "main.py").read_bytes()


@functools.cache
def _forker() -> Path:
    """Where this worker's process listens, which ends with it."""
    address = Path(tempfile.mkdtemp(prefix="tanada-")) / "fork"
    atexit.register(shutil.rmtree, address.parent, ignore_errors=True)
    process = subprocess.Popen(
        [sys.executable, "-c", "from tests.forked import listen; listen()", str(address)],
        cwd=Path(__file__).parents[1],
        env={name: value for name, value in os.environ.items() if not name.startswith("TANADA_")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    _forkers.append(process)
    return address


_forkers: list[subprocess.Popen[bytes]] = []
"""They end when what holds their standard input does."""


def listen() -> None:
    """Import, then answer each request by a child, until standard input ends; says a line when it listens."""
    address = Path(sys.argv[1])
    own = _loaded(address)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen(16)
    sys.stdout.write("\n")
    sys.stdout.flush()
    while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
        client, _ = listener.accept()
        word, descriptors, _, _ = socket.recv_fds(client, 1, 4)
        _answered(word, [*descriptors, client.detach()], own, listener)


def _loaded(address: Path) -> dict[str, str]:
    """Import; the variables that this set."""
    given = dict(os.environ)
    for name in LOADED:
        __import__(name)
    from tanada.offline import process, schema
    from tanada.terraform import process as processes

    everything = schema.load()
    schema.load = lambda: everything
    process._launch = functools.partial(_provider, address)
    started = functools.partial(_process, address)
    vars(processes)["subprocess"] = SimpleNamespace(**{**vars(subprocess), "Popen": started})
    if folder := os.environ.get(REMEMBERED):
        remember(Path(folder))
        remember_wheel(Path(folder))
        _remember_version(Path(folder))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    gc.collect()
    gc.freeze()  # else each child copies all that it looks at for garbage
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


def remember_wheel(folder: Path) -> None:
    """Tanada's own wheel comes from a folder once it was built, by whatever process of a run: six seconds of processor
    each. Built anew it has the same bytes: tests/cli/test_vendor.py.
    """
    from tanada.templates import wheel

    build = wheel._built

    @functools.wraps(build)
    def once(source: Path) -> Iterator[tuple[str, bytes]]:
        if source != Path(wheel.__file__).parents[2]:
            yield from build(source)
            return
        made = folder / "wheel"
        with (folder / "wheel.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                new = folder / "wheel.new"
                new.write_bytes(pickle.dumps(list(build(source))))
                new.replace(made)
        yield from pickle.loads(made.read_bytes())

    wheel._built = once


def _remember_version(folder: Path) -> None:
    """What the real terraform says its version is, which each command asks it; what stands in its place is asked."""
    from tanada.terraform import program

    ask = program._version

    @functools.wraps(ask)
    def once(path: str, *how: Any) -> str:
        found = Path(path).stat()
        if found.st_size < _OF_A_BINARY:
            return ask(path, *how)
        said = folder / hashlib.sha256(f"{path} {found.st_size} {found.st_mtime_ns}".encode()).hexdigest()
        with contextlib.suppress(FileNotFoundError):
            return said.read_text()
        version = ask(path, *how)
        new = said.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        new.write_text(version)
        new.replace(said)
        return version

    vars(program)["_version"] = once


_OF_A_BINARY = 1 << 20
"""Bytes that no script has."""


def _answered(word: bytes, descriptors: Sequence[int], own: Mapping[str, str], listener: socket.socket) -> None:
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        listener.close()
        _answer(word, descriptors, own)
        os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)


def _answer(word: bytes, descriptors: Sequence[int], own: Mapping[str, str]) -> None:
    asked, *streams, answer = descriptors
    with os.fdopen(asked, encoding="utf-8") as file:
        arguments, folder, environ = json.load(file)
    if child := os.fork():
        for stream in streams:  # who reads its output waits for its end
            os.close(stream)
        os.write(answer, f"{child:<{_NUMBER}}".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with contextlib.suppress(BrokenPipeError):  # who asked has ended
            os.write(answer, f"{code:<{_NUMBER}}".encode())
        return
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
    if word == PROVIDER:
        os.setpgid(0, 0)
        from tanada.offline.server import main

        main(Path(arguments[0]), Path(arguments[1]), over_tcp="--tcp" in arguments)  # ends the process
    code = 1
    try:
        if word == SYNTH:
            os.setsid()
            sys.argv, sys.path[0] = ["main.py"], folder
            runpy.run_path("main.py", run_name="__main__")
        else:
            sys.argv = ["-c", *arguments]
            from tanada.cli import main as command

            command()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):  # as Python itself does it
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        for each in (sys.stdout, sys.stderr):
            each.flush()
        os._exit(code)
