"""Serves both forges, each with one open pull request, and prints where."""

from __future__ import annotations

import json
import threading

from tests.forge.server import GitHubServer, GitLabServer


def main() -> None:
    with GitHubServer() as github, GitLabServer() as gitlab:
        github.open_pull("a" * 40)
        gitlab.open_request("a" * 40)
        where = {"GITHUB_API_URL": github.api_url, "CI_API_V4_URL": gitlab.api_url}
        print(json.dumps(where), flush=True)  # noqa: T201 - for whoever started it
        threading.Event().wait()


if __name__ == "__main__":
    main()
