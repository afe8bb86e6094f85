"""`tanada init`: a team's repository, all of it or nothing."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tanada.declarations.loader import load
from tanada.errors import TemplateError
from tanada.templates import write_repository
from tanada.templates.wheel import Wheel
from tests.templates.wheels import small

ROOT = Path(__file__).parents[2]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    write_repository(tmp_path / "kitchen", small)
    return tmp_path / "kitchen"


def test_the_repository_declares_a_system_of_its_own_name(team: Path) -> None:
    system = load(team)
    assert system.name == "kitchen"
    assert set(system.environments) == {"test", "test2", "production"}


def test_no_role_of_it_trusts_a_repository_that_the_team_did_not_name(team: Path) -> None:
    assert all(account.common.ci is None for account in load(team).accounts.values())
    assert "  # ci: {github: owner/repository}" in (team / "system.yaml").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "main.py",
        "cdktf.json",
        ".terraform-version",
        ".terraform-image",
        "scripts/terraform-docker.sh",
    ],
)
def test_what_teams_share_is_byte_for_byte_tanadas_own(name: str, team: Path) -> None:
    assert (team / name).read_bytes() == (ROOT / name).read_bytes()
    assert not (team / name).is_symlink()


def test_tanada_itself_goes_along_by_its_hash_and_by_no_name(team: Path) -> None:
    listed = (team / "requirements.txt").read_text()
    wheel = small()
    assert (team / "vendor" / wheel.name).read_bytes() == wheel.content
    assert listed == f"{(ROOT / 'requirements.txt').read_text()}./vendor/{wheel.name} --hash=sha256:{wheel.digest}\n"
    assert not re.search(r"install .*tanada", (team / "README.md").read_text())


def test_git_keeps_the_wheel_as_it_is_and_hides_it_nowhere(team: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=team, check=True)
    wheel = f"vendor/{small().name}"
    ignored = subprocess.run(["git", "check-ignore", "--quiet", wheel], cwd=team, check=False)
    assert ignored.returncode == 1
    asked = ["git", "check-attr", "text", "linguist-generated", "--", wheel]
    said = subprocess.run(asked, cwd=team, check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == [f"{wheel}: text: unset", f"{wheel}: linguist-generated: unspecified"]


def test_of_a_wheel_that_cannot_be_made_nothing_is_written(tmp_path: Path) -> None:
    def none() -> Wheel:
        raise TemplateError("tanada/errors.py differs")

    with pytest.raises(TemplateError, match=r"errors\.py differs"):
        write_repository(tmp_path / "kitchen", none)
    assert list(tmp_path.iterdir()) == []


def test_the_script_can_be_run(team: Path) -> None:
    assert os.access(team / "scripts" / "terraform-docker.sh", os.X_OK)


def test_no_template_and_no_placeholder_is_left(team: Path) -> None:
    names = [str(file.relative_to(team)) for file in team.rglob("*") if file.is_file()]
    assert not [name for name in names if name.endswith(".j2")]
    assert "gitignore" not in names
    assert "{{" not in (team / "README.md").read_text()
    assert "# kitchen" in (team / "README.md").read_text()


def test_an_empty_folder_may_be_there_already(tmp_path: Path) -> None:
    (tmp_path / "kitchen").mkdir()
    assert "system.yaml" in write_repository(tmp_path / "kitchen", small)


def test_a_clone_without_a_file_may_be_there_too(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path / "kitchen"], check=True)
    assert "system.yaml" in write_repository(tmp_path / "kitchen", small)
    assert load(tmp_path / "kitchen").name == "kitchen"
    assert (tmp_path / "kitchen" / ".git" / "HEAD").is_file()
    assert [each.name for each in tmp_path.iterdir()] == ["kitchen"]


def test_a_link_to_an_empty_folder_names_the_system(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "kitchen").symlink_to(tmp_path / "disk")
    write_repository(tmp_path / "kitchen", small)
    assert (tmp_path / "kitchen").is_symlink()
    assert load(tmp_path / "disk").name == "kitchen"


def test_of_a_folder_that_cannot_take_all_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kitchen").mkdir()
    rename = Path.rename

    def full(path: Path, target: Path) -> Path:
        if target.name == "system.yaml" and target.parent.name == "kitchen" and target.parent.parent == tmp_path:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space left"):
        write_repository(tmp_path / "kitchen", small)
    assert list((tmp_path / "kitchen").iterdir()) == []


@pytest.mark.parametrize("name", ["Kitchen", "kit_chen", "1st", "a" * 21, "kitchen-", "台所"])
def test_a_name_that_no_system_may_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="can't name a system"):
        write_repository(tmp_path / name, small)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "kitchen").mkdir()
    (tmp_path / "kitchen" / "notes").write_text("mine")
    with pytest.raises(TemplateError, match="not empty"):
        write_repository(tmp_path / "kitchen", small)
    assert [each.name for each in (tmp_path / "kitchen").iterdir()] == ["notes"]


def test_a_folder_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="make it first"):
        write_repository(tmp_path / "nowhere" / "kitchen", small)
