"""Both forges on loopback ports, with one open pull request each, and no variable of a real CI."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.forge.server import GitHubServer, GitLabServer

HEAD = "a" * 40


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    server = GitHubServer()
    with server:
        assert server.open_pull(HEAD) == 1
        yield server


@pytest.fixture
def gitlab() -> Iterator[GitLabServer]:
    server = GitLabServer()
    with server:
        assert server.open_request(HEAD) == 1
        yield server


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody sleeps; the seconds that the clients would have waited."""
    asked: list[float] = []
    monkeypatch.setattr(time, "sleep", asked.append)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return asked
