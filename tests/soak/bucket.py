"""A bucket for states, as moto's server keeps it, behind a door that can be shut: as where a session ends midway."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

REGION = "ap-northeast-1"
NAME = f"terraform-state-111111111111-{REGION}"
_EXPIRED = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"


@dataclass
class Bucket:
    """Where it is, and what it holds."""

    moto: str
    endpoint: str = ""
    shut: str = ""
    """A key's id that AWS takes no more."""

    def __post_init__(self) -> None:
        self._s3: Any = boto3.client(
            "s3",
            region_name=REGION,
            endpoint_url=self.moto,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def make(self) -> None:
        """Anew, and empty."""
        self.remove()
        self._s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION})

    def remove(self) -> None:
        """All servers of a process share what moto keeps: the next test's is to be empty."""
        with contextlib.suppress(self._s3.exceptions.NoSuchBucket):
            for key in self.names():
                self._s3.delete_object(Bucket=NAME, Key=key)
            self._s3.delete_bucket(Bucket=NAME)

    def names(self) -> list[str]:
        return sorted(each["Key"] for each in self._s3.list_objects_v2(Bucket=NAME).get("Contents", ()))

    def read(self, key: str) -> dict[str, Any]:
        """A state, or a lock; empty where there is none."""
        try:
            document: dict[str, Any] = json.loads(self._s3.get_object(Bucket=NAME, Key=key)["Body"].read())
        except self._s3.exceptions.NoSuchKey:
            return {}
        return document

    def backend(self, stack: str) -> dict[str, Any]:
        """Of a stack's configuration: as Tanada emits it, but for what moto answers for another account."""
        emitted = {"bucket": NAME, "key": f"kakei/{stack}.tfstate", "region": REGION, "use_lockfile": True}
        return {"backend": {"s3": {**emitted, "skip_credentials_validation": True, "skip_requesting_account_id": True}}}

    @property
    def environ(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"}


@contextlib.contextmanager
def served() -> Iterator[Bucket]:
    """An empty bucket, as long as this is open."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    bucket = Bucket(f"http://{host}:{port}")

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if bucket.shut and f"Credential={bucket.shut}/" in self.headers.get("Authorization", ""):
                self._answer(400, {"Content-Type": "application/xml"}, _EXPIRED)
                return
            connection = http.client.HTTPConnection(host, port)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
            left_out = {"content-length", "transfer-encoding", "connection", "date", "server"}
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in left_out}
            self._answer(answer.status, headers, content, answer.getheader("Content-Length"))
            connection.close()

        def _answer(self, status: int, headers: dict[str, str], content: bytes, length: str | None = None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            head = self.command == "HEAD"
            self.send_header("Content-Length", length or "0" if head else str(len(content)))
            self.end_headers()
            if not head:
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Whoever is killed hangs up."""

    door = Server(("127.0.0.1", 0), Door)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    bucket.endpoint = f"http://127.0.0.1:{door.server_port}"
    try:
        yield bucket
    finally:
        bucket.remove()
        door.shutdown()
        door.server_close()
        moto.stop()
        urllib.request.urlcleanup()
