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
