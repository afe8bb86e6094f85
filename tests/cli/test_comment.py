"""`tanada comment`, `tanada drift`, `tanada approved`, against servers that answer as GitHub and GitLab do."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tanada.cli.approved import approved
from tanada.cli.comment import comment, widget
from tanada.cli.drift import CLOSING, drift
from tanada.errors import ForgeError, TanadaError
from tanada.plan import Drift, Report, ResourceChange, Summary
from tanada.terraform import reports
from tests.forge.server import GitHubServer, GitLabServer
from tests.forge.zips import zipped

from .program import GOOD

HEAD, MERGED = "a" * 40, "c" * 40
STACKS = ("common-main", "common-production", "environment-test", "environment-production")


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer() as server:
        assert server.open_pull(HEAD) == 1
        yield server


@pytest.fixture
def gitlab() -> Iterator[GitLabServer]:
    with GitLabServer() as server:
        assert server.open_request(HEAD) == 1
        yield server


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team's repository, on a machine that is no CI and where nobody sleeps."""
    shutil.copytree(GOOD, tmp_path / "team")
    monkeypatch.chdir(tmp_path / "team")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "GH_", "GITLAB_", "CI", "JENKINS", "CODEBUILD_", "CHANGE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return tmp_path / "team"


def change(address: str, action: str, **more: object) -> ResourceChange:
    return ResourceChange(address, address.split(".")[0], action, **more)  # type: ignore[arg-type]


def report(label: str, *changes: ResourceChange, **more: object) -> Report:
    made = Report(
        label=label,
        stack=label,
        kind="common" if label.startswith("common") else "environment",
        account="main",
        protected=False,
        status="changes" if changes else "no changes",
        summary=Summary("1.11.4", changes, 3),
        created_at="2026-01-02T03:04:05+00:00",
        terraform="terraform 1.11.4",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def planned(root: Path, *made: Report) -> None:
    reports.empty(root / ".tanada" / "reports")
    for each in made:
        reports.write(root / ".tanada" / "reports", each)
    reports.end(root / ".tanada" / "reports", made[0].step if made else "plan")


UPDATE = report("environment-test", change("aws_ecs_service.web", "update"))


def actions(
    monkeypatch: pytest.MonkeyPatch, server: GitHubServer, folder: Path, *, fork: bool = False, push: str | None = None
) -> Path:
    """The environment of a job on GitHub Actions; its step's summary file."""
    event = folder / "event.json"
    head = {"sha": HEAD, "repo": {"full_name": "someone/shop" if fork else server.repository}}
    pull = {"pull_request": {"number": 1, "head": head, "base": {"ref": "main"}}}
    event.write_text(json.dumps({} if push else pull), encoding="utf-8")
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": server.api_url,
        "GITHUB_SERVER_URL": server.url,
        "GITHUB_REPOSITORY": server.repository,
        "GITHUB_RUN_ID": "17",
        "GITHUB_SHA": push or "d" * 40,
        "GITHUB_REF": "refs/heads/main" if push else "refs/pull/1/merge",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_TOKEN": "workflow-token",
    }.items():
        monkeypatch.setenv(name, value)
    return folder / "summary.md"


def pipeline(monkeypatch: pytest.MonkeyPatch, server: GitLabServer) -> None:
    """The environment of a job in a merge request's pipeline."""
    number = server.add_pipeline(HEAD, request=1)
    for name, value in {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": server.api_url,
        "CI_SERVER_URL": server.url,
        "CI_PROJECT_PATH": server.project,
        "CI_PIPELINE_ID": str(number),
        "CI_COMMIT_SHA": HEAD,
        "CI_MERGE_REQUEST_IID": "1",
        "CI_JOB_URL": f"{server.url}/acme/shop/-/jobs/5",
        "GITLAB_TOKEN": "project-token",
    }.items():
        monkeypatch.setenv(name, value)


# --- comment ---


def test_a_pull_request_gets_comment_status_label_and_summary(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE, report("environment-production"))
    comment()
    (made,) = github.comments
    lines = made["body"].splitlines()
    assert lines[0].startswith("<!-- tanada:plan ")
    assert "environment-test" in made["body"]
    assert [(s["sha"], s["context"], s["state"]) for s in github.statuses] == [(HEAD, "tanada/plan", "success")]
    assert github.statuses[0]["target_url"].endswith("/acme/shop/actions/runs/17")
    assert github.label_names(1) == ["tanada: changes"]
    whole = (root / ".tanada" / "comment.md").read_text()
    assert summary.read_text().strip() == whole.strip() == made["body"].split("\n", 1)[1].strip()
    assert stat.S_IMODE((root / ".tanada" / "comment.md").stat().st_mode) == 0o600


def test_a_second_run_with_the_same_plans_writes_nothing(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment()
    github.calls.clear()
    comment()
    assert github.writes == []


def test_the_next_push_changes_the_comment_in_place(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment()
    first = github.comments[0]["id"]
    lost = change("aws_rds_cluster.main", "replace", destroys=True, danger="database")
    planned(root, report("environment-test", lost))
    comment()
    assert [made["id"] for made in github.comments] == [first]
    assert "aws_rds_cluster.main" in github.comments[0]["body"]
    assert github.label_names(1) == ["tanada: dangerous"]


def test_mistakes_in_the_declaration_take_the_place_of_the_plan_that_was_well(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment()
    (root / "environments" / "test.yaml").write_text("account: main\ndomain: [x\n")
    comment()
    (made,) = github.comments
    assert "1 mistake in the declaration" in made["body"].splitlines()[1]
    assert "environments/test.yaml:2:9: " in made["body"]
    assert "environment-test" not in made["body"]
    assert github.label_names(1) == ["tanada: failed"]
    assert github.statuses[-1]["state"] == "failure"
    assert github.statuses[-1]["description"] == "1 mistake in the declaration"


def test_a_run_that_never_began_takes_the_place_of_an_earlier_plan(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment()
    (tmp_path / "reports").mkdir()
    with pytest.raises(ForgeError, match="There is no report"):
        comment(merge=[tmp_path / "reports"])
    (made,) = github.comments
    assert "❌ **No stack was planned" in made["body"]
    assert github.statuses[-1]["state"] == "failure"


@pytest.mark.parametrize(
    "expect",
    [
        "environment-test environment-production",
        "test production",
        '{"include":[{"shard":"1","stacks":"environment-test"},{"shard":"2","stacks":"environment-production"}]}',
    ],
    ids=["names", "environments", "matrix"],
)
def test_a_shard_that_died_is_missed(
    expect: str, github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment(expect=expect)
    (made,) = github.comments
    assert "environment-production" in made["body"]
    assert "There is no report of it: its job ended before its plan." in made["body"]
    assert github.label_names(1) == ["tanada: failed"]


def test_before_any_plan_it_says_what_to_run(root: Path) -> None:
    with pytest.raises(TanadaError, match=r"^There is no report here: run tanada plan first, or name other jobs'"):
        comment(to="-")


@pytest.mark.parametrize("expect", ["environment-tset", '{"include":1}', "{"])
def test_what_names_no_stack_is_refused(expect: str, root: Path) -> None:
    planned(root, UPDATE)
    with pytest.raises(TanadaError, match=r"^(--expect|There is no stack \"environment-tset\";)"):
        comment(expect=expect, to="-")


def test_an_apply_speaks_in_a_comment_of_its_own_on_the_merged_pull_request(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root, UPDATE)
    comment()
    github.merge(1, MERGED)
    actions(monkeypatch, github, tmp_path, push=MERGED)
    planned(root, replace(UPDATE, step="apply", status="applied"))
    comment()
    assert [made["body"].splitlines()[0].split()[1] for made in github.comments] == ["tanada:plan", "tanada:apply"]
    assert [(s["sha"], s["context"]) for s in github.statuses] == [(HEAD, "tanada/plan"), (MERGED, "tanada/apply")]


def test_a_run_without_a_pull_request_writes_the_summary_and_says_so(
    github: GitHubServer,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = actions(monkeypatch, github, tmp_path, push=MERGED)
    planned(root, UPDATE)
    comment()
    assert "environment-test" in summary.read_text()
    assert github.comments == []
    assert "No pull request belongs to this run: the comment is in the job's summary." in capsys.readouterr().err


def test_a_forks_token_that_only_reads_leaves_the_summary_and_says_so(
    github: GitHubServer,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = actions(monkeypatch, github, tmp_path, fork=True)
    github.add_token("workflow-token", "github-actions[bot]", app=True, may=frozenset())
    planned(root, replace(UPDATE, offline=True))
    comment()
    assert "Made without credentials" in summary.read_text()
    assert github.comments == []
    assert "comes from a fork" in capsys.readouterr().err


def test_a_missing_permission_is_an_error_after_the_summary(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = actions(monkeypatch, github, tmp_path)
    github.add_token("workflow-token", "github-actions[bot]", app=True, may=frozenset({"statuses: write"}))
    planned(root, UPDATE)
    with pytest.raises(ForgeError, match="needs pull-requests: write in acme/shop"):
        comment()
    assert "environment-test" in summary.read_text()


def test_a_full_summary_takes_the_short_text_or_none(
    github: GitHubServer,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = actions(monkeypatch, github, tmp_path)
    summary.write_text("x" * ((1 << 20) - 10), encoding="utf-8")
    planned(root, UPDATE)
    comment()
    assert summary.stat().st_size == (1 << 20) - 10
    assert "The job's summary is full: the text is in .tanada/comment.md." in capsys.readouterr().err


def test_many_stacks_fit_the_comment_and_all_of_it_is_in_the_summary(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = actions(monkeypatch, github, tmp_path)
    for stack in range(60):
        changes = [change(f"aws_ssm_parameter.s{stack}_p{number}", "create") for number in range(60)]
        reports.write(root / ".tanada" / "reports", report(f"environment-e{stack}", *changes))
    comment()
    assert len(github.comments[0]["body"]) <= 65_536
    assert len(summary.read_text()) > 65_536
    assert "aws_ssm_parameter.s59_p59" in summary.read_text()


def test_a_merge_request_gets_note_status_and_the_widgets_report(
    gitlab: GitLabServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline(monkeypatch, gitlab)
    changes = [change("aws_a.a", "create"), change("aws_b.b", "replace", destroys=True), change("aws_c.c", "update")]
    planned(root, report("environment-test", *changes))
    comment()
    (note,) = gitlab.notes
    assert note["body"].startswith("<!-- tanada:plan ")
    assert [(s["sha"], s["name"], s["status"]) for s in gitlab.statuses] == [(HEAD, "tanada/plan", "success")]
    assert gitlab.statuses[0]["pipeline_id"] is not None
    written = json.loads((root / ".tanada" / "gitlab-terraform.json").read_text())
    assert written == {"create": 2, "update": 1, "delete": 1}
    gitlab.calls.clear()
    comment()
    assert gitlab.writes == []


def test_the_widget_counts_all_stacks() -> None:
    destroy = report("environment-old", change("aws_a.a", "destroy", destroys=True))
    failed = replace(UPDATE, label="environment-x", status="failed", summary=None)
    assert widget([UPDATE, destroy, failed]) == {"create": 0, "update": 1, "delete": 1}


def test_reports_of_other_jobs_are_merged(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for shard, label in (("1", "environment-test"), ("2", "environment-production")):
        reports.write(root / "in" / f"tanada-reports-{shard}", report(label, change("aws_a.a", "create")))
    comment(merge=[root / "in"], to="-")
    printed = capsys.readouterr().out
    assert "environment-test" in printed
    assert "environment-production" in printed


def test_without_a_forge_the_text_goes_to_a_file(root: Path) -> None:
    planned(root, UPDATE)
    comment(to="plan.md")
    assert "environment-test" in (root / "plan.md").read_text()


def test_a_run_that_never_began_is_not_called_unchanged(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    (root / "merged").mkdir()
    with pytest.raises(ForgeError, match="There is no report: the run before this ended before it looked"):
        comment(merge=[root / "merged"])
    assert github.writes == []


def test_a_plan_of_nothing_says_that_nothing_changes(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path)
    planned(root)
    comment()
    assert "Nothing changes" in github.comments[0]["body"]


def test_an_apply_of_nothing_leaves_the_plans_comment_as_it_is(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    github.merge(1, MERGED)
    reports.empty(root / ".tanada" / "reports")
    reports.end(root / ".tanada" / "reports", "apply")
    comment()
    assert github.writes == []


def test_no_forge_and_no_file_is_refused_with_what_to_give(root: Path) -> None:
    planned(root, UPDATE)
    with pytest.raises(ForgeError, match="--to FILE"):
        comment()


def test_flags_lead_to_the_pull_request_without_any_ci(
    github: GitHubServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", github.api_url)
    monkeypatch.setenv("GH_TOKEN", "workflow-token")
    planned(root, UPDATE)
    comment(pull_request=1, forge="github", repository="acme/shop")
    assert len(github.comments) == 1
    assert github.statuses[0]["sha"] == HEAD


def test_a_teams_own_template_is_used(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "templates").mkdir()
    (root / "templates" / "plan_comment.md.j2").write_text("Ours: {{ page.headline }}", encoding="utf-8")
    planned(root, UPDATE)
    comment(to="-")
    assert capsys.readouterr().out.startswith("Ours: ")


def test_a_template_that_is_no_text_is_one_sentence(root: Path) -> None:
    (root / "templates").mkdir()
    for name, verb in (("plan_comment.md.j2", comment), ("drift_issue.md.j2", drift)):
        (root / "templates" / name).write_bytes(b"\xff\xfe")
        planned(root, UPDATE)
        with pytest.raises(TanadaError, match=f"templates/{name} can't be read"):
            verb(to="-")


def test_the_token_stands_nowhere(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own: neither printed, nor written, nor in what a failing call says."""
    actions(monkeypatch, github, tmp_path)
    token = "ghs_verysecret1234567890"
    github.add_token(token, "github-actions[bot]", app=True)
    monkeypatch.setenv("GITHUB_TOKEN", token)
    planned(root, UPDATE)
    program = "from tanada.cli import main; main()"
    for fails in (False, True):
        if fails:
            github.fail(401, path=".*/comments", message="Bad credentials")
        ended = subprocess.run(
            [sys.executable, "-c", program, "comment"], capture_output=True, text=True, check=False, timeout=300
        )
        assert ended.returncode == (2 if fails else 0), ended.stderr
        assert "Traceback" not in ended.stderr
        assert token not in ended.stdout + ended.stderr
    files = [file for file in [*root.rglob("*"), *tmp_path.glob("*.md")] if file.is_file()]
    assert not [file for file in files if token.encode() in file.read_bytes()]


# --- drift ---


def drifted() -> list[Report]:
    found = Summary("1.11.4", (), 3, drift=(Drift("aws_ecs_service.web", gone=False),))
    return [replace(report(label), summary=found if label == "environment-test" else None) for label in STACKS]


def test_the_drift_issue_opens_stays_and_closes_itself(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    planned(root, *drifted())
    drift()
    (number,) = [n for n in github.issues if n != 1]
    assert github.issues[number]["body"].startswith("<!-- tanada:drift ")
    assert "aws_ecs_service.web" in github.issues[number]["body"]
    github.calls.clear()
    monkeypatch.setenv("GITHUB_RUN_ID", "18")
    planned(root, *(replace(each, created_at="2026-01-03T03:04:05+00:00") for each in drifted()))
    drift()
    assert github.writes == []  # the next night finds the same
    planned(root, *(report(label) for label in STACKS))
    drift()
    assert github.issues[number]["state"] == "closed"
    assert [made["body"] for made in github.comments] == [CLOSING]


def test_the_nightly_issue_names_what_runs_on_a_version_whose_support_ends(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (root / "system.yaml").read_text(encoding="utf-8")
    old = text.replace("  stores:\n", '  stores:\n    jobs: {cache: {engine: redis, version: "5"}}\n', 1)
    (root / "system.yaml").write_text(old, encoding="utf-8")
    planned(root, *(report(label) for label in STACKS))
    drift(to="-")
    said = capsys.readouterr().out
    assert "- jobs: standard support of redis 5 ended on 2026-01-31: from then on AWS charges extended support" in said


def test_a_stack_without_a_report_keeps_the_issue_open(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    planned(root, *(report(label) for label in STACKS[:3]))
    with pytest.raises(TanadaError, match="no report of environment-production"):
        drift()
    assert github.writes == []


def test_a_stack_without_a_report_is_named_beside_what_drifted(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    planned(root, *(each for each in drifted() if each.label != "environment-production"))
    drift()
    (number,) = [n for n in github.issues if n != 1]
    assert "aws_ecs_service.web" in github.issues[number]["body"]
    assert "environment-production" in github.issues[number]["body"]
    assert "There is no report of it" in github.issues[number]["body"]


# --- approved ---


def packed(root: Path, *made: Report) -> bytes:
    for each in made:
        reports.write(root / "pack", each)
    return zipped({file.name: file.read_bytes() for file in (root / "pack").iterdir()})


def test_the_reports_of_the_merged_pull_request_are_fetched(
    github: GitHubServer,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    github.merge(1, MERGED)
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}-1", packed(root, UPDATE))
    (root / "ok").mkdir()
    approved(Path("ok"))
    assert reports.read([root / "ok"]) == [UPDATE]
    assert "1 report of pull request 1" in capsys.readouterr().out


def test_a_pull_request_that_changed_no_stack_approves_nothing_and_says_so(
    github: GitHubServer,
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    github.merge(1, MERGED)
    reports.end(root / "pack", "plan")
    github.add_artifact(github.add_run(HEAD), f"tanada-reports-{HEAD}", packed(root))
    approved(Path("ok"))
    assert reports.read([root / "ok"]) == []
    assert reports.ended([root / "ok"]) == {"plan"}
    assert "0 reports of pull request 1" in capsys.readouterr().out


def test_the_reports_of_a_merge_request_are_fetched(
    gitlab: GitLabServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline(monkeypatch, gitlab)
    gitlab.merge(1, MERGED)
    gitlab.add_job(gitlab.requests[1]["head_pipeline"]["id"], "tanada plan", packed(root, UPDATE))
    approved(Path("ok"), commit=MERGED)
    assert reports.read([root / "ok"]) == [UPDATE]


def test_a_commit_that_no_pull_request_made_is_refused(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    with pytest.raises(ForgeError, match="No pull request was merged as cccccccccccc") as refused:
        approved(Path("ok"))
    assert refused.value.exit_code == 2
    assert not (root / "ok").exists()


def test_a_bad_archive_leaves_nothing_behind(
    github: GitHubServer, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    github.merge(1, MERGED)
    run = github.add_run(HEAD)
    github.add_artifact(run, f"tanada-reports-{HEAD}-1", packed(root, UPDATE))
    github.add_artifact(run, f"tanada-reports-{HEAD}-2", zipped({"../evil.json": "{}"}))
    with pytest.raises(ForgeError, match="leads outside"):
        approved(Path("ok"))
    assert not (root / "ok").exists()
    assert not list(root.glob(".approved-*"))


def test_a_folder_with_old_reports_is_refused(root: Path) -> None:
    planned(root, UPDATE)
    with pytest.raises(ForgeError, match="is not empty"):
        approved(Path(".tanada/reports"))
