"""A change that decides what runs is never called none: the JSON doesn't show it, so every stack counts as changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.terraform.what_runs import deciding, sentence
from tests.terraform.test_changes_since import STACKS, Team, team  # noqa: F401 - a fixture


@pytest.mark.parametrize(
    "file",
    [
        "main.py",
        "helper.py",
        "json.pyc",
        "json.cpython-311-x86_64-linux-gnu.so",
        "yaml/__init__.py",
        "deep/er/module.py",
        "sitecustomize.py",
        "requirements.txt",
        "requirements-dev.txt",
        "package-lock.json",
        "scripts/terraform-docker.sh",
        "extensions/environment.py",
        "extensions/template.json",
        "templates/plan_comment.md.j2",
        "vendor/tanada.whl",
        ".terraform-image",
        ".terraform-version",
        ".terraform.lock.hcl",
        ".terraform/providers/x",
        ".terraformrc",
        "terraform.tfvars",
        "x.auto.tfvars.json",
        "zz_override.tf",
        "docs/a-b/zz.tf.json",
        "terraform.tfstate",
        ".tanada/approved/environment-test.json",
        ".Tanada/reports/x",
        "cdktf.out/stacks/environment-test/zz.tf",
        "docs/a-b/cdktf.out/x",
        "evil.pth",
        "docs/a-b/sitecustomize.py",
        "usercustomize.py",
        "pyproject.toml",
        "uv.toml",
        "Pipfile",
        "pip.conf",
        "docs/a-b/pip.ini",
        ".npmrc",
        "npm-shrinkwrap.json",
        "node_modules/jsii/bin.js",
        ".venv/bin/python",
        ".gitattributes",
        "environments/.gitattributes",
        ".env",
        "Makefile",
        ".python-version",
        ".tool-versions",
        "Scripts/x.sh",
        "VENDOR/tanada.whl",
        "Templates/x.j2",
        ".GitHub/workflows/x.yml",
        "docs/a-b/Node_Modules/x",
        "Helper.PY",
        "evil.egg-link",
        "docs/a-b/Evil.EGG-LINK",
        "evil.egg-info",
        "evil.egg-info/entry_points.txt",
        "evil-1.0.dist-info/entry_points.txt",
        "docs/a-b/evil.dist-info/METADATA",
    ],
)
@pytest.mark.parametrize("prefix", ["", "infra/", "teams/shop/"])
def test_what_runs_beside_the_declaration_decides(file: str, prefix: str, tmp_path: Path) -> None:
    assert deciding([prefix + file], prefix, tmp_path) == (prefix + file,)


@pytest.mark.parametrize(
    "file",
    [
        *(".github/workflows/x.yml", ".gitlab-ci.yml", ".gitlab/tanada.yml", "Jenkinsfile", "buildspec-plan.yml"),
        *(".GitHub/workflows/x.yml", ".GITLAB/tanada.yml"),
        *("CODEOWNERS", "docs/CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "Docs/CodeOwners"),
    ],
)
def test_what_a_ci_reads_decides_wherever_the_system_lies(file: str, tmp_path: Path) -> None:
    assert deciding([file], "infra/", tmp_path) == (file,)


@pytest.mark.parametrize(
    "file",
    [".gitattributes", "teams/.gitattributes", ".npmrc", "package.json", "node_modules/x", "teams/node_modules/x/y.js"],
)
def test_what_is_sought_upward_decides_from_above(file: str, tmp_path: Path) -> None:
    assert deciding([file], "teams/shop/", tmp_path) == (file,)
    assert deciding([f"other/{file}"], "teams/shop/", tmp_path) == ()


@pytest.mark.parametrize(
    "file", ["system.yaml", "environments/test.yaml", "workspaces/review.yaml", "README.md", "docs/a-b/x.py", "files/x"]
)
def test_declarations_and_texts_decide_nothing(file: str, tmp_path: Path) -> None:
    assert deciding([file], "", tmp_path) == ()


def test_what_lies_elsewhere_in_a_monorepo_decides_nothing(tmp_path: Path) -> None:
    assert deciding(["app/main.py", "infrastructure/main.py"], "infra/", tmp_path) == ()


def test_a_link_may_be_a_package(tmp_path: Path) -> None:
    (tmp_path / "json").symlink_to("/tmp")
    assert deciding(["json"], "", tmp_path) == ("json",)


def test_the_sentence_names_them_and_shows_no_control_character() -> None:
    assert sentence(()) is None
    said = sentence(("scripts/\x1b[2Jx.sh",))
    assert said is not None
    assert "\x1b" not in said
    many = sentence(tuple(f"m{number:02}.py" for number in range(25)))
    assert many is not None
    assert "m19.py, and 5 more)" in many


@pytest.mark.parametrize("file", ["yaml.pyc", "scripts/x.sh", ".terraform-image", "helper.py"])
def test_every_stack_counts_as_changed_and_the_comment_says_why(file: str, team: Team) -> None:  # noqa: F811
    team.write(file, "changed")
    changed = team.changed()
    assert list(changed.stacks) == STACKS
    assert changed.reason == f"What decides what runs changed (infra/{file}), so every stack counts as changed."


def test_a_repository_that_becomes_tanadas_own_is_not(team: Team) -> None:  # noqa: F811
    for package in ("tanada", "modules"):
        team.write(f"{package}/__init__.py", "")
    assert list(team.changed().stacks) == STACKS
