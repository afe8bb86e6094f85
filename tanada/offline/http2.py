"""One connection's server side of gRPC: HTTP/2 (RFC 9113) as far as Terraform's client speaks it. Bytes in, bytes out.

gRPC's own server took ten times as long as all answers of the provider, most of it in handing calls from thread to
thread, and knows no unix socket's connections apart.
"""

from __future__ import annotations

import struct
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tanada.offline.headers import path

Methods = Mapping[str, Callable[[bytes], bytes | None]]
"""By path: a request's bytes → its answer's, or None where a stream of answers has none."""

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _WINDOW, _CONTINUATION = 0, 1, 3, 4, 6, 8, 9
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _PRIORITY = 1, 1, 4, 8, 0x20
_WINDOW_AT_FIRST = 65_535
_LARGEST_WINDOW = 2**31 - 1
_LARGEST_FRAME = 16_384
_TOP_UP = 1 << 24
"""So many bytes are taken before the client hears that it may send as many more."""
_UNKNOWN, _UNIMPLEMENTED = 2, 12


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _header(name: str, value: str) -> bytes:
    """Literal, never indexed, not packed."""
    return b"\0" + _text(name) + _text(value)


def _text(text: str) -> bytes:
    length, rest = len(text), b""
    if length >= 127:
        more, length = length - 127, 127
        rest = bytes([more & 0x7F | 0x80, more >> 7])  # up to 16 kB
    return bytes([length]) + rest + text.encode("ascii")


_OK = b"\x88" + _header("content-type", "application/grpc")
"""`:status: 200` stands in the static table."""
_DONE = _header("grpc-status", "0")
_OURS = _frame(_SETTINGS, 0, 0, struct.pack(">HIHI", 1, 0, 4, _LARGEST_WINDOW)) + _frame(
    _WINDOW, 0, 0, struct.pack(">I", _LARGEST_WINDOW - _WINDOW_AT_FIRST)
)
"""No table of headers; requests as large as they like."""


class BrokenError(Exception):
    """The client does not speak as Terraform's does; the connection is to be closed."""


@dataclass
class _Stream:
    path: str
    window: int
    request: bytearray = field(default_factory=bytearray)
    answered: bool = False
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))


class Connection:
    """Calls are answered one after another, in the order in which their requests are whole."""

    def __init__(self, methods: Methods) -> None:
        self._methods = methods
        self._unread = bytearray()
        self._greeted = False
        self._streams: dict[int, _Stream] = {}
        self._window = _WINDOW_AT_FIRST
        self._window_of_streams = _WINDOW_AT_FIRST
        self._taken = 0
        self._block: tuple[int, int, bytes] | None = None
        """Stream, flags and bytes of headers that go on in the next frame."""
        self._out: list[bytes] = []

    def receive(self, data: bytes) -> bytes:
        """What is to be sent after so many more bytes of the client; BrokenError."""
        self._unread += data
        if not self._greeted:
            if len(self._unread) < len(_PREFACE):
                return b""
            if not self._unread.startswith(_PREFACE):
                raise BrokenError("no HTTP/2")
            del self._unread[: len(_PREFACE)]
            self._greeted = True
            self._out.append(_OURS)
        at = 0
        while len(self._unread) - at >= 9:
            length = int.from_bytes(self._unread[at : at + 3], "big")
            if length > _LARGEST_FRAME:
                raise BrokenError("a frame that is too large")
            if len(self._unread) - at < 9 + length:
                break
            kind, flags, stream = struct.unpack_from(">BBI", self._unread, at + 3)
            self._hear(kind, flags, stream & _LARGEST_WINDOW, bytes(self._unread[at + 9 : at + 9 + length]))
            at += 9 + length
        del self._unread[:at]
        out, self._out = b"".join(self._out), []
        return out

    def _hear(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == _DATA:
            self._data(flags, stream, payload)
        elif kind == _HEADERS:
            self._headers(stream, flags, _bare(flags, payload))
        elif kind == _CONTINUATION:
            if self._block is None or self._block[0] != stream:
                raise BrokenError("a continuation of nothing")
            _, before, block = self._block
            self._headers(stream, before | flags, block + payload)
        elif kind == _SETTINGS and not flags & _ACK:
            self._settings(payload)
        elif kind == _PING and not flags & _ACK:
            self._out.append(_frame(_PING, _ACK, 0, payload))
        elif kind == _WINDOW:
            self._widen(stream, int.from_bytes(payload, "big") & _LARGEST_WINDOW)
        elif kind == _RESET:
            self._streams.pop(stream, None)

    def _settings(self, payload: bytes) -> None:
        for name, value in struct.iter_unpack(">HI", payload):
            if name == 4:  # the window that each stream begins with
                for each in self._streams.values():
                    each.window += value - self._window_of_streams
                self._window_of_streams = value
        self._out.append(_frame(_SETTINGS, _ACK, 0))
        self._send_all()

    def _widen(self, stream: int, more: int) -> None:
        if stream == 0:
            self._window += more
            self._send_all()
        elif stream in self._streams:
            self._streams[stream].window += more
            self._send(stream)

    def _headers(self, stream: int, flags: int, block: bytes) -> None:
        if not flags & _END_HEADERS:
            self._block = (stream, flags, block)
            return
        self._block = None
        try:
            called = path(block)
        except (ValueError, IndexError):
            raise BrokenError("headers without a path") from None
        if called not in self._methods:
            self._refuse(stream, _UNIMPLEMENTED, "Method not found!")
            return
        self._streams[stream] = _Stream(called, self._window_of_streams)
        if flags & _END_STREAM:
            self._call(stream)

    def _data(self, flags: int, number: int, payload: bytes) -> None:
        self._taken += len(payload)
        if self._taken >= _TOP_UP:
            self._out.append(_frame(_WINDOW, 0, 0, struct.pack(">I", self._taken)))
            self._taken = 0
        stream = self._streams.get(number)
        if stream is None or stream.answered:
            return
        stream.request += _bare(flags & ~_PRIORITY, payload)
        if flags & _END_STREAM:
            self._call(number)

    def _call(self, number: int) -> None:
        stream = self._streams[number]
        stream.answered = True
        try:
            if stream.request and stream.request[0]:
                raise ValueError("a compressed request")
            answer = self._methods[stream.path](bytes(stream.request[5:]))
        except Exception as error:
            traceback.print_exc()  # to the provider's log
            self._refuse(number, _UNKNOWN, f"Exception calling application: {error}")
            return
        self._out.append(_frame(_HEADERS, _END_HEADERS, number, _OK))
        stream.unsent = memoryview(b"" if answer is None else struct.pack(">BI", 0, len(answer)) + answer)
        self._send(number)

    def _refuse(self, number: int, status: int, why: str) -> None:
        words = quote(why[:1000], safe="".join(map(chr, range(0x20, 0x7F))).replace("%", ""))
        block = _OK + _header("grpc-status", str(status)) + _header("grpc-message", words)
        self._out.append(_frame(_HEADERS, _END_HEADERS | _END_STREAM, number, block))
        self._streams.pop(number, None)

    def _send_all(self) -> None:
        for number in [number for number, stream in self._streams.items() if stream.unsent]:
            self._send(number)

    def _send(self, number: int) -> None:
        """As much of an answer as both windows let through."""
        stream = self._streams[number]
        if not stream.answered:
            return
        while stream.unsent:
            size = min(len(stream.unsent), stream.window, self._window, _LARGEST_FRAME)
            if size <= 0:
                return
            self._out.append(_frame(_DATA, 0, number, bytes(stream.unsent[:size])))
            stream.unsent = stream.unsent[size:]
            stream.window -= size
            self._window -= size
        self._out.append(_frame(_HEADERS, _END_HEADERS | _END_STREAM, number, _DONE))
        del self._streams[number]


def _bare(flags: int, payload: bytes) -> bytes:
    """Without padding and priority."""
    end = len(payload)
    start = 0
    if flags & _PADDED:
        start, end = 1, end - payload[0]
    if flags & _PRIORITY:
        start += 5
    return payload[start:end]
