"""The stand-ins refuse what the real forges refuse; else tests against them would prove little."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.forge.server import GitHubServer, GitLabServer

ROOT = Path(__file__).parents[2]


def on_github(server: GitHubServer, method: str, path: str, body: Any = None, token: str = "workflow-token") -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(method, server.api_url + path, json=body, headers=headers, timeout=10).status_code


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/repos/acme/shop/pulls/9", None, 404),
        ("GET", "/repos/acme/other/pulls/1", None, 404),
        ("POST", "/repos/acme/shop/issues/1/comments", {}, 422),
        ("POST", "/repos/acme/shop/issues/1/comments", {"body": 1}, 422),
        ("POST", "/repos/acme/shop/issues/1/comments", {"body": "x", "text": "y"}, 422),
        ("POST", "/repos/acme/shop/issues/1/comments", {"body": "x" * 65_537}, 422),
        ("POST", f"/repos/acme/shop/statuses/{'a' * 40}", {"state": "good"}, 422),
        ("POST", f"/repos/acme/shop/statuses/{'a' * 40}", {"state": "success", "description": "x" * 141}, 422),
        ("POST", "/repos/acme/shop/labels", {"name": "x", "color": "red"}, 422),
        ("GET", "/user", None, 403),
    ],
)
def test_github_refuses_what_is_malformed_or_unknown(
    github: GitHubServer, method: str, path: str, body: Any, status: int
) -> None:
    assert on_github(github, method, path, body) == status


def test_without_a_token_nothing_is_answered(github: GitHubServer, gitlab: GitLabServer) -> None:
    assert on_github(github, "GET", "/repos/acme/shop/pulls/1", token="") == 401
    assert on_github(github, "GET", "/repos/acme/shop/pulls/1", token="wrong") == 401
    assert requests.get(f"{gitlab.api_url}/projects/42/merge_requests/1", timeout=10).status_code == 401


def test_a_comment_of_somebody_else_cannot_be_changed(github: GitHubServer) -> None:
    comment = github.add_comment(1, "someone", "text")
    assert on_github(github, "PATCH", f"/repos/acme/shop/issues/comments/{comment['id']}", {"body": "new"}) == 403
    assert comment["body"] == "text"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("merge_requests/1/notes", {}, 400),
        ("merge_requests/1/notes", {"body": "x", "text": "y"}, 400),
        ("merge_requests/9/notes", {"body": "x"}, 404),
        (f"statuses/{'a' * 40}", {"state": "good"}, 400),
        (f"statuses/{'a' * 40}", {"state": "success", "description": "x" * 256}, 400),
        (f"statuses/{'a' * 40}", {"state": "success", "pipeline_id": 1}, 404),
    ],
)
def test_gitlab_refuses_what_is_malformed_or_unknown(gitlab: GitLabServer, path: str, body: Any, status: int) -> None:
    url = f"{gitlab.api_url}/projects/acme%2Fshop/{path}"
    assert requests.post(url, json=body, headers={"PRIVATE-TOKEN": "project-token"}, timeout=10).status_code == status


def test_both_can_be_served_by_a_process_of_their_own() -> None:
    command = [sys.executable, "-m", "tests.forge.server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            where = json.loads(process.stdout.readline())
            headers = {"Authorization": "Bearer workflow-token", "PRIVATE-TOKEN": "project-token"}
            for address in (
                f"{where['GITHUB_API_URL']}/repos/acme/shop/pulls/1",
                f"{where['CI_API_V4_URL']}/projects/acme%2Fshop/merge_requests/1",
            ):
                assert requests.get(address, headers=headers, timeout=10).status_code == 200
            state = where["GITHUB_API_URL"].removesuffix("/api/v3") + "/_state"
            assert requests.get(state, timeout=10).json()["calls"] == ["GET /repos/acme/shop/pulls/1"]
        finally:
            process.terminate()
