"""The provider's side of gRPC, asked by gRPC's own client and by h2's; Terraform asks it in the other files."""

from __future__ import annotations

import itertools
import socket
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, PingAckReceived, StreamEnded
from h2.settings import SettingCodes, Settings
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    HeadersFrame,
    PingFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from tanada.offline import server
from tanada.offline.http2 import Connection, Methods, ProtocolError


class Client:
    """h2's own, across no socket."""

    def __init__(self, methods: Methods, window: int = 65_535) -> None:
        self.server = Connection(methods)
        self.http = H2Connection(H2Configuration(header_encoding="utf-8"))
        self.http.local_settings = Settings(initial_values={SettingCodes.INITIAL_WINDOW_SIZE: window})
        self.http.initiate_connection()
        self.data: dict[int, bytes] = defaultdict(bytes)
        self.ended: set[int] = set()

    def call(self, stream: int, path: str, request: bytes) -> None:
        named = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost")]
        self.http.send_headers(stream, named)
        self.http.send_data(stream, struct.pack(">BI", 0, len(request)) + request, end_stream=True)

    def exchange(self, piece: int = 1 << 20) -> None:
        """Say what there is to say, in such pieces, and hear the answer."""
        said = self.http.data_to_send()
        for at in range(0, len(said), piece):
            for event in self.http.receive_data(self.server.receive(said[at : at + piece])):
                if isinstance(event, DataReceived):
                    self.data[event.stream_id] += event.data
                elif isinstance(event, StreamEnded):
                    self.ended.add(event.stream_id)


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
            server.listen(listener, lambda _process: methods())
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


@pytest.mark.parametrize("piece", [1, 10, 1000])
def test_bytes_may_come_in_any_pieces(piece: int) -> None:
    client = Client({"/a/Echo": echo})
    client.call(1, "/a/Echo", b"one")
    client.call(3, "/a/Echo", b"x" * 3000)
    client.exchange(piece)
    assert client.data == {1: b"\0\0\0\0\3one", 3: struct.pack(">BI", 0, 3000) + b"x" * 3000}
    assert client.ended == {1, 3}


def test_no_more_is_sent_than_the_client_has_room_for() -> None:
    client = Client({"/a/Long": long}, window=1000)
    client.call(1, "/a/Long", b"")
    client.exchange()
    assert len(client.data[1]) == 1000
    # By a setting, each stream has more.
    client.http.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 5000})
    client.exchange()
    assert len(client.data[1]) == 5000
    # This one has a lot more; the connection's own window ends first.
    client.http.increment_flow_control_window(300_000, 1)
    client.exchange()
    assert (len(client.data[1]), client.ended) == (65_535, set())
    client.http.increment_flow_control_window(300_000)
    client.exchange()
    assert (len(client.data[1]), client.ended) == (200_005, {1})


def test_a_call_that_is_called_off_gets_no_more() -> None:
    client = Client({"/a/Long": long, "/a/Echo": echo})
    client.call(1, "/a/Long", b"")
    client.exchange()
    assert len(client.data[1]) == 65_535
    client.http.reset_stream(1)
    client.http.increment_flow_control_window(300_000)
    client.call(3, "/a/Echo", b"x")
    client.exchange()
    assert (len(client.data[1]), client.data[3], client.ended) == (65_535, b"\0\0\0\0\1x", {3})


@pytest.mark.parametrize("path", ["/a/Keep", "/a/Other"])
def test_what_is_called_off_in_the_same_breath_is_not_done(path: str) -> None:
    kept: list[bytes] = []
    client = Client({"/a/Keep": kept.append, "/a/Echo": echo})
    client.call(1, path, b"x")
    client.http.reset_stream(1)
    client.call(3, "/a/Echo", b"x")
    client.exchange()
    assert (kept, client.ended) == ([], {3})


def test_what_ends_with_its_headers_and_is_called_off_is_not_done() -> None:
    kept: list[bytes] = []
    client = Client({"/a/Keep": kept.append})
    named = [(":method", "POST"), (":scheme", "http"), (":path", "/a/Keep"), (":authority", "localhost")]
    client.http.send_headers(1, named, end_stream=True)
    client.http.reset_stream(1)
    client.exchange()
    assert kept == []


def test_who_says_goodbye_gets_no_answer() -> None:
    """What is asked with the last words is done, though."""
    kept: list[bytes] = []
    client = Client({"/a/Keep": kept.append})
    client.call(1, "/a/Keep", b"x")
    client.http.close_connection()
    with pytest.raises(ProtocolError):
        client.exchange()
    assert kept == [b"x"]


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\xff" * 40])
def test_who_does_not_speak_http2_is_cut_off(serve: Callable[..., str], said: bytes) -> None:
    address = serve(lambda: {"/a/Echo": echo})
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as stranger:
        stranger.sendall(said)
        assert stranger.recv(1) == b""
    with grpc.insecure_channel(address) as channel:
        assert ask(channel, "/a/Echo", b"others") == b"others"


def test_headers_may_come_in_several_frames_and_again_behind_a_request() -> None:
    client = Client({"/a/Echo": echo})
    for stream in (1, 3):  # the second time the table knows them
        named = [(":method", "POST"), (":scheme", "http"), (":path", "/a/Echo"), (":authority", "localhost")]
        client.http.send_headers(stream, [*named, ("x-long", "y" * 40_000)])
        client.http.send_data(stream, b"\0\0\0\0\1x", pad_length=20)
        client.http.send_headers(stream, [("x-behind", "z" * 20_000)], end_stream=True)
    client.exchange(1000)
    assert client.data == {1: b"\0\0\0\0\1x", 3: b"\0\0\0\0\1x"}
    assert client.ended == {1, 3}


def test_a_ping_is_answered() -> None:
    client = Client({})
    client.http.ping(b"12345678")
    events = client.http.receive_data(client.server.receive(client.http.data_to_send()))
    assert [event.ping_data for event in events if isinstance(event, PingAckReceived)] == [b"12345678"]


def test_frames_are_as_long_as_the_client_takes_them() -> None:
    client = Client({"/a/Long": long}, window=1_000_000)
    client.http.increment_flow_control_window(1_000_000)
    client.call(1, "/a/Long", b"")
    heard = client.http.receive_data(client.server.receive(client.http.data_to_send()))
    assert max(len(event.data) for event in heard if isinstance(event, DataReceived)) == 16_384
    client.http.update_settings({SettingCodes.MAX_FRAME_SIZE: 100_000})
    client.exchange()
    client.call(3, "/a/Long", b"")
    heard = client.http.receive_data(client.server.receive(client.http.data_to_send()))
    assert [len(event.data) for event in heard if isinstance(event, DataReceived)] == [100_000, 100_000, 5]


@pytest.mark.parametrize(
    "frames",
    [
        [HeadersFrame(1, b"\x82"), PingFrame(opaque_data=b"12345678")],
        [HeadersFrame(1, b"\x82"), ContinuationFrame(3, b"\x82", flags=["END_HEADERS"])],
        [ContinuationFrame(1, b"\x82", flags=["END_HEADERS"])],
        [HeadersFrame(1, b"\x82"), *(ContinuationFrame(1, b"\x82" * 16_000) for _ in range(20))],
        [HeadersFrame(1, b"\xff\xff\xff", flags=["END_HEADERS"])],
        [DataFrame(1, b"x" * 16_385)],
        [WindowUpdateFrame(0, window_increment=(1 << 31) - 1)],
        [DataFrame(1, b"x")],
    ],
    ids=["between", "of-another", "no-beginning", "no-end", "no-headers", "too-long", "no-window", "fine"],
)
def test_who_breaks_the_rules_is_cut_off(frames: list[Frame], request: pytest.FixtureRequest) -> None:
    server = Connection({"/a/Echo": echo})
    server.receive(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SettingsFrame().serialize())
    said = b"".join(frame.serialize() for frame in frames)
    if request.node.callspec.id == "fine":  # it may be of a call that is called off
        assert server.receive(said) == b""
        return
    with pytest.raises(ProtocolError):
        server.receive(said)
