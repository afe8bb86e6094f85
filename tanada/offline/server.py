"""The provider's process: `python -m tanada.offline.server SCRATCH LEDGER`, started by `process`.

It says in one line of JSON where it listens, and for each line of types that comes in where these alone are served:
where faults are declared, to one stack alone. It ends when its standard input does: so it never outlives the command
that started it, however that ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tanada.errors import TanadaError
from tanada.offline import schema
from tanada.offline.address import FAULTS, SOCKET
from tanada.offline.http2 import Connection, Methods, ProtocolError
from tanada.offline.ledger import Ledger
from tanada.offline.provider import Servicer
from tanada.offline.world import World

_READ = 1 << 18
WORLD = "world.sqlite"
AFTERMATH = "aftermath.sqlite"


_AGAIN = 0.05
"""Seconds."""


def _shut_down(_request: bytes) -> bytes:
    """Terraform waits two seconds for whoever does not end at once.

    Told until it is heard: a signal that comes when the main thread is about to read has no effect until the next one.
    """

    def tell() -> None:
        while True:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(_AGAIN)

    threading.Thread(target=tell, daemon=True).start()
    return b""


def _no_output(_request: bytes) -> None:
    """What a plugin prints: ours prints nothing."""


PLUGIN: Methods = {"/plugin.GRPCController/Shutdown": _shut_down, "/plugin.GRPCStdio/StreamStdio": _no_output}
"""What go-plugin asks of any plugin."""


def listen(listener: socket.socket, methods: Callable[[int | None], Methods]) -> None:
    """Answer all who connect, as long as the process lives; the methods are made for each connection, and know whose
    it is where that can be told."""

    def accept() -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _ = listener.accept()
                served = methods(_process(connection))
                threading.Thread(target=_serve, args=(connection, served), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def _serve(client: socket.socket, methods: Methods) -> None:
    connection = Connection(methods)
    with client, contextlib.suppress(OSError, ProtocolError):
        while data := client.recv(_READ):
            if out := connection.receive(data):
                client.sendall(out)


def _process(client: socket.socket) -> int | None:
    """The process at the other end (SO_PEERCRED of unix(7)); None where only Linux could tell."""
    if client.family != socket.AF_UNIX or not hasattr(socket, "SO_PEERCRED"):
        return None
    credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[0])


def _open(path: Path, *, over_tcp: bool) -> tuple[socket.socket, dict[str, str]]:
    """Something to listen on, and its address as Terraform is told it."""
    if over_tcp:  # from a container on a Mac
        listener = socket.create_server(("127.0.0.1", 0))
        return listener, {"Network": "tcp", "String": f"host.docker.internal:{listener.getsockname()[1]}"}
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o600)  # its folder is private already
    listener.listen(64)
    return listener, {"Network": "unix", "String": str(path)}


def _end(_number: int = 0, _frame: object = None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it may be told again, in the middle of tidying
    raise SystemExit(0)


def _servicers(ledger: Path) -> Callable[[schema.Schemas, Path | None, int | None], Servicer]:
    """Makes what answers one connection, of these schemas, for a stack's copy and the process that is served."""
    kept, world = Ledger(ledger), World(ledger.with_name(WORLD))
    faults, left = os.environ.get(FAULTS, ""), ledger.with_name(AFTERMATH)
    if not faults and not left.exists():
        return lambda schemas, _copy, _terraform: Servicer(schemas, kept, world)
    from tanada.offline.faulty import servicers  # here alone: the process starts often

    return servicers(faults, left, kept, world)


def main(scratch: Path, ledger: Path, *, over_tcp: bool = False) -> None:
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command that started us says when
    try:
        everything, servicer = schema.load(), _servicers(ledger)

        def serve(schemas: schema.Schemas, name: str, copy: Path | None = None) -> None:
            listener, address = _open(scratch / name, over_tcp=over_tcp)
            listen(listener, lambda terraform: {**servicer(schemas, copy, terraform).methods(), **PLUGIN})
            _say(address)

        serve(schema.Schemas(everything), SOCKET)
        for number, line in enumerate(sys.stdin.buffer):
            asked = json.loads(line)
            copy = asked.pop("copy", None)
            serve(schema.Schemas(schema.narrowed(everything, **asked)), str(number), Path(copy) if copy else None)
    except TanadaError as error:
        _say({"error": str(error)})
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        sys.stdout.flush()
        os._exit(0)  # whoever is served waits for nothing any more


def _say(words: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), over_tcp="--tcp" in sys.argv)
