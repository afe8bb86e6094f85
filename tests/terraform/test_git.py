"""Which commit to compare with, and its files: in real repositories, full and shallow."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tanada.errors import TerraformError
from tanada.terraform.git import checkout, files_differ, merge_base
from tanada.terraform.process import Processes
from tests.terraform.repository import ENVIRON, clone, commit, git, repository


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """`feature` left `main` 150 commits ago, and both went on."""
    made = repository(tmp_path / "origin")
    commit(made, "parted", file="one")
    git(made, "tag", "parted")
    git(made, "switch", "--quiet", "--create", "feature")
    for number in range(150):
        git(made, "commit", "--quiet", "--allow-empty", "--message", f"feature {number}")
    git(made, "switch", "--quiet", "main")
    commit(made, "main goes on", other="two")
    return made


def base(folder: Path, ref: str, **environ: str) -> str:
    return merge_base(folder, ref, {**ENVIRON, **environ}, Processes())


def parted(origin: Path) -> str:
    return git(origin, "rev-parse", "parted")


def refusal(folder: Path, ref: str) -> str:
    with pytest.raises(TerraformError) as refused:
        base(folder, ref)
    text = str(refused.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize("ref", ["main", "origin/main", "parted", "refs/remotes/origin/main", "HEAD~150"])
def test_in_a_full_clone_the_base_is_where_head_parted(origin: Path, tmp_path: Path, ref: str) -> None:
    here = clone(origin, tmp_path / "here", "--branch=feature")
    assert base(here, ref) == parted(origin)


@pytest.mark.parametrize("ref", ["main", "origin/main", "parted"])
def test_a_shallow_clone_of_one_branch_is_deepened_until_both_meet(origin: Path, tmp_path: Path, ref: str) -> None:
    here = clone(origin, tmp_path / "here", "--branch=feature", "--depth=1", "--single-branch")
    assert base(here, ref) == parted(origin)
    assert base(here, ref) == parted(origin)


def test_a_pull_requests_merge_commit_is_deepened_too(origin: Path, tmp_path: Path) -> None:
    git(origin, "switch", "--quiet", "--create", "merged", "main")
    git(origin, "merge", "--quiet", "--no-edit", "feature")
    git(origin, "update-ref", "refs/pull/7/merge", "HEAD")
    git(origin, "switch", "--quiet", "main")
    git(origin, "branch", "--quiet", "-D", "merged")
    tip = git(origin, "rev-parse", "main")
    # As actions/checkout does.
    here = repository(tmp_path / "here")
    git(here, "remote", "add", "origin", f"file://{origin}")
    git(here, "fetch", "--quiet", "--depth=1", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")
    git(here, "checkout", "--quiet", "--detach", "refs/remotes/pull/7/merge")
    assert base(here, "origin/main") == tip
    assert base(here, tip) == tip


def test_a_commit_that_a_shallow_clone_lacks_is_fetched_by_its_id(origin: Path, tmp_path: Path) -> None:
    here = clone(origin, tmp_path / "here", "--branch=feature", "--depth=1", "--single-branch")
    assert base(here, parted(origin)) == parted(origin)


def test_commits_that_nobody_else_has_are_no_hindrance(origin: Path, tmp_path: Path) -> None:
    here = clone(origin, tmp_path / "here", "--branch=feature", "--depth=1", "--single-branch")
    commit(here, "mine", mine="x")
    assert base(here, "main") == parted(origin)


def test_no_fetch_where_all_is_known(origin: Path, tmp_path: Path) -> None:
    here = clone(origin, tmp_path / "here", "--branch=feature")
    git(here, "remote", "set-url", "origin", "file:///nowhere")
    assert base(here, "main") == parted(origin)


def test_an_unknown_ref_is_one_sentence(origin: Path, tmp_path: Path) -> None:
    here = clone(origin, tmp_path / "here")
    assert refusal(here, "nope") == (
        "There is no commit nope here or at origin; name a branch, a tag or a whole commit id. "
        "git says: fatal: couldn't find remote ref refs/tags/nope"
    )
    assert refusal(here, "--help").startswith("There is no commit --help here")
    assert refusal(here, "").startswith("A commit to compare with is needed")


def test_a_token_in_the_remotes_url_is_not_said(origin: Path, tmp_path: Path) -> None:
    here = clone(origin, tmp_path / "here", "--branch=feature", "--depth=1", "--single-branch")
    git(here, "remote", "set-url", "origin", "http://ci:geheim@127.0.0.1:1/origin.git")
    assert "geheim" not in refusal(here, "main")
    assert "geheim" not in refusal(here, "HEAD~5")


def test_a_shallow_clone_whose_remote_is_gone_says_so(origin: Path, tmp_path: Path) -> None:
    here = clone(origin, tmp_path / "here", "--depth=1", "--no-single-branch", "--branch=feature")
    git(here, "remote", "set-url", "origin", "file:///nowhere")
    assert refusal(here, "main").startswith("This clone is shallow, and its history can't be fetched from origin")


def test_histories_without_a_common_commit_are_refused(tmp_path: Path) -> None:
    here = repository(tmp_path / "here")
    commit(here, "one")
    git(here, "switch", "--quiet", "--orphan", "other")
    commit(here, "two")
    assert refusal(here, "main") == "HEAD and main have no commit in common, so nothing can be compared."


def test_without_a_repository_or_a_commit_nothing_is_compared(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    with pytest.raises(TerraformError, match=r"is not in a git repository, so nothing can be compared: begin one"):
        base(folder, "main", GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert refusal(repository(tmp_path / "new"), "main").startswith("The repository has no commit yet")


def test_a_hooks_variables_do_not_lead_elsewhere(origin: Path, tmp_path: Path) -> None:
    here = clone(origin, tmp_path / "here", "--branch=feature")
    elsewhere = repository(tmp_path / "elsewhere")
    assert base(here, "main", GIT_DIR=str(elsewhere / ".git"), GIT_INDEX_FILE="nope") == parted(origin)


# --- its files -------------------------------------------------------------------------------------------------------


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def files(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.parametrize("below", ["", "infra/kakei"])
def test_the_systems_files_are_as_they_were(tmp_path: Path, temporary: Path, below: str) -> None:
    here = repository(tmp_path / "here")
    system = here / below
    system.mkdir(parents=True, exist_ok=True)
    (system / ".gitattributes").write_text("environments export-ignore\n")
    (system / "run.sh").write_text("#!/bin/sh\n")
    (system / "run.sh").chmod(0o755)
    (system / "link").symlink_to("system.yaml")
    first = commit(system, environments__test="test", system="one")
    commit(system, system="two")
    with checkout(system, first, ENVIRON, Processes()) as old:
        found = files(old)
        assert found["system"] == "one"
        assert found["environments/test"] == "test"
        assert os.access(old / "run.sh", os.X_OK)
        assert (old / "link").is_symlink()
        (private,) = temporary.iterdir()
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert not list(temporary.iterdir())


def test_of_a_monorepo_the_system_alone_is_written(tmp_path: Path, temporary: Path) -> None:
    here = repository(tmp_path / "here")
    first = commit(here, app__main="x" * 1000, infra__system="one")
    with checkout(here / "infra", first, ENVIRON, Processes()) as old:
        (private,) = temporary.iterdir()
        assert not list(private.rglob("main"))
        assert files(old) == {"system": "one"}


def test_a_commit_from_before_the_system_gives_an_empty_folder(tmp_path: Path) -> None:
    here = repository(tmp_path / "here")
    first = commit(here, readme="x")
    commit(here, infra__system="one")
    with checkout(here / "infra", first, ENVIRON, Processes()) as old:
        assert files(old) == {}


def test_index_working_tree_and_worktrees_stay_as_they_are(tmp_path: Path) -> None:
    here = repository(tmp_path / "here")
    first = commit(here, system="one", other="one")
    commit(here, system="two")
    (here / "system").write_text("staged")
    git(here, "add", "system")
    (here / "system").write_text("edited")
    (here / "new").write_text("new")
    hook = here / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch hooked\n")
    hook.chmod(0o755)

    def seen() -> tuple[bytes, str, str, dict[str, str]]:
        return (
            (here / ".git" / "index").read_bytes(),
            git(here, "worktree", "list"),
            git(here, "for-each-ref"),
            {file.name: file.read_text() for file in here.iterdir() if file.name != ".git"},
        )

    before = seen()
    with checkout(here, first, ENVIRON, Processes()):
        files_differ(here, first, ("system",), ENVIRON, Processes())
    assert seen() == before


def test_the_folder_goes_with_an_error_too(tmp_path: Path, temporary: Path) -> None:
    here = repository(tmp_path / "here")
    first = commit(here, system="one")
    with pytest.raises(KeyboardInterrupt), checkout(here, first, ENVIRON, Processes()):
        raise KeyboardInterrupt
    assert not list(temporary.iterdir())


def test_which_of_some_paths_differ(tmp_path: Path) -> None:
    here = repository(tmp_path / "here")
    first = commit(here, tanada__a="1", modules__b="1", modules__c="1", system="1")
    names = ("tanada", "modules", "system", "nope")

    def differ() -> tuple[str, ...]:
        return files_differ(here, first, names, ENVIRON, Processes())

    assert differ() == ()
    (here / "modules" / "new").write_text("untracked")
    assert differ() == ("modules",)
    commit(here, tanada__a="2")
    (here / "system").unlink()
    assert differ() == ("tanada", "modules", "system")
