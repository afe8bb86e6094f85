"""An approval is of what was shown: GitLab keeps it where the job that showed it is started again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tanada.cli.shown import check_shown_once
from tanada.errors import ForgeError
from tanada.forge.ci import CI, detect
from tests.forge.server import GitLabServer

COMMIT = "a" * 40


@pytest.fixture
def gitlab() -> Iterator[GitLabServer]:
    with GitLabServer("example/kakei") as server:
        yield server


def environ(server: GitLabServer, pipeline: int) -> dict[str, str]:
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": server.api_url,
        "CI_PROJECT_PATH": "example/kakei",
        "CI_PIPELINE_ID": str(pipeline),
        "CI_COMMIT_SHA": COMMIT,
        "CI_COMMIT_BRANCH": "main",
        "GITLAB_TOKEN": "project-token",
    }


def test_what_was_shown_again_since_is_not_applied(gitlab: GitLabServer) -> None:
    pipeline, other = gitlab.add_pipeline(COMMIT), gitlab.add_pipeline(COMMIT)
    variables = environ(gitlab, pipeline)
    gitlab.add_job(pipeline, "tanada plan production", b"")
    for _ in range(2):
        gitlab.add_job(pipeline, "tanada plan elsewhere", b"")
        gitlab.add_job(other, "tanada plan production", b"")
    check_shown_once(detect(variables), "production", variables)
    gitlab.add_job(pipeline, "tanada plan production", b"")
    with pytest.raises(ForgeError, match="tanada plan production was started again in this pipeline"):
        check_shown_once(detect(variables), "production", variables)
    assert gitlab.writes == []


def test_who_cannot_ask_applies_nothing(gitlab: GitLabServer) -> None:
    variables = environ(gitlab, gitlab.add_pipeline(COMMIT))
    del variables["GITLAB_TOKEN"]
    with pytest.raises(ForgeError, match="There is no token"):
        check_shown_once(detect(variables), "production", variables)


@pytest.mark.parametrize("ci", [None, CI("github", "https://api.github.com", "example/kakei")])
def test_elsewhere_nobody_is_asked(ci: CI | None) -> None:
    check_shown_once(ci, "production", {})
