"""A repository that holds the script, in a folder with a blank in its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "a repository"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "terraform-docker.sh", folder / "scripts")
    shutil.copy(ROOT / ".terraform-image", folder)
    return folder
