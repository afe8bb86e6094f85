"""What a run that was killed leaves behind is never green; and what comes with a commit is nobody's report."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tanada.cli.approved import approved
from tanada.cli.comment import comment
from tanada.cli.drift import drift
from tanada.errors import TerraformError
from tanada.terraform import reports
from tanada.terraform.approval import check_person, in_its_turn, left_out
from tanada.terraform.handed import check
from tanada.terraform.process import Processes
from tests.cli.test_comment import (  # noqa: F401 - fixtures
    MERGED,
    UPDATE,
    actions,
    github,
    gitlab,
    planned,
    report,
    root,
)
from tests.forge.server import GitHubServer


def test_a_killed_apply_comments_red(
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    actions(monkeypatch, github, tmp_path, push=MERGED)
    github.merge(1, MERGED)
    place = tmp_path / "merged" / "tanada-applied"
    reports.empty(place)
    reports.write(place, report("common-main", step="apply"))
    comment(merge=[tmp_path / "merged"])
    [said] = github.comments
    assert "## ❌ **The run ended before its end**" in said["body"]
    assert "Nothing changes" not in said["body"]
    [status] = github.statuses
    assert (status["state"], status["description"]) == ("failure", "The run ended before its end")


def test_of_several_jobs_each_must_have_come_to_its_end(
    github: GitHubServer,  # noqa: F811
    root: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    actions(monkeypatch, github, tmp_path)
    for job, label in (("1", "environment-test"), ("2", "common-main")):
        reports.empty(tmp_path / "merged" / job)
        reports.write(tmp_path / "merged" / job, report(label))
    reports.end(tmp_path / "merged" / "1", "plan")
    comment(merge=[tmp_path / "merged"])
    assert github.statuses[-1]["state"] == "failure"
    reports.end(tmp_path / "merged" / "2", "plan")
    comment(merge=[tmp_path / "merged"])
    assert github.statuses[-1]["state"] == "success"


def repository(folder: Path) -> None:
    for words in (["init", "--quiet"], ["add", "--force", "."]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def refused(folder: Path, why: str) -> None:
    with pytest.raises(TerraformError, match=why):
        check([folder], os.environ, Processes())


def test_reports_that_come_with_a_commit_are_refused_by_all_who_read_reports(root: Path) -> None:  # noqa: F811
    planned(root, UPDATE)
    repository(root)
    for folder in (".tanada/reports", ".tanada", str(root / ".tanada" / "reports")):
        refused(Path(folder), r"the repository itself holds .*\.tanada/reports/")
    for merge in (None, [Path(".tanada")]):
        with pytest.raises(TerraformError, match="came with a commit"):
            comment(merge=merge, to="-")
        with pytest.raises(TerraformError, match="came with a commit"):
            drift(merge=merge, to="-")
    (root / ".tanada" / "reports" / "new.json").write_text("{}")
    with pytest.raises(TerraformError, match="a commit must not bring its own reports"):
        approved(Path(".tanada/reports"))


def test_a_file_that_was_committed_and_is_gone_from_the_checkout_counts_too(root: Path) -> None:  # noqa: F811
    planned(root, UPDATE)
    repository(root)
    for file in (root / ".tanada" / "reports").iterdir():
        file.unlink()
    refused(Path(".tanada/reports"), "the repository itself holds")


@pytest.mark.parametrize("link", [".tanada/approved", ".tanada", "deep/a", "outside"])
def test_a_link_on_the_way_is_refused(link: str, root: Path, tmp_path: Path) -> None:  # noqa: F811
    """`.tanada/approved -> …` is followed by whoever opens it."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "approved" / "a").mkdir(parents=True)
    repository(root)
    named = {".tanada/approved": ".tanada/approved", ".tanada": ".tanada/approved", "deep/a": "deep"}.get(link)
    if named is None:
        (tmp_path / "there").symlink_to(elsewhere)
        return refused(tmp_path / "there", "there is a link")
    place = root / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(elsewhere)
    return refused(Path(named), f"{link} is a link: name a folder of its own")


def test_what_another_job_handed_over_is_read(root: Path, tmp_path: Path) -> None:  # noqa: F811
    repository(root)
    reports.empty(tmp_path / "handed")
    reports.write(tmp_path / "handed", UPDATE)
    check([tmp_path / "handed", tmp_path / "not yet there"], os.environ, Processes())
    reports.empty(root / "untracked")
    check([Path("untracked")], os.environ, Processes())


def test_a_repository_that_git_will_not_read_is_not_taken_for_none(
    root: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repository(root)
    # git's own switch for "somebody else's", as a container's job finds its checkout
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("HOME", str(root))
    refused(Path(".tanada/reports"), "git can't read the repository: fatal: detected dubious ownership")


def test_nobodys_word_approves_nothing() -> None:
    with pytest.raises(TerraformError, match="an event started this run"):
        check_person(["0" * 12], in_ci=True, person=None)
    check_person(["0" * 12], in_ci=True, person="kim")
    check_person(["0" * 12], in_ci=False, person=None)
    check_person([], in_ci=True, person=None)


def test_what_is_written_before_a_turn_is_nothing_to_be_called_well() -> None:
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load
    from tanada.terraform.layout import Target

    target = Target(inventory(load(Path.cwd()))[0])
    assert [left_out(target, None).status, in_its_turn(target).status] == ["not applied", "interrupted"]
