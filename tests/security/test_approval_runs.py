"""Whose reports approve anything: of which run, for which pull request; and what an older run may still say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tanada.cli.approved import approved
from tanada.cli.comment import comment
from tanada.errors import ForgeError
from tanada.forge.base import PullRequest
from tanada.forge.ci import PARENT_PIPELINE, detect
from tanada.forge.github import _plans
from tanada.terraform import reports
from tests.cli.test_comment import (  # noqa: F401 - fixtures
    HEAD,
    MERGED,
    UPDATE,
    actions,
    change,
    github,
    gitlab,
    packed,
    pipeline,
    planned,
    report,
    root,
)
from tests.forge.server import GitHubServer, GitLabServer

NEWER, BEFORE, FIRST = "e" * 40, "9" * 40, "8" * 40
FORGED = report("environment-test", change("aws_ecs_service.forged", "update"), created_at="9999-01-01T00:00:00+00:00")


def merge(server: GitHubServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pull request of the fixture is merged, and its honest plan left a report."""
    actions(monkeypatch, server, folder, push=MERGED)
    server.merge(1, MERGED)


@pytest.mark.parametrize(
    "forged",
    [
        {"path": ".github/workflows/evil.yml"},
        {"path": ".github/workflows/evil.yml@refs/heads/main"},
        {"event": "push"},
        {"event": "workflow_dispatch"},
        {"event": "pull_request"},
        {"event": "pull_request_target"},
        {"branch": "evil"},
        {"fork": True},
        {"fork": None},
    ],
    ids=str,
)
def test_a_run_that_is_not_this_pull_requests_plan_approves_nothing(
    forged: dict[str, Any],
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    merge(github, tmp_path, monkeypatch)
    honest = github.add_run(HEAD)
    github.add_artifact(honest, f"tanada-reports-{HEAD}", packed(root, UPDATE))
    github.add_artifact(github.add_run(HEAD, **forged), f"tanada-reports-{HEAD}", packed(root, FORGED))
    approved(Path("ok"))
    assert reports.read([root / "ok"]) == [UPDATE], "not the newer one"

    github.runs[:] = [run for run in github.runs if run["id"] != honest]
    github.artifacts[:] = [each for each in github.artifacts if each["workflow_run"]["id"] != honest]
    with pytest.raises(ForgeError, match="of aaaaaaaaaaaa, the last commit"):
        approved(Path("none"))
    assert not (root / "none").exists()


@pytest.mark.parametrize("closed", [False, True])
def test_a_commit_that_was_asked_into_another_branch_too_approves_nothing(
    closed: bool,
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What its own code emits there is that branch's, and the plan of it is of the same commit."""
    merge(github, tmp_path, monkeypatch)
    other = github.open_pull(HEAD, base="evil")
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}", packed(root, FORGED))
    if closed:
        github.pulls[other]["state"] = "closed"
    with pytest.raises(ForgeError, match="is that of #2 into evil too, and their plans can't be told apart"):
        approved(Path("ok"))
    assert not (root / "ok").exists()


def test_what_was_merged_into_another_branch_approves_nothing_here(
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    merge(github, tmp_path, monkeypatch)
    github.pulls[1]["base"]["ref"] = "evil"
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}", packed(root, FORGED))
    with pytest.raises(ForgeError, match="No pull request was merged as cccccccccccc"):
        approved(Path("ok"))


@pytest.mark.parametrize(
    ("source", "ref", "job", "stage"),
    [
        ("push", "feature", "tanada plan", "build"),
        ("web", "feature", "tanada plan", "build"),
        ("merge_request_event", "refs/merge-requests/7/head", "tanada plan", "build"),
        ("merge_request_event", "refs/merge-requests/1/head", "evil", "build"),
        ("merge_request_event", "refs/merge-requests/1/head", "tanada plan", "evil"),
    ],
)
def test_a_job_that_is_not_the_merge_requests_plan_approves_nothing(
    source: str,
    ref: str,
    job: str,
    stage: str,
    gitlab: GitLabServer,  # noqa: F811
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline(monkeypatch, gitlab)
    gitlab.merge(1, MERGED)
    head = gitlab.requests[1]["head_pipeline"]
    head |= {"source": source, "ref": ref}
    gitlab.add_job(head["id"], job, packed(root, FORGED), stage=stage)
    with pytest.raises(ForgeError, match=r"has an artifact tanada-reports|no pipeline of this project"):
        approved(Path("ok"), commit=MERGED)
    assert not (root / "ok").exists()


def test_a_child_pipeline_of_another_job_approves_nothing(
    gitlab: GitLabServer,  # noqa: F811
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline(monkeypatch, gitlab)
    gitlab.merge(1, MERGED)
    child = gitlab.add_pipeline(HEAD)
    gitlab.add_child(gitlab.requests[1]["head_pipeline"]["id"], child, "evil")
    gitlab.add_job(child, "plan 1", packed(root, FORGED))
    with pytest.raises(ForgeError, match="has an artifact tanada-reports"):
        approved(Path("ok"), commit=MERGED)


def test_what_a_merge_queue_pushes_at_once_is_approved_by_each_of_its_pull_requests(
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    (tmp_path / "event.json").write_text(json.dumps({"before": BEFORE, "after": MERGED}))
    other = github.open_pull(NEWER, branch="other")
    # Each is merged by a commit of its own, whose first parent is the one before it.
    github.commits |= {FIRST: [BEFORE, NEWER], MERGED: [FIRST, HEAD], HEAD: [BEFORE], NEWER: [BEFORE]}
    github.merge(1, MERGED)
    github.merge(other, FIRST)
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}", packed(root, UPDATE))
    (root / "pack" / "environment-test.json").unlink()
    common = report("common-main", change("aws_vpc.network", "update"))
    github.add_artifact(github.add_run(NEWER), f"tanada-reports-{NEWER}", packed(root, common))
    approved(Path("ok"))
    assert [each.label for each in reports.read([root / "ok"])] == ["common-main", "environment-test"]
    assert "pull request 1, aaaaaaaaaaaa; pull request 2, eeeeeeeeeeee" in capsys.readouterr().out

    planned(root, report("environment-test", change("aws_ecs_service.web", "update"), step="apply", status="applied"))
    comment()
    assert [each["issue_number"] for each in github.comments] == [1, other], "both hear what became of them"


@pytest.mark.parametrize("before", ["0" * 40, "main", None, 7])
def test_what_is_no_commit_before_a_push_is_none(
    before: object,
    github: GitHubServer,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    (tmp_path / "event.json").write_text(json.dumps({"before": before}))
    ci = detect(os.environ)
    assert ci is not None
    assert (ci.before, ci.branch) == (None, "main")


# --- what an older run may still say, and do ---


def test_an_approval_is_not_replayed_by_starting_its_run_again(
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    merge(github, tmp_path, monkeypatch)
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}", packed(root, UPDATE))
    monkeypatch.setenv("GITHUB_RUN_ATTEMPT", "2")
    github.branches["main"] = NEWER
    with pytest.raises(ForgeError, match=r"main is at eeeeeeeeeeee now: .* Nothing is approved"):
        approved(Path("ok"))
    assert not (root / "ok").exists()
    github.branches["main"] = MERGED
    approved(Path("ok"))
    assert reports.read([root / "ok"]) == [UPDATE]


def test_an_older_run_that_is_started_again_says_what_it_found_of_its_own_commit_alone(
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment()
    said, labels = github.comments[0]["body"], github.label_names(1)
    github.push(1, NEWER)
    planned(root, report("environment-test"))
    comment()  # the environment of the older run, after the newer push
    assert [each["body"] for each in github.comments] == [said]
    assert github.label_names(1) == labels
    assert {status["sha"] for status in github.statuses} == {HEAD}
    assert "Pull request 1 is at eeeeeeeeeeee now, and this run looked at aaaaaaaaaaaa" in capsys.readouterr().err


def test_an_older_pipeline_that_is_started_again_leaves_the_note(
    gitlab: GitLabServer,  # noqa: F811
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline(monkeypatch, gitlab)
    planned(root, UPDATE)
    comment()
    said = gitlab.notes[0]["body"]
    gitlab.push(1, NEWER)
    planned(root, report("environment-test"))
    comment()
    assert [note["body"] for note in gitlab.notes] == [said]
    assert {status["sha"] for status in gitlab.statuses} == {HEAD}


def test_a_comment_that_is_deleted_between_list_and_edit_is_made_anew(
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment()
    listed, lost = github._get_comments, list[Any]()

    def list_then_lose(number: int) -> Any:
        answer = listed(number)
        if not lost:
            lost.append(github.comments.pop())
        return answer

    monkeypatch.setitem(github._app.view_functions, _endpoint(github, "GET", "comments"), list_then_lose)
    planned(root, report("environment-test", change("aws_ecs_service.other", "destroy")))
    comment()
    [made] = github.comments
    assert "aws_ecs_service.other" in made["body"]


def test_a_note_that_is_deleted_between_list_and_edit_is_made_anew(
    gitlab: GitLabServer,  # noqa: F811
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline(monkeypatch, gitlab)
    planned(root, UPDATE)
    comment()
    listed, lost = gitlab._get_notes, list[Any]()

    def list_then_lose(number: int) -> Any:
        answer = listed(number)
        if not lost:
            lost.append(gitlab.notes.pop())
        return answer

    monkeypatch.setitem(gitlab._app.view_functions, _endpoint(gitlab, "GET", "notes"), list_then_lose)
    planned(root, report("environment-test", change("aws_ecs_service.other", "destroy")))
    comment()
    [made] = gitlab.notes
    assert "aws_ecs_service.other" in made["body"]


def _endpoint(server: GitHubServer | GitLabServer, method: str, last: str) -> str:
    """The name of the route whose path ends so, of one pull request."""
    rules = [
        rule
        for rule in server._app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.rule.endswith(f"<int:number>/{last}")
    ]
    assert len(rules) == 1, rules
    return str(rules[0].endpoint)


# --- child pipelines ---


def test_a_child_pipeline_sets_the_status_of_its_parent(
    gitlab: GitLabServer,  # noqa: F811
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline(monkeypatch, gitlab)
    parent = gitlab.requests[1]["head_pipeline"]["id"]
    child = gitlab.add_pipeline(HEAD)
    gitlab.add_child(parent, child)
    monkeypatch.setenv("CI_PIPELINE_SOURCE", "parent_pipeline")
    monkeypatch.setenv("CI_PIPELINE_ID", str(child))
    monkeypatch.setenv(PARENT_PIPELINE, str(parent))
    planned(root, UPDATE)
    comment()
    assert [status["pipeline_id"] for status in gitlab.statuses] == [parent]


def test_a_child_pipeline_that_knows_no_parent_sets_no_status_and_says_why(
    gitlab: GitLabServer,  # noqa: F811
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pipeline(monkeypatch, gitlab)
    monkeypatch.setenv("CI_PIPELINE_SOURCE", "parent_pipeline")
    planned(root, UPDATE)
    comment()
    assert gitlab.statuses == []
    assert f"A child pipeline without its parent's id ({PARENT_PIPELINE})" in capsys.readouterr().err


def test_a_pipeline_that_takes_no_status_is_no_missing_right(
    gitlab: GitLabServer,  # noqa: F811
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline(monkeypatch, gitlab)
    child = gitlab.add_pipeline(HEAD)
    gitlab.add_child(gitlab.requests[1]["head_pipeline"]["id"], child)
    monkeypatch.setenv("CI_PIPELINE_ID", str(child))
    planned(root, UPDATE)
    with pytest.raises(ForgeError, match=f"takes no status of pipeline {child} for commit") as refused:
        comment()
    assert not refused.value.denied


@pytest.mark.parametrize(
    ("early", "fork", "path", "expected"),
    [
        (True, False, ".github/workflows/tanada-plan.yml", True),
        (False, False, ".github/workflows/tanada-plan.yml", False),
        (True, True, ".github/workflows/tanada-plan.yml", False),
        (True, None, ".github/workflows/tanada-plan.yml", False),
        (True, False, ".github/workflows/evil.yml", False),
    ],
)
def test_what_was_planned_at_once_approves_on_github_com_alone(
    early: bool, fork: bool | None, path: str, expected: bool
) -> None:
    """Elsewhere `pull_request_target` runs the file of whichever branch is asked into."""
    heads = {True: SimpleNamespace(id=2), False: SimpleNamespace(id=1), None: None}
    run: Any = SimpleNamespace(
        head_repository=heads[fork],
        repository=SimpleNamespace(id=1),
        path=path,
        event="pull_request_target",
        head_branch="feature",
    )
    pull = PullRequest(1, HEAD, "https://github.com/example/kakei/pull/1", False, "main", "feature")
    assert _plans(run, pull, early=early) is expected
