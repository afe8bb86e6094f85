"""No link is a declaration, wherever it leads: nothing outside the system is read, and none of it is quoted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tanada.cache.sources import read
from tests.cli.program import GOOD, ROOT, tanada

LINK = "is a link; a declaration consists of the files in its own folder, so put what it leads to in its place"


def _file(root: Path, outside: Path) -> str:
    (root / "environments/other.yaml").symlink_to(outside / "secret.yaml")
    return f"environments/other.yaml:1:1: {LINK}"


def _own(root: Path, _: Path) -> str:
    """Not even one to a file of the same folder: two environments would be one text."""
    (root / "environments/other.yaml").symlink_to("test.yaml")
    return f"environments/other.yaml:1:1: {LINK}"


def _dead(root: Path, _: Path) -> str:
    (root / "environments/other.yaml").symlink_to("nowhere")
    return f"environments/other.yaml:1:1: {LINK}"


def _folder(root: Path, outside: Path) -> str:
    shutil.move(root / "environments", outside / "environments")
    (root / "environments").symlink_to(outside / "environments")
    return f"environments/:1:1: {LINK}"


def _review(root: Path, outside: Path) -> str:
    (root / "workspaces").mkdir(exist_ok=True)
    (root / "workspaces/review.yaml").unlink(missing_ok=True)
    (root / "workspaces/review.yaml").symlink_to(outside / "secret.yaml")
    return f"workspaces/review.yaml:1:1: {LINK}"


def _workspaces(root: Path, outside: Path) -> str:
    shutil.rmtree(root / "workspaces", ignore_errors=True)
    (root / "workspaces").symlink_to(outside)
    return f"workspaces/:1:1: {LINK}"


def _system(root: Path, outside: Path) -> str:
    shutil.move(root / "system.yaml", outside / "system.yaml")
    (root / "system.yaml").symlink_to(outside / "system.yaml")
    return f"system.yaml:1:1: {LINK}"


CASES = [_file, _own, _dead, _folder, _review, _workspaces, _system]


def system(tmp_path: Path, case: Callable[[Path, Path], str]) -> tuple[Path, str]:
    root, outside = tmp_path / "system", tmp_path / "outside"
    shutil.copytree(GOOD, root)
    shutil.copy(ROOT / "main.py", root)
    outside.mkdir()
    (outside / "secret.yaml").write_text("account: main\npassword: do-not-quote-me\n")
    return root, case(root, outside)


@pytest.mark.parametrize("case", CASES)
def test_a_link_is_refused_in_one_sentence_at_its_place(case: Callable[[Path, Path], str], tmp_path: Path) -> None:
    root, sentence = system(tmp_path, case)
    checked = tanada("check", folder=root)
    assert checked.returncode == 2
    assert sentence in checked.stderr
    assert "do-not-quote-me" not in checked.stdout + checked.stderr
    assert "password" not in checked.stdout + checked.stderr


@pytest.mark.parametrize("verb", ["synth", "show", "plan", "matrix", "ci"])
def test_every_verb_refuses_it(verb: str, tmp_path: Path) -> None:
    root, sentence = system(tmp_path, _file)
    more = {"plan": ["--offline"], "show": ["test"], "matrix": ["--forge", "github"], "ci": ["github"]}
    said = tanada(verb, *more.get(verb, []), folder=root)
    assert (said.returncode, sentence in said.stdout + said.stderr) == (2, True), said.stdout + said.stderr
    assert "do-not-quote-me" not in said.stdout + said.stderr


@pytest.mark.parametrize("case", CASES)
def test_the_cache_knows_no_sources_behind_a_link(case: Callable[[Path, Path], str], tmp_path: Path) -> None:
    environ = {**os.environ, "TANADA_CACHE": "1"}
    assert read(GOOD, environ) is not None
    root, _ = system(tmp_path, case)
    assert read(root, environ) is None
