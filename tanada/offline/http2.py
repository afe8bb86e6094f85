"""One connection's server side of gRPC over HTTP/2 (RFC 9113), of whose frames hyperframe knows, and hpack of headers.
Bytes in, bytes out.

gRPC's own server took ten times as long as all answers of the provider, most of it in handing calls from thread to
thread, and knows no unix socket's connections apart; h2 took twice as long as they, to refuse what no Terraform does.
Left for us is which requests are whole, and how much of an answer there is room for.
"""

from __future__ import annotations

import struct
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote

from hpack import Decoder, Encoder, HPACKError, NeverIndexedHeaderTuple
from hyperframe.exceptions import HyperframeError
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

Methods = Mapping[str, Callable[[bytes], bytes | None]]
"""By path: a request's bytes → its answer's, or None where a stream of answers has none."""

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEAD = 9
"""Bytes in front of each frame (4.1)."""
_LONGEST = 1 << 14
"""Bytes of a frame that a side takes which says nothing of it (SETTINGS_MAX_FRAME_SIZE, 6.5.2)."""
_LONGEST_HEADERS = 1 << 18
_ROOM = 65_535
"""Bytes that may be on their way at first, on a connection and on each of its streams (6.9.2)."""
_WINDOW = 1 << 24
"""The same of requests, as we say it; what has come makes room for as much again."""
_MOST = (1 << 31) - 1
_UNKNOWN, _UNIMPLEMENTED = 2, 12


class ProtocolError(Exception):
    """The client does not speak HTTP/2, or ends the connection: it is to be closed."""


def _block(*headers: tuple[bytes, bytes]) -> bytes:
    """Headers as they are sent, whatever was sent before: a decoder is told to remember none."""
    return Encoder().encode([NeverIndexedHeaderTuple(*each) for each in headers])


_STATUS = ((b":status", b"200"), (b"content-type", b"application/grpc"))
_BEGUN = _block(*_STATUS)
_DONE = _block((b"grpc-status", b"0"))
_DATA, _HEADERS, _END_STREAM, _END_HEADERS = 0, 1, 1, 4


def _frame(kind: int, flags: int, stream: int, body: bytes | memoryview) -> bytes:
    """As hyperframe writes them; all answers are made of these."""
    return struct.pack(">HBBBL", len(body) >> 8, len(body) & 0xFF, kind, flags, stream) + body


class Connection:
    """Calls are answered one after another, in the order in which their requests are whole."""

    def __init__(self, methods: Methods) -> None:
        self._methods = methods
        self._decoder = Decoder()
        self._preface = _PREFACE
        self._come = bytearray()
        """The part of a frame."""
        self._headers: tuple[int, bool, bytearray] | None = None
        """Those that go on in the next frame: of which stream, whether that ends with them, what has come so far."""
        self._requests: dict[int, tuple[str, bytearray]] = {}
        """By stream: the path and what has come so far."""
        self._unsent: dict[int, memoryview] = {}
        """By stream: what the client has had no room for."""
        self._taken: dict[int, int] = {}
        """By stream, 0 for the whole connection: bytes of requests for which room is to be made again."""
        self._room: dict[int, int] = {0: _ROOM}
        """By stream, 0 for the whole connection: bytes that may be sent."""
        self._room_of_a_stream = _ROOM
        self._longest = _LONGEST
        self._out: list[bytes] = [
            SettingsFrame(settings={SettingsFrame.INITIAL_WINDOW_SIZE: _WINDOW}).serialize(),
            WindowUpdateFrame(0, window_increment=_WINDOW - _ROOM).serialize(),
        ]

    def receive(self, data: bytes) -> bytes:
        """What is to be sent after so many more bytes of the client. Raises ProtocolError."""
        self._come += data
        frames = [*self._frames()]
        # For a stream that is gone already there is nothing to do.
        gone = {frame.stream_id for frame in frames if isinstance(frame, RstStreamFrame)}
        try:
            for frame in frames:
                self._hear(frame, gone)
        except HPACKError as error:
            raise ProtocolError(str(error)) from None
        out = b"".join(self._out)
        self._out.clear()
        return out

    def _frames(self) -> Iterator[Frame]:
        """Those that are whole by now."""
        if self._preface:
            size = min(len(self._preface), len(self._come))
            if self._come[:size] != self._preface[:size]:
                raise ProtocolError("no preface")
            self._preface = self._preface[size:]
            del self._come[:size]
        while len(self._come) >= _HEAD:
            try:
                frame, size = Frame.parse_frame_header(memoryview(bytes(self._come[:_HEAD])))
                if size > _LONGEST:
                    raise ProtocolError(f"a frame of {size} bytes")
                if len(self._come) < _HEAD + size:
                    return
                frame.parse_body(memoryview(bytes(self._come[_HEAD : _HEAD + size])))
            except HyperframeError as error:
                raise ProtocolError(str(error)) from None
            del self._come[: _HEAD + size]
            yield frame

    def _hear(self, frame: Frame, gone: set[int]) -> None:
        stream = frame.stream_id
        if self._headers is not None and (not isinstance(frame, ContinuationFrame) or stream != self._headers[0]):
            raise ProtocolError("headers that don't go on")
        if isinstance(frame, DataFrame):
            self._take(stream, frame, gone)
        elif isinstance(frame, HeadersFrame):
            self._headers = (stream, "END_STREAM" in frame.flags, bytearray())
            self._read_headers(frame, gone)
        elif isinstance(frame, ContinuationFrame):
            self._read_headers(frame, gone)
        elif isinstance(frame, RstStreamFrame):
            self._forget(stream)
        elif isinstance(frame, WindowUpdateFrame):
            self._widen(stream, frame.window_increment)
        elif isinstance(frame, SettingsFrame):
            if "ACK" not in frame.flags:
                self._set(frame.settings)
        elif isinstance(frame, PingFrame):
            if "ACK" not in frame.flags:
                self._out.append(PingFrame(opaque_data=frame.opaque_data, flags=["ACK"]).serialize())
        elif isinstance(frame, GoAwayFrame):
            raise ProtocolError("the client says goodbye")

    def _read_headers(self, frame: HeadersFrame | ContinuationFrame, gone: set[int]) -> None:
        """All of a block are decoded, wanted or not: later ones may say that they are the same."""
        if self._headers is None:
            raise ProtocolError("headers without a beginning")
        stream, ends, block = self._headers
        block += frame.data
        if len(block) > _LONGEST_HEADERS:
            raise ProtocolError("headers without an end")
        if "END_HEADERS" not in frame.flags:
            return
        self._headers = None
        headers: Iterable[tuple[bytes, bytes]] = self._decoder.decode(bytes(block), raw=True)
        if stream in gone:
            return
        if stream in self._requests:  # what comes behind a request says nothing more
            self._end(stream, ends=ends)
        else:
            self._begin(stream, dict(headers).get(b":path", b"").decode("ascii", "replace"), ends=ends)

    def _begin(self, stream: int, path: str, *, ends: bool) -> None:
        self._room[stream] = self._room_of_a_stream
        if path in self._methods:
            self._requests[stream] = (path, bytearray())
            self._end(stream, ends=ends)
        else:  # at once: go-plugin opens a stream that it never ends
            self._refuse(stream, _UNIMPLEMENTED, "Method not found!")

    def _take(self, stream: int, frame: DataFrame, gone: set[int]) -> None:
        for each in (0, stream):
            self._taken[each] = self._taken.get(each, 0) + frame.flow_controlled_length
            if self._taken[each] > _WINDOW // 2:
                increment = self._taken.pop(each)
                self._out.append(WindowUpdateFrame(each, window_increment=increment).serialize())
        if stream in self._requests and stream not in gone:
            self._requests[stream][1].extend(frame.data)
            self._end(stream, ends="END_STREAM" in frame.flags)

    def _end(self, stream: int, *, ends: bool) -> None:
        if ends:
            self._call(stream, *self._requests.pop(stream))

    def _widen(self, stream: int, by: int) -> None:
        """A stream that is gone may be spoken of."""
        if stream in self._room:
            self._room[stream] += by
            if self._room[stream] > _MOST:
                raise ProtocolError("a window without an end")
            for each in list(self._unsent):
                self._send(each)

    def _set(self, settings: Mapping[int, int]) -> None:
        self._longest = settings.get(SettingsFrame.MAX_FRAME_SIZE, self._longest)
        if (room := settings.get(SettingsFrame.INITIAL_WINDOW_SIZE)) is not None:
            more = room - self._room_of_a_stream
            self._room = {stream: size + more if stream else size for stream, size in self._room.items()}
            self._room_of_a_stream = room
        self._out.append(SettingsFrame(flags=["ACK"]).serialize())
        for each in list(self._unsent):
            self._send(each)

    def _forget(self, stream: int) -> None:
        if stream:
            for each in (self._requests, self._unsent, self._room, self._taken):
                each.pop(stream, None)

    def _call(self, stream: int, path: str, request: bytearray) -> None:
        try:
            if request and request[0]:
                raise ValueError("a compressed request")
            answer = self._methods[path](bytes(request[5:]))
        except Exception as error:
            traceback.print_exc()  # to the provider's log
            self._refuse(stream, _UNKNOWN, f"Exception calling application: {error}")
            return
        self._out.append(_frame(_HEADERS, _END_HEADERS, stream, _BEGUN))
        self._unsent[stream] = memoryview(b"" if answer is None else struct.pack(">BI", 0, len(answer)) + answer)
        self._send(stream)

    def _refuse(self, stream: int, status: int, why: str) -> None:
        words = quote(why[:1000], safe="".join(map(chr, range(0x20, 0x7F))).replace("%", ""))
        said = _block(*_STATUS, (b"grpc-status", str(status).encode()), (b"grpc-message", words.encode()))
        self._out.append(_frame(_HEADERS, _END_HEADERS | _END_STREAM, stream, said))
        self._forget(stream)

    def _send(self, stream: int) -> None:
        """As much of an answer as the client has room for; then, that it is whole."""
        unsent = self._unsent[stream]
        while unsent:
            size = min(len(unsent), self._room[0], self._room[stream], self._longest)
            if size <= 0:
                self._unsent[stream] = unsent
                return
            self._out.append(_frame(_DATA, 0, stream, unsent[:size]))
            self._room[0] -= size
            self._room[stream] -= size
            unsent = unsent[size:]
        self._out.append(_frame(_HEADERS, _END_HEADERS | _END_STREAM, stream, _DONE))
        self._forget(stream)
