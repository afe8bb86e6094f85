"""`tanada` as a job's steps find it: installed from the team's wheel, and forked from a process that imported that.

An import is two thirds of what a step's command takes. A start of its own has what is installed by the step itself, and
each play's first job (`world.World.shell` hands the fork over from then on).
"""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import forked

FORK = "TESTS_FORK"
PROGRAM = """\
#!{python} -IS
import json, os, socket, sys
address, record, at = os.environ.pop({fork!r}, "::0").split(":")
if not os.path.exists(record) or os.stat(record).st_mtime_ns != int(at):
    places = [each for each in os.environ["PATH"].split(":") if each != {folder!r}]
    real = next(each for each in (f"{{place}}/tanada" for place in places) if os.path.exists(each))
    os.execv(real, [real, *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as served, open(f"{{address}}-{{os.getpid()}}", "x+b") as asked:
    os.unlink(asked.name)
    asked.write(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
    asked.seek(0)
    served.connect(address)
    socket.send_fds(served, [b"?"], [asked.fileno(), 0, 1, 2])
    served.recv(16, socket.MSG_WAITALL)  # its process
    code = int(served.recv(16, socket.MSG_WAITALL))
os._exit(code % 256)
"""
SERVER = """\
import importlib.util, sys
found = importlib.util.spec_from_file_location("forked", {file!r})
forked = importlib.util.module_from_spec(found)
found.loader.exec_module(forked)
sys.path[0] = {folder!r}
forked.listen()
"""


def program(environment: Path) -> Path:
    """A folder for PATH, before that of the virtual environment where `tanada` is installed, or will be."""
    folder = environment / "forked"
    folder.mkdir()
    file = folder / "tanada"
    file.write_text(PROGRAM.format(python=environment / "bin/python", fork=FORK, folder=str(folder)))
    file.chmod(0o755)
    return folder


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """By which the program on this PATH finds what it is forked from; none as long as nothing is installed."""
    environment = Path(environ["PATH"].partition("/forked:")[0].rpartition(":")[2])
    for record in environment.glob("lib/*/site-packages/tanada-*.dist-info/RECORD"):
        at = record.stat().st_mtime_ns
        return {FORK: f"{_listening(environment, at)}:{record}:{at}"}
    return {}


_servers: list[subprocess.Popen[bytes]] = []
"""They end when what holds their standard input does."""


@functools.cache
def _listening(environment: Path, _at: int) -> Path:
    """Where a process of this worker's listens that imported what was installed there then; it ends with the worker."""
    address = Path(tempfile.mkdtemp(prefix="tanada-")) / "fork"
    process = subprocess.Popen(
        [
            environment / "bin/python",
            "-c",
            SERVER.format(file=forked.__file__, folder=str(environment / "bin")),
            address,
        ],
        cwd=environment,
        env={name: value for name, value in os.environ.items() if not name.startswith(("TANADA_", "PYTHONPATH"))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    _servers.append(process)
    return address
