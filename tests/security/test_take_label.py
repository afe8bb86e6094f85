"""Who lets a stranger's commit be planned with credentials: one label, of somebody who may write, for one commit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanada.cli.take import _allowed
from tanada.errors import ForgeError
from tanada.templates.workflows import LABEL
from tests.forge.server import GitHubServer

HEAD, NEWER = "a" * 40, "e" * 40


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubServer]:
    """A fork's pull request, labelled by somebody who may write; the event of that."""
    with GitHubServer() as server:
        number = server.open_pull(HEAD, fork=True)
        server.permissions["kim"] = "write"
        server.label(number, LABEL, "kim")
        pull = {**server.pulls[number], "head": {**server.pulls[number]["head"]}}
        file = tmp_path / "event.json"
        file.write_text(json.dumps({"action": "labeled", "label": {"name": LABEL}, "pull_request": pull}))
        for name, value in {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "pull_request_target",
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REPOSITORY": server.repository,
            "GITHUB_API_URL": server.api_url,
            "GITHUB_SERVER_URL": server.url,
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_SHA": "b" * 40,
            "GITHUB_TOKEN": "reading",
        }.items():
            monkeypatch.setenv(name, value)
        server.add_token("reading", "github-actions[bot]", app=True, may=frozenset({"pull-requests: read"}))
        yield server


def test_the_forge_says_who_allowed_it(github: GitHubServer) -> None:
    assert _allowed(LABEL, HEAD) == f"allowed by kim (label {LABEL})"
    assert github.writes == []


def test_it_holds_for_the_commit_that_it_was_put_on(github: GitHubServer) -> None:
    with pytest.raises(ForgeError, match="this run is not of eeeeeeeeeeee"):
        _allowed(LABEL, NEWER)
    github.push(1, NEWER)
    with pytest.raises(ForgeError, match="was put on aaaaaaaaaaaa, and pull request 1 is at eeeeeeeeeeee now"):
        _allowed(LABEL, HEAD)


def test_a_label_that_was_taken_off_allows_nothing(github: GitHubServer) -> None:
    github.issues[1]["labels"].clear()
    with pytest.raises(ForgeError, match="has no label tanada: plan now"):
        _allowed(LABEL, HEAD)


@pytest.mark.parametrize("permission", ["read", "none"])
def test_who_may_label_and_not_write_allows_nothing(github: GitHubServer, permission: str) -> None:
    """GitHub calls triage `read`."""
    github.permissions["kim"] = permission
    with pytest.raises(ForgeError, match="kim put the label tanada: plan on, and may not write"):
        _allowed(LABEL, HEAD)


def test_the_last_to_put_it_on_counts(github: GitHubServer) -> None:
    github.label(1, "bug", "lee")
    assert "kim" in _allowed(LABEL, HEAD)
    github.issues[1]["labels"].clear()
    github.label(1, LABEL, "lee")
    with pytest.raises(ForgeError, match="lee put the label"):
        _allowed(LABEL, HEAD)
