"""One connection's server side of gRPC over HTTP/2, of which h2 knows the frames. Bytes in, bytes out.

gRPC's own server took ten times as long as all answers of the provider, most of it in handing calls from thread to
thread, and knows no unix socket's connections apart.
"""

from __future__ import annotations

import struct
import traceback
from collections.abc import Callable, Mapping
from urllib.parse import quote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    DataReceived,
    Event,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.settings import SettingCodes, Settings
from hyperframe.frame import Frame

Methods = Mapping[str, Callable[[bytes], bytes | None]]
"""By path: a request's bytes → its answer's, or None where a stream of answers has none."""

_WINDOW = 1 << 24
"""Bytes of requests that may be on their way; what has come makes room for as much again."""
_BEGUN = [(b":status", b"200"), (b"content-type", b"application/grpc")]
_DONE = [(b"grpc-status", b"0")]
_UNKNOWN, _UNIMPLEMENTED = 2, 12

# h2 writes each frame out in words, for a trace that nobody reads.
Frame.__repr__ = object.__repr__  # type: ignore[method-assign]


class Connection:
    """Calls are answered one after another, in the order in which their requests are whole."""

    def __init__(self, methods: Methods) -> None:
        self._methods = methods
        self._requests: dict[int, tuple[str, bytearray]] = {}
        """By stream: the path and what has come so far."""
        self._unsent: dict[int, memoryview] = {}
        """By stream: what the client has had no room for."""
        self._http = H2Connection(
            H2Configuration(
                client_side=False,
                # Terraform's headers are right and ours are constants: to check them would take a quarter of all time.
                validate_inbound_headers=False,
                normalize_inbound_headers=False,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        self._http.local_settings = Settings(client=False, initial_values={SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW})
        self._http.initiate_connection()
        self._http.increment_flow_control_window(_WINDOW - self._http.inbound_flow_control_window)

    def receive(self, data: bytes) -> bytes:
        """What is to be sent after so many more bytes of the client.

        h2's ProtocolError where it does not speak HTTP/2: the connection is to be closed.
        """
        events = self._http.receive_data(data)
        # h2 has read all of them by now: for a stream that is gone there is nothing to do.
        gone = {event.stream_id for event in events if isinstance(event, StreamReset)}
        for stream in gone:
            self._requests.pop(stream, None)
            self._unsent.pop(stream, None)
        for event in events:
            if isinstance(event, DataReceived):
                self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if getattr(event, "stream_id", None) not in gone:
                self._hear(event)
        return self._http.data_to_send()

    def _hear(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            self._begin(event.stream_id, dict(event.headers).get(b":path", b"").decode("ascii", "replace"))
        elif isinstance(event, DataReceived):
            if event.stream_id in self._requests:
                self._requests[event.stream_id][1].extend(event.data)
        elif isinstance(event, StreamEnded):
            if event.stream_id in self._requests:
                self._call(event.stream_id, *self._requests.pop(event.stream_id))
        elif isinstance(event, (WindowUpdated, RemoteSettingsChanged)):
            for stream in list(self._unsent):
                self._send(stream)

    def _begin(self, stream: int, path: str) -> None:
        if path in self._methods:
            self._requests[stream] = (path, bytearray())
        else:  # at once: go-plugin opens a stream that it never ends
            self._refuse(stream, _UNIMPLEMENTED, "Method not found!")

    def _call(self, stream: int, path: str, request: bytearray) -> None:
        try:
            if request and request[0]:
                raise ValueError("a compressed request")
            answer = self._methods[path](bytes(request[5:]))
        except Exception as error:
            traceback.print_exc()  # to the provider's log
            self._refuse(stream, _UNKNOWN, f"Exception calling application: {error}")
            return
        self._http.send_headers(stream, _BEGUN)
        self._unsent[stream] = memoryview(b"" if answer is None else struct.pack(">BI", 0, len(answer)) + answer)
        self._send(stream)

    def _refuse(self, stream: int, status: int, why: str) -> None:
        words = quote(why[:1000], safe="".join(map(chr, range(0x20, 0x7F))).replace("%", ""))
        said = [(b"grpc-status", str(status).encode()), (b"grpc-message", words.encode())]
        self._http.send_headers(stream, _BEGUN + said, end_stream=True)

    def _send(self, stream: int) -> None:
        """As much of an answer as the client has room for; then, that it is whole."""
        unsent = self._unsent[stream]
        while unsent:
            size = min(len(unsent), self._http.local_flow_control_window(stream), self._http.max_outbound_frame_size)
            if size <= 0:
                self._unsent[stream] = unsent
                return
            self._http.send_data(stream, unsent[:size])
            unsent = unsent[size:]
        del self._unsent[stream]
        self._http.send_headers(stream, _DONE, end_stream=True)
