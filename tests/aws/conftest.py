"""AWS as moto's server answers for it, in this process."""

from __future__ import annotations

import functools
import urllib.request
from collections.abc import Iterator

import pytest
from botocore.loaders import JSONFileLoader
from moto.server import ThreadedMotoServer

from tests.aws.aws import Aws

_load = JSONFileLoader.load_file


@functools.cache
def _read(path: str) -> object:
    """What a service's calls are, megabytes of JSON that every session reads anew, and no session changes."""
    return _load(JSONFileLoader(), path)


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def aws(moto_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """An empty AWS, and the variables that lead to it."""
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda _, path: _read(path))
    made = Aws(moto_server)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    yield made
    urllib.request.urlopen(urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST")).close()
