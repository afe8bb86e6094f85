"""What `make demo` sets up: all that the README's commands need, in the repository, too, that `tanada init` writes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As it is before anything was installed, as far as make looks."""
    for name in ("Makefile", "requirements-dev.txt", "pyproject.toml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def would_run(clone: Path, target: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make", "-n", target], cwd=clone, env=kept, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_demo_installs_what_lays_pictures_out_and_nothing_else_of_node(clone: Path) -> None:
    said = would_run(clone, "demo")
    assert "npm ci --omit=dev" in said
    assert said.index("npm ci --omit=dev") < said.index("scripts/demo.sh")
    assert [*json.loads((clone / "package.json").read_text())["dependencies"]] == ["elkjs"]
    locked = json.loads((clone / "package-lock.json").read_text())["packages"]
    assert [name for name, each in locked.items() if name and not each.get("dev")] == ["node_modules/elkjs"]


def test_what_is_there_is_not_installed_again(clone: Path) -> None:
    picture = clone / "node_modules" / "elkjs" / "package.json"
    picture.parent.mkdir(parents=True)
    picture.touch()
    assert "npm ci --omit=dev" not in would_run(clone, "demo")


STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> asked
case "$*" in
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/pip ;;
*--editable*) mkdir -p tanada/stacks/fast/shipped && touch tanada/stacks/fast/shipped/models ;;
*scripts.build_hook*) touch tanada/stacks/fast/shipped ;;
*scripts/models.py*) touch tanada/stacks/fast/shipped/models ;;
esac
"""


def test_what_the_installation_has_prepared_is_prepared_again_after_edits_alone(clone: Path) -> None:
    source, other = clone / "tanada" / "stacks" / "a.py", clone / "tanada" / "b.py"
    for file in (source, other, clone / "scripts" / "prerequisites.sh", clone / "python"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(STUB)
        file.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    models = "tanada/stacks/fast/shipped/models"

    def asked() -> list[str]:
        (clone / "asked").unlink(missing_ok=True)
        subprocess.run(["make", "PYTHON=./python", models], cwd=clone, env=kept, check=True, capture_output=True)
        return (clone / "asked").read_text().splitlines() if (clone / "asked").exists() else []

    def edit(file: Path) -> None:
        later = (clone / models).stat().st_mtime + 1
        os.utime(file, (later, later))

    prepared = ("python -m scripts.build_hook", "python scripts/models.py")
    installing = asked()
    assert any("--editable" in each for each in installing)
    assert not {*prepared} & {*installing}
    assert asked() == []
    edit(source)
    assert prepared[0] in asked()
    os.utime(source, (0, 0))
    edit(other)
    assert asked() == [prepared[1]]
