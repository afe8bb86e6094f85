"""Starts the offline provider as a process of its own and says how Terraform finds it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tanada
from tanada.errors import OfflineError
from tanada.offline.address import FAULTS, SOCKET
from tanada.offline.existing import FILE as EXISTING
from tanada.offline.narrow import Used, used

ADDRESS = "registry.terraform.io/hashicorp/aws"
LEDGER = "ids.json"
LOG = "provider.log"
_LONGEST_SOCKET = 107
"""Bytes of a unix socket's path on Linux, without the closing zero (unix(7)); macOS allows 103."""
_PID_IN_CONTAINER = 1


@dataclass(frozen=True)
class Running:
    """Hand `environment` to every Terraform process; mount `mounts` at the same path where it runs in a container."""

    environment: Mapping[str, str]
    mounts: tuple[Path, ...]
    existing: Path
    """Says what stands there that nothing made here (tanada/offline/existing.py)."""
    serve: Callable[[Used, Path | None], Mapping[str, str]] = field(repr=False)

    def environment_for(self, copy: Path) -> Mapping[str, str]:
        """The environment for commands on a stack's offline copy that ask for no other types than it and its states."""
        return self.serve(used(copy), copy)


@contextlib.contextmanager
def start(folder: Path, *, container: bool) -> Iterator[Running]:
    """Serve hashicorp/aws until the context ends; `folder` keeps which ids are in use, and a log of what went wrong.

    One process serves any number of Terraform runs at the same time.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = _scratch()
    try:
        # Docker Desktop passes no unix socket through a mounted folder.
        over_tcp = container and sys.platform == "darwin"
        process = _launch(scratch, folder, over_tcp=over_tcp)
        try:
            # go-plugin polls the process; one that it can't see it takes for dead, about a second into a call.
            pid = _PID_IN_CONTAINER if container else process.pid
            whole = _environment(_address(process, folder, "did not start"), pid)
            asking = threading.Lock()
            known: dict[tuple[Used, Path | None], Mapping[str, str]] = {}

            def serve(used: Used, copy: Path | None = None) -> Mapping[str, str]:
                # A fault is of one address of one stack; else stacks of the same types share what is served.
                key = (used, copy if os.environ.get(FAULTS) else None)
                with asking:
                    if key not in known:
                        _ask(process, *key)
                        known[key] = _environment(_address(process, folder, "has ended"), pid)
                    return known[key]

            yield Running(whole, () if over_tcp else (scratch,), folder / EXISTING, serve)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _environment(address: Mapping[str, object], pid: int) -> dict[str, str]:
    reattach = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": pid, "Test": True, "Addr": address}
    return {"TF_REATTACH_PROVIDERS": json.dumps({ADDRESS: reattach})}


def _scratch() -> Path:
    """A short folder of our own, in the temporary one if a socket's path fits there."""
    for parent in (Path(tempfile.gettempdir()).resolve(), Path("/tmp")):  # noqa: S108 - mkdtemp makes it private
        if len(os.fsencode(parent / "tanada-12345678" / SOCKET)) <= min(_LONGEST_SOCKET, 103):
            with contextlib.suppress(OSError):
                return Path(tempfile.mkdtemp(prefix="tanada-", dir=parent))
    raise OfflineError("No temporary folder with a short path can be written: set TMPDIR to one.")


def _launch(scratch: Path, folder: Path, *, over_tcp: bool) -> subprocess.Popen[bytes]:
    packages = str(Path(str(tanada.__file__)).parents[1])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [packages, os.environ.get("PYTHONPATH", "")])),
    }
    command = [
        sys.executable,
        "-m",
        "tanada.compiled",
        "tanada.offline.server",
        str(scratch),
        str((folder / LEDGER).resolve()),
    ]
    with (folder / LOG).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - a list of our own, no shell
            [*command, *(["--tcp"] if over_tcp else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment,
            cwd=scratch,
            process_group=0,  # a terminal's Ctrl-C is for us: Terraform needs the provider to save its state
        )


def _ask(process: subprocess.Popen[bytes], used: Used, copy: Path | None) -> None:
    """For one more address, at which these types alone are served, to one stack alone where its copy is named."""
    assert process.stdin is not None
    words: dict[str, object] = {"declared": sorted(used.declared), "named": sorted(used.named)}
    if copy is not None:
        words["copy"] = str(copy.resolve())
    with contextlib.suppress(BrokenPipeError):  # it has ended: that it answers nothing says so
        process.stdin.write(json.dumps(words).encode() + b"\n")
        process.stdin.flush()


def _address(process: subprocess.Popen[bytes], folder: Path, otherwise: str) -> dict[str, object]:
    assert process.stdout is not None
    line = process.stdout.readline()
    address: dict[str, object] = (
        json.loads(line) if line else {"error": f"The offline provider {otherwise}; see {folder / LOG}."}
    )
    if "error" in address:
        raise OfflineError(str(address["error"]))
    return address


def _stop(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
