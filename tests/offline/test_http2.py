"""The provider's side of gRPC, asked by gRPC's own client and by bytes; Terraform asks it in the other files."""

from __future__ import annotations

import itertools
import socket
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from tanada.offline import headers, server
from tanada.offline.http2 import BrokenError, Connection, Methods

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def frames(sent: bytes) -> list[tuple[int, int, int, bytes]]:
    found = []
    while sent:
        length = int.from_bytes(sent[:3], "big")
        kind, flags, stream = struct.unpack_from(">BBI", sent, 3)
        found.append((kind, flags, stream, sent[9 : 9 + length]))
        sent = sent[9 + length :]
    return found


def named(path: str) -> bytes:
    """Headers that say a path, not packed."""
    return b"\x83\x86" + b"\x04" + bytes([len(path)]) + path.encode()


def call(stream: int, path: str, request: bytes) -> bytes:
    message = struct.pack(">BI", 0, len(request)) + request
    return frame(1, 4, stream, named(path)) + frame(0, 1, stream, message)


def answered(sent: bytes, stream: int) -> bytes:
    """The messages of a stream, with their five bytes in front."""
    return b"".join(payload for kind, _, number, payload in frames(sent) if kind == 0 and number == stream)


def echo(request: bytes) -> bytes:
    return request


def long(_request: bytes) -> bytes:
    return b"x" * 200_000


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Callable[[], Methods]], str]]:
    """Serves methods at an address that gRPC's client takes."""
    with socket.socket(socket.AF_INET) as listener:

        def start(methods: Callable[[], Methods]) -> str:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            server.listen(listener, methods)
            return f"127.0.0.1:{listener.getsockname()[1]}"

        yield start


def ask(channel: grpc.Channel, path: str, request: bytes) -> bytes:
    answer: bytes = channel.unary_unary(path, None, None)(request, timeout=60)
    return answer


def test_what_is_larger_than_windows_and_frames_comes_whole_both_ways(serve: Callable[..., str]) -> None:
    with grpc.insecure_channel(serve(lambda: {"/a/Echo": echo}), [("grpc.max_receive_message_length", -1)]) as channel:
        for size in (0, 1, 16_384, 5_000_000, 40_000_000):
            assert ask(channel, "/a/Echo", b"\1" * size) == b"\1" * size


def test_calls_at_the_same_time_get_their_own_answers(serve: Callable[..., str]) -> None:
    with grpc.insecure_channel(serve(lambda: {"/a/Echo": echo})) as channel, ThreadPoolExecutor(8) as pool:
        asked = [bytes([number]) * 70_000 * (number % 5) for number in range(60)]
        assert list(pool.map(lambda request: ask(channel, "/a/Echo", request), asked)) == asked


def test_each_connection_has_methods_of_its_own(serve: Callable[..., str]) -> None:
    """So that of a provider and its alias, which are two connections, each keeps its configuration."""

    def methods() -> Methods:
        kept: list[bytes] = []

        def keep(request: bytes) -> bytes:
            kept.append(request)
            return b",".join(kept)

        return {"/a/Keep": keep}

    address = serve(methods)
    apart = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(address, apart) as one, grpc.insecure_channel(address, apart) as other:
        assert ask(one, "/a/Keep", b"a") == b"a"
        assert ask(other, "/a/Keep", b"b") == b"b"
        assert ask(one, "/a/Keep", b"c") == b"a,c"


def test_what_is_not_served_and_what_fails_says_so(
    serve: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(_request: bytes) -> bytes:
        raise KeyError("aws_不明 %" + "x" * 400)

    def nothing(_request: bytes) -> None:
        return None

    methods = {"/a/Fails": fails, "/a/Nothing": nothing, "/a/Echo": echo}
    with grpc.insecure_channel(serve(lambda: methods)) as channel:
        with pytest.raises(grpc.RpcError) as unknown:
            ask(channel, "/a/Other", b"")
        assert unknown.value.code() == grpc.StatusCode.UNIMPLEMENTED
        # Who opens a stream without ever ending it, as go-plugin does, hears it at once.
        with pytest.raises(grpc.RpcError) as opened:
            list(channel.stream_stream("/a/Other", None, None)(itertools.repeat(b"x")))
        assert opened.value.code() == grpc.StatusCode.UNIMPLEMENTED
        with pytest.raises(grpc.RpcError) as failed:
            ask(channel, "/a/Fails", b"")
        assert failed.value.code() == grpc.StatusCode.UNKNOWN
        assert failed.value.details() == f"Exception calling application: 'aws_不明 %{'x' * 400}'"
        assert list(channel.unary_stream("/a/Nothing", None, None)(b"", timeout=60)) == []
        assert ask(channel, "/a/Echo", b"still there") == b"still there"
    assert "KeyError" in capfd.readouterr().err


def test_bytes_may_come_in_any_pieces() -> None:
    said = (
        PREFACE + frame(4, 0, 0) + call(1, "/a/Echo", b"one") + frame(6, 0, 0, b"12345678") + call(3, "/a/Echo", b"2")
    )
    whole = Connection({"/a/Echo": echo}).receive(said)
    by_bytes = Connection({"/a/Echo": echo})
    assert b"".join(by_bytes.receive(said[at : at + 1]) for at in range(len(said))) == whole
    assert answered(whole, 1)[5:] == b"one"
    assert answered(whole, 3)[5:] == b"2"
    assert (6, 1, 0, b"12345678") in frames(whole)


def test_padding_priority_and_continued_headers_are_read() -> None:
    block = named("/a/Echo")
    said = (
        frame(1, 0x28, 1, b"\2" + b"\0\0\0\0\5" + block[:4] + b"\0\0")
        + frame(9, 4, 1, block[4:])
        + frame(0, 8 | 1, 1, b"\3" + b"\0\0\0\0\1x" + b"\0\0\0")
    )
    assert answered(Connection({"/a/Echo": echo}).receive(PREFACE + said), 1)[5:] == b"x"


def test_no_more_is_sent_than_the_client_has_room_for() -> None:
    connection = Connection({"/a/Long": long})
    room = struct.pack(">HI", 4, 1000)
    sent = connection.receive(PREFACE + frame(4, 0, 0, room) + call(1, "/a/Long", b""))
    assert len(answered(sent, 1)) == 1000
    # The stream has more, the connection's own window ends first.
    sent = connection.receive(frame(8, 0, 1, struct.pack(">I", 300_000)))
    assert len(answered(sent, 1)) == 65_535 - 1000
    sent = connection.receive(frame(8, 0, 0, struct.pack(">I", 300_000)))
    assert len(answered(sent, 1)) == 200_005 - 65_535
    assert frames(sent)[-1][:3] == (1, 5, 1)


def test_a_call_that_is_called_off_gets_no_more() -> None:
    connection = Connection({"/a/Long": long})
    connection.receive(PREFACE + call(1, "/a/Long", b"") + frame(3, 0, 1, b"\0\0\0\x08"))
    assert connection.receive(frame(8, 0, 0, struct.pack(">I", 300_000))) == b""


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        PREFACE + b"\xff" * 9,
        PREFACE + frame(1, 4, 1, b"\x83"),
        PREFACE + frame(9, 4, 1),
    ],
)
def test_who_does_not_speak_http2_is_cut_off(said: bytes) -> None:
    with pytest.raises(BrokenError):
        Connection({}).receive(said)


def test_paths_are_read_however_they_are_packed() -> None:
    assert headers.path(b"\x3f\xe1\x1f" + b"\x83\x86" + b"\x44\x01/") == "/"
    # RFC 7541, C.4.1: `:authority: www.example.com`, packed; then a path.
    authority = bytes.fromhex("418cf1e3c2e5f23a6ba0ab90f4ff")
    assert headers.path(authority + b"\x04\x02/a") == "/a"
    # C.6.1: `custom-key: custom-value` is packed as this.
    assert headers.path(b"\x40\x05:path\x89" + bytes.fromhex("25a849e95bb8e8b4bf")) == "custom-value"
    with pytest.raises(ValueError, match="no :path"):
        headers.path(b"\x83\x86" + authority)
