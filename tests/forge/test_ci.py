"""What CIs say of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada.cli.reports import MARKDOWN
from tanada.errors import ForgeError
from tanada.forge.ci import CI, detect, token, with_flags

SHA = "c" * 40
HEAD = "a" * 40
ACTIONS = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_API_URL": "https://api.github.com",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ID": "17",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_SHA": SHA,
    "GITHUB_STEP_SUMMARY": "/run/summary.md",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_SERVER_URL": "https://gitlab.example.com",
    "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
    "CI_PROJECT_PATH": "acme/web/shop",
    "CI_PROJECT_ID": "42",
    "CI_PIPELINE_ID": "900",
    "CI_JOB_URL": "https://gitlab.example.com/acme/web/shop/-/jobs/5",
    "CI_COMMIT_SHA": SHA,
}


def event(folder: Path, payload: Any) -> dict[str, str]:
    file = folder / "event.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    return {"GITHUB_EVENT_PATH": str(file)}


def ci_of(environ: dict[str, str]) -> CI:
    ci = detect(environ)
    assert ci is not None
    return ci


def test_a_developers_machine_is_no_ci() -> None:
    assert detect({"HOME": "/home/kim", "GITHUB_TOKEN": "x"}) is None


def test_a_pull_request_on_github(tmp_path: Path) -> None:
    payload = {
        "pull_request": {
            "number": 7,
            "head": {"sha": HEAD, "repo": {"full_name": "acme/shop"}},
            "base": {"ref": "main"},
        }
    }
    ci = ci_of({**ACTIONS, "GITHUB_REF": "refs/pull/7/merge", **event(tmp_path, payload)})
    assert ci == CI(
        forge="github",
        api_url="https://api.github.com",
        repository="acme/shop",
        pull_request=7,
        head=HEAD,  # not GITHUB_SHA, the temporary merge
        base="main",
        run_url="https://github.com/acme/shop/actions/runs/17",
        run=17,
        summary_file=Path("/run/summary.md"),
    )


def ran(*pulls: tuple[int, str], head_repository: str = "acme/shop") -> dict[str, Any]:
    """The event of a run that another run started; `pulls`: their numbers and the branches that they go to."""
    named = [{"number": number, "head": {"sha": HEAD}, "base": {"ref": base}} for number, base in pulls]
    return {
        "repository": {"full_name": "acme/shop", "default_branch": "main"},
        "workflow_run": {
            "head_sha": HEAD,
            "head_repository": {"full_name": head_repository},
            "pull_requests": named,
        },
    }


def test_a_run_that_another_started_is_of_the_pull_request_into_the_default_branch(tmp_path: Path) -> None:
    started = {**ACTIONS, "GITHUB_EVENT_NAME": "workflow_run", "GITHUB_REF": "refs/heads/main"}
    ci = ci_of({**started, **event(tmp_path, ran((8, "evil"), (7, "main")))})
    assert ci is not None
    assert (ci.pull_request, ci.head, ci.base, ci.fork) == (7, HEAD, "main", False)
    assert (ci.commit, ci.branch) == (None, None), "GITHUB_SHA is main's, and nobody merged it here"
    alone = ci_of({**started, **event(tmp_path, ran((8, "evil")))})
    assert alone is not None
    assert (alone.pull_request, alone.head, alone.commit) == (None, HEAD, None)


@pytest.mark.parametrize("repository", [{"full_name": "someone/shop"}, None])
def test_a_pull_request_from_a_fork_is_known_even_when_the_fork_is_gone(
    tmp_path: Path, repository: dict[str, str] | None
) -> None:
    payload = {"pull_request": {"number": 7, "head": {"sha": HEAD, "repo": repository}}}
    assert ci_of({**ACTIONS, **event(tmp_path, payload)}).fork


def test_a_comment_on_a_pull_request_names_it_one_on_an_issue_does_not(tmp_path: Path) -> None:
    assert ci_of({**ACTIONS, **event(tmp_path, {"issue": {"number": 7, "pull_request": {}}})}).pull_request is None
    on_pull = {"issue": {"number": 7, "pull_request": {"url": "https://api.github.com/x"}}}
    ci = ci_of({**ACTIONS, **event(tmp_path, on_pull)})
    assert (ci.pull_request, ci.head) == (7, None)


def test_without_an_event_the_ref_names_the_pull_request() -> None:
    ci = ci_of({**ACTIONS, "GITHUB_REF": "refs/pull/12/merge"})
    assert (ci.pull_request, ci.commit) == (12, None)


def test_a_push_on_github_tells_its_commit() -> None:
    ci = ci_of({**ACTIONS, "GITHUB_REF": "refs/heads/main", "GITHUB_RUN_ATTEMPT": "2"})
    assert (ci.pull_request, ci.commit) == (None, SHA)
    assert ci.run_url == "https://github.com/acme/shop/actions/runs/17/attempts/2"


def test_a_damaged_event_is_said(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text("{", encoding="utf-8")
    with pytest.raises(ForgeError, match="GITHUB_EVENT_PATH"):
        detect({**ACTIONS, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_a_merge_request_on_gitlab() -> None:
    ci = ci_of(
        {
            **GITLAB,
            "CI_MERGE_REQUEST_IID": "3",
            "CI_MERGE_REQUEST_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD,
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        }
    )
    assert ci == CI(
        forge="gitlab",
        api_url="https://gitlab.example.com/api/v4",
        repository="acme/web/shop",
        pull_request=3,
        head=HEAD,  # not CI_COMMIT_SHA, the temporary merge
        base="main",
        run_url="https://gitlab.example.com/acme/web/shop/-/jobs/5",
        artifact_url="https://gitlab.example.com/acme/web/shop/-/jobs/5/artifacts/file/",
        pipeline=900,
        pipeline_commit=SHA,
    )


def test_without_merged_results_the_commit_is_the_head() -> None:
    assert ci_of({**GITLAB, "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": ""}).head == SHA


def test_a_forks_pipeline_on_gitlab_speaks_of_the_target_project() -> None:
    ci = ci_of(
        {
            **GITLAB,
            "CI_PROJECT_PATH": "someone/shop",
            "CI_MERGE_REQUEST_IID": "3",
            "CI_MERGE_REQUEST_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_PROJECT_PATH": "acme/web/shop",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "77",
        }
    )
    assert (ci.repository, ci.fork) == ("acme/web/shop", True)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("https://github.com/acme/shop/pull/7", ("github", "https://api.github.com", "acme/shop")),
        ("https://git.acme.example/acme/shop/pull/7", ("github", "https://git.acme.example/api/v3", "acme/shop")),
        (
            "https://git.acme.example/acme/web/shop/-/merge_requests/7",
            ("gitlab", "https://git.acme.example/api/v4", "acme/web/shop"),
        ),
    ],
)
def test_a_change_on_jenkins(change: str, expected: tuple[str, str, str]) -> None:
    ci = ci_of(
        {
            "JENKINS_URL": "https://ci.acme.example/",
            "BUILD_URL": "https://ci.acme.example/job/shop/9/",
            "CHANGE_ID": "7",
            "CHANGE_URL": change,
            "CHANGE_TARGET": "main",
            "GIT_COMMIT": SHA,
        }
    )
    assert (ci.forge, ci.api_url, ci.repository) == expected
    # GIT_COMMIT may be a merge made by Jenkins: the forge is asked for the head.
    assert (ci.pull_request, ci.head, ci.commit, ci.base) == (7, None, None, "main")
    assert ci.artifact_url == "https://ci.acme.example/job/shop/9/artifact/"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("git@github.com:acme/shop.git", ("github", "acme/shop")),
        ("ssh://git@gitlab.acme.example:2222/acme/web/shop.git", ("gitlab", "acme/web/shop")),
        ("https://user:secret@github.com/acme/shop", ("github", "acme/shop")),
        ("https://git.acme.example/acme/shop.git", (None, "acme/shop")),
        ("", (None, None)),
    ],
)
def test_a_branch_on_jenkins_tells_its_repository_and_commit(
    address: str, expected: tuple[str | None, str | None]
) -> None:
    ci = ci_of({"JENKINS_URL": "https://ci/", "GIT_URL": address, "GIT_COMMIT": SHA})
    assert (ci.forge, ci.repository) == expected
    assert (ci.pull_request, ci.commit) == (None, SHA)
    assert "secret" not in repr(ci)


def test_the_only_token_tells_the_forge_of_an_unknown_host() -> None:
    environ = {"JENKINS_URL": "https://ci/", "GIT_URL": "https://git.acme.example/acme/shop.git"}
    assert ci_of({**environ, "GITLAB_TOKEN": "x"}).api_url == "https://git.acme.example/api/v4"
    assert ci_of({**environ, "GITHUB_TOKEN": "x"}).api_url == "https://git.acme.example/api/v3"
    assert ci_of({**environ, "GITHUB_TOKEN": "x", "GITLAB_TOKEN": "x"}).forge is None


def test_a_pull_request_on_codebuild() -> None:
    ci = ci_of(
        {
            "CODEBUILD_BUILD_ID": "shop:1",
            "CODEBUILD_WEBHOOK_TRIGGER": "pr/7",
            "CODEBUILD_SOURCE_REPO_URL": "https://github.com/acme/shop.git",
            "CODEBUILD_RESOLVED_SOURCE_VERSION": SHA,
            "CODEBUILD_WEBHOOK_BASE_REF": "refs/heads/main",
            "CODEBUILD_BUILD_URL": "https://console.aws.amazon.com/codesuite/1",
        }
    )
    assert (ci.forge, ci.repository, ci.pull_request, ci.base) == ("github", "acme/shop", 7, "main")
    assert ci.run_url == "https://console.aws.amazon.com/codesuite/1"


def test_a_branch_on_codebuild() -> None:
    ci = ci_of(
        {
            "CODEBUILD_BUILD_ID": "shop:1",
            "CODEBUILD_WEBHOOK_TRIGGER": "branch/main",
            "CODEBUILD_SOURCE_REPO_URL": "https://github.com/acme/shop.git",
            "CODEBUILD_RESOLVED_SOURCE_VERSION": SHA,
        }
    )
    assert (ci.pull_request, ci.commit) == (None, SHA)


# --- flags and tokens ---


def test_flags_say_what_no_ci_does() -> None:
    ci = with_flags(None, {}, "gitlab", "acme/web/shop")
    assert (ci.forge, ci.api_url, ci.repository) == ("gitlab", "https://gitlab.com/api/v4", "acme/web/shop")
    ci = with_flags(None, {"GITHUB_API_URL": "https://git.acme.example/api/v3"}, "github", "acme/shop")
    assert ci.api_url == "https://git.acme.example/api/v3"


def test_flags_win_over_the_environment() -> None:
    ci = with_flags(detect(ACTIONS), ACTIONS, None, "acme/other")
    assert (ci.api_url, ci.repository) == ("https://api.github.com", "acme/other")


def test_nothing_at_all_is_refused_with_what_to_give() -> None:
    with pytest.raises(ForgeError, match=r"--forge github\|gitlab and --repository OWNER/NAME\.$"):
        with_flags(None, {}, None, None)
    with pytest.raises(ForgeError, match=r"OWNER/NAME, or --to FILE to write Markdown instead\.$"):
        with_flags(None, {}, None, None, MARKDOWN)


def test_tokens_come_from_the_environment() -> None:
    assert token("github", {"GH_TOKEN": "b", "GITHUB_TOKEN": ""}) == "b"
    assert token("gitlab", {"GITLAB_TOKEN": "c", "CI_JOB_TOKEN": "d"}) == "c"
    with pytest.raises(ForgeError, match="set GITHUB_TOKEN or GH_TOKEN"):
        token("github", {"GITLAB_TOKEN": "c"})


def test_a_job_token_is_refused_with_what_it_cannot() -> None:
    with pytest.raises(ForgeError, match="CI_JOB_TOKEN can't post notes") as refused:
        token("gitlab", {"CI_JOB_TOKEN": "64_abcdef"})
    assert "64_abcdef" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "actor", "person"),
    [("workflow_dispatch", "kim", "kim"), ("workflow_dispatch", "github-actions[bot]", None), ("push", "kim", None)],
)
def test_a_run_that_an_app_or_an_event_started_is_nobodys_word(name: str, actor: str, person: str | None) -> None:
    words = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_REF": "refs/heads/main"}
    ci = ci_of({**words, "GITHUB_EVENT_NAME": name, "GITHUB_TRIGGERING_ACTOR": actor})
    assert ci.person == person
