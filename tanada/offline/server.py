"""The provider's process: `python -m tanada.offline.server SCRATCH LEDGER`, started by `process`.

It says in one line of JSON where it listens, and ends when its standard input does: so it never outlives the command
that started it, however that ends.
"""

# ruff: noqa: ARG002, N802 - the methods and their arguments are the protocol's

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path

import grpc
from tf.gen import (  # type: ignore[import-untyped]
    grpc_controller_pb2,
    grpc_controller_pb2_grpc,
    grpc_stdio_pb2_grpc,
    tfplugin_pb2_grpc,
)

from tanada.errors import TanadaError
from tanada.offline import schema
from tanada.offline.ledger import Ledger
from tanada.offline.process import SOCKET
from tanada.offline.provider import Context, Servicer

_SERVERS: list[grpc.Server] = []
"""Kept: gRPC ends a server that nobody holds."""
_LARGEST = 256 << 20  # the schemas alone are more than gRPC's 4 MB once decoded
_OPTIONS = [("grpc.max_send_message_length", _LARGEST), ("grpc.max_receive_message_length", _LARGEST)]


class _Controller(grpc_controller_pb2_grpc.GRPCControllerServicer):  # type: ignore[misc]
    """Terraform waits two seconds for whoever does not end at once."""

    def Shutdown(self, request: grpc_controller_pb2.Empty, context: Context) -> grpc_controller_pb2.Empty:
        os.kill(os.getpid(), signal.SIGTERM)
        return grpc_controller_pb2.Empty()


class _Stdio(grpc_stdio_pb2_grpc.GRPCStdioServicer):  # type: ignore[misc]
    def StreamStdio(self, request: object, context: Context) -> Iterator[object]:
        return iter(())


def serve(servicer: Servicer) -> int:
    """Listen on a port of the loopback interface as long as the process lives."""
    server = grpc.server(futures.ThreadPoolExecutor(16), options=_OPTIONS)
    tfplugin_pb2_grpc.add_ProviderServicer_to_server(servicer, server)
    grpc_controller_pb2_grpc.add_GRPCControllerServicer_to_server(_Controller(), server)
    grpc_stdio_pb2_grpc.add_GRPCStdioServicer_to_server(_Stdio(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    _SERVERS.append(server)
    return int(port)


def listen(path: Path, port: int, closed: Callable[[str], None]) -> None:
    """Pass a unix socket's connections on to the port: over TCP each has a name of its own, so aliases differ."""
    ready = threading.Event()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        host, number = inner_writer.get_extra_info("sockname")
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
        closed(f"ipv4:{host}:{number}")

    async def run() -> None:
        server = await asyncio.start_unix_server(connect, path)
        path.chmod(0o600)
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    ready.wait(10)


def _end(_number: int = 0, _frame: object = None) -> None:
    raise SystemExit(0)


def main(scratch: Path, ledger: Path) -> None:
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command that started us says when
    try:
        servicer = Servicer(schema.load(), Ledger(ledger))
        port = serve(servicer)
        listen(scratch / SOCKET, port, servicer.closed)
        _say({"port": port, "pid": os.getpid()})
        sys.stdin.buffer.read()
    except TanadaError as error:
        _say({"error": str(error)})
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        sys.stdout.flush()
        os._exit(0)  # gRPC's threads would keep us for seconds


def _say(words: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
