"""A cache for fast loading that was filled once, apart from the user's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.stacks.fast.programs import environment, run


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A value for XDG_CACHE_HOME; tests don't write there."""
    folder = tmp_path_factory.mktemp("cache")
    env = environment(folder / "tmp", XDG_CACHE_HOME=str(folder / "xdg"))
    assert run("small.py", folder / "out", env=env).stderr == ""
    return folder / "xdg"


@pytest.fixture
def cache(filled: Path, tmp_path: Path) -> Path:
    """A copy of it for a test's own use."""
    shutil.copytree(filled, tmp_path / "xdg")
    return tmp_path / "xdg"


@pytest.fixture
def env(filled: Path, tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "tmp", XDG_CACHE_HOME=str(filled))
