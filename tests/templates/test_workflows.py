"""`tanada ci`: which files, what is refused, and that nothing is overwritten or half-written."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tanada.declarations.loader import load
from tanada.errors import TemplateError
from tanada.templates.workflows import GITLAB_INCLUDE, workflows, write_workflows
from tests.templates.ci.systems import system

ROOT = Path(__file__).parents[2]
TEXTS = {"a/one.yml": "one\n", "two.yml": "two\n"}


def ci(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from tanada.cli import main; main()", "ci", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture
def team(tmp_path: Path) -> Path:
    for name in ("system.yaml", "environments", "workspaces"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def test_files_are_written_once_and_then_unchanged(team: Path) -> None:
    first, second = ci(team, "github"), ci(team, "github")
    assert first.returncode == second.returncode == 0
    for name in ("plan", "apply", "drift"):
        path = f".github/workflows/tanada-{name}.yml"
        assert f"{path}: written" in first.stdout
        assert f"{path}: unchanged" in second.stdout
        assert (team / path).read_text() == workflows("github", load(team))[path]


def test_where_images_have_folders_whoever_plans_fetches_the_whole_history(team: Path) -> None:
    """The commit that last changed a folder is unknown to a shallow clone; GitLab's jobs have no such clone at all."""

    def whole(text: str) -> dict[str, bool]:
        jobs = YAML(typ="safe").load(text)["jobs"]
        steps = {name: json.dumps(job["steps"]) for name, job in jobs.items()}
        return {name: "fetch-depth" in each for name, each in steps.items() if "tanada plan" in each or "--all" in each}

    def deep() -> dict[str, set[bool]]:
        texts = workflows("github", load(team))
        return {
            name: {*whole(texts[f".github/workflows/tanada-{name}.yml"]).values()}
            for name in ("plan", "apply", "drift")
        }

    assert deep() == {"plan": {True}, "apply": {False}, "drift": {False}}
    system_file = team / "system.yaml"
    said = "images: {web: {folder: services/web}, backend: {}}"
    system_file.write_text(system_file.read_text().replace("images: [web, backend]", said))
    assert deep() == {"plan": {True}, "apply": {True}, "drift": {True}}


def test_a_file_that_differs_is_kept_and_nothing_else_written(team: Path) -> None:
    mine = team / ".github" / "workflows" / "tanada-plan.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine\n")
    refused = ci(team, "github")
    assert refused.returncode == 2
    assert ".github/workflows/tanada-plan.yml: there already" in refused.stderr
    assert "--force" in refused.stderr
    assert [path.name for path in mine.parent.iterdir()] == ["tanada-plan.yml"]
    assert mine.read_text() == "mine\n"
    assert ci(team, "github", "--force").returncode == 0
    assert mine.read_text() != "mine\n"


def test_a_forge_that_no_role_trusts_is_refused(team: Path) -> None:
    refused = ci(team, "gitlab")
    assert refused.returncode == 2
    assert "common.ci in system.yaml names no repository on gitlab" in refused.stderr
    assert "ci: {gitlab: group/project}" in refused.stderr
    assert not (team / ".gitlab-ci.yml").exists()


def test_gitlab_waits_for_the_teams_image(team: Path) -> None:
    file = team / "system.yaml"
    file.write_text(re.sub(r"(?m)^  ci: .*$", "  ci: {gitlab: example/kakei}", file.read_text()))
    said = "No job starts before you have written its image into .gitlab/tanada-image.yml."
    assert said in ci(team, "gitlab").stdout
    (team / ".gitlab" / "tanada-image.yml").write_text(".tanada-image: {image: registry.example.jp/tanada@sha256:0}\n")
    assert said not in ci(team, "gitlab").stdout


@pytest.mark.parametrize("kind", ["jenkins", "codebuild"])
def test_a_ci_with_an_identity_of_its_own_needs_no_word_in_the_declaration(kind: str, team: Path) -> None:
    system_file = team / "system.yaml"
    system_file.write_text("".join(line for line in system_file.open() if not line.startswith("  ci:")))
    assert ci(team, kind).returncode == 0


def test_a_teams_own_gitlab_file_stays_when_it_includes_ours(tmp_path: Path) -> None:
    texts = workflows("gitlab", system("gitlab"))
    own = tmp_path / ".gitlab-ci.yml"
    own.write_text("stages: [build, test, deploy]\n")
    with pytest.raises(TemplateError, match=r"add these lines to it, or say --force to replace it:\ninclude:"):
        write_workflows(tmp_path, texts, force=False)
    assert not (tmp_path / ".gitlab").exists()
    own.write_text(f"stages: [build, test, deploy]\n{GITLAB_INCLUDE}")
    assert write_workflows(tmp_path, texts, force=False)[".gitlab-ci.yml"] is False
    assert own.read_text().startswith("stages:")


def test_files_are_for_all_to_read_and_no_scrap_is_left(tmp_path: Path) -> None:
    assert write_workflows(tmp_path, TEXTS, force=False) == {"a/one.yml": True, "two.yml": True}
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(TEXTS)
    assert {(tmp_path / path).stat().st_mode & 0o777 for path in TEXTS} == {0o644}


def test_an_account_without_ci_has_no_job() -> None:
    both = system("github")
    alone = both.accounts["production"]
    changed = alone.model_copy(update={"common": alone.common.model_copy(update={"ci": None})})
    without = both.model_copy(update={"accounts": {**both.accounts, "production": changed}})
    assert "production" not in workflows("github", without)[".github/workflows/tanada-apply.yml"]


def test_the_same_declaration_gives_the_same_bytes() -> None:
    for kind in ("github", "gitlab", "jenkins", "codebuild"):
        assert workflows(kind, system(kind)) == workflows(kind, system(kind))
