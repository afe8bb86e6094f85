"""`tanada take`: what a pull request asks for, into a checkout of its base."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.program import GOOD, ROOT, tanada
from tests.terraform.repository import commit, git, repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout of a base."""
    made = repository(tmp_path / "repository")
    shutil.copytree(GOOD, made, dirs_exist_ok=True)
    shutil.copy(ROOT / "main.py", made)
    (made / ".gitignore").write_text(".tanada/\ncdktf.out/\n")
    commit(made, "base")
    git(made, "branch", "base")
    return made


def asked(root: Path) -> str:
    head = commit(root, "head")
    git(root, "checkout", "--quiet", "--detach", "base")
    return head


def test_declarations_are_taken_and_nothing_is_run(root: Path) -> None:
    (root / "environments/new.yaml").write_text("account: main\ndomain: new.example.jp\nremoval: delete\n")
    head = asked(root)
    ran = tanada("take", head, folder=root)
    assert (ran.returncode, ran.stdout) == (0, "plan\n"), ran.stderr
    assert "It changes declarations alone." in ran.stderr
    assert (root / "environments/new.yaml").is_file()
    again = tanada("take", head, folder=root)
    assert again.returncode == 2
    assert "needs a checkout as it was committed" in again.stderr
    refused = tanada("destroy", "environment-new", "--offline", "--yes", folder=root)
    assert refused.returncode == 2
    assert f"holds what {head[:12]} asks for, which nobody has approved" in refused.stderr
    planned = tanada("plan", "--offline", folder=root)
    assert planned.returncode == 2
    assert "plan it with --changed-since HEAD" in planned.stderr


def test_a_redirect_is_said_with_what_to_do(root: Path) -> None:
    file = root / "system.yaml"
    file.write_text(file.read_text().replace("111111111111", "333333333333"))
    ran = tanada("take", asked(root), folder=root)
    assert (ran.returncode, ran.stdout) == (0, "offline\n")
    assert "Nothing of it is planned with credentials: accounts.main.id changes." in ran.stderr


def test_mistakes_in_what_was_taken_are_said_by_the_next_command(root: Path) -> None:
    (root / "environments/new.yaml").write_text("account: nowhere\n")
    assert tanada("take", asked(root), folder=root).returncode == 0
    ran = tanada("plan", "--changed-since", "HEAD", folder=root)
    assert ran.returncode == 2
    assert "environments/new.yaml" in ran.stderr


@pytest.mark.parametrize("words", [("f" * 40,), ("--upload-pack=evil",), ("base", "--label", "tanada: plan")])
def test_what_cannot_be_taken_is_one_sentence(root: Path, words: tuple[str, ...]) -> None:
    ran = tanada("take", *words, folder=root)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert not (root / ".tanada/taken").exists()


def test_jobs_are_dealt_out_for_what_differs_in_it(root: Path) -> None:
    (root / "environments/new.yaml").write_text("account: main\ndomain: new.example.jp\n")
    assert tanada("take", asked(root), folder=root).returncode == 0
    ran = tanada("matrix", "--forge", "github", "--changed-since", "HEAD", folder=root)
    assert ran.returncode == 0, ran.stderr
    [job] = json.loads(ran.stdout)["include"]
    assert "environment-new" in job["stacks"].split()
    assert "environment-test" not in job["stacks"].split()
