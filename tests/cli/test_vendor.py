"""`tanada vendor`, and the wheel that `tanada init` brings along."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tanada.templates import wheel
from tests.templates.wheels import built

from .program import ROOT, tanada


def test_a_new_repository_has_the_wheel_of_this_tanada_already(tmp_path: Path) -> None:
    ended = tanada("init", "kitchen", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    team = tmp_path / "kitchen"
    file = team / "vendor" / built().name
    assert file.read_bytes() == built().content

    ended = tanada("vendor", folder=team / "environments")
    assert (ended.returncode, ended.stdout) == (0, f"vendor/{file.name}: unchanged, sha256 {built().digest}.\n")

    file.write_bytes(b"something else")
    ended = tanada("vendor", folder=team)
    assert ended.stdout == (f"vendor/{file.name}: was changed by hand, and is written anew, sha256 {built().digest}.\n")
    assert file.read_bytes() == built().content


def test_built_anew_it_has_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every build of a run is the first (tests/forked.py)."""
    before = built()
    monkeypatch.setattr(wheel, "_built", inspect.unwrap(wheel._built))
    assert wheel.installed() == before


def test_a_new_repository_without_a_name_is_not_written_where_we_are(tmp_path: Path) -> None:
    folder = tmp_path / "kitchen"
    folder.mkdir()
    ended = tanada("init", "", folder=folder)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "The new folder has no name: say it, as in tanada init my-system\n"
    assert list(folder.iterdir()) == []


def test_in_tanadas_own_repository_it_is_refused() -> None:
    ended = tanada("vendor", folder=ROOT)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "This is Tanada's own repository" in ended.stderr
    assert not (ROOT / "vendor").exists()


def test_whoever_has_workflows_written_is_told_where_no_job_could_install_tanada(tmp_path: Path) -> None:
    text = (ROOT / "system.yaml").read_text()
    (tmp_path / "system.yaml").write_text(text)
    (tmp_path / "requirements.txt").write_text("tanada==0.1.0\n")
    said = tanada("ci", "jenkins", folder=tmp_path).stdout
    assert "No job can install Tanada before it lies in vendor/, its hash in requirements.txt: tanada vendor." in said
    (tmp_path / "requirements.txt").write_text(
        "./vendor/tanada-0.1.0-py3-none-any.whl --hash=sha256:" + 64 * "0" + "\n"
    )
    assert "No job can install" not in tanada("ci", "jenkins", folder=tmp_path).stdout
