"""A cache for fast loading that was filled once, apart from the user's own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.build_hook import SHIPPED, copied, ship
from tests.stacks.fast.programs import APPS, ROOT, SECONDS, environment, kept

PROCESSES = 6


@dataclass(frozen=True)
class Crowd:
    """What processes came to that were all started on one empty cache."""

    folder: Path
    ends: Sequence[tuple[int, str]]
    """Exit code and stderr of each."""
    kept: Sequence[str]
    """The names of what they left in the cache."""

    @property
    def cache(self) -> Path:
        """A value for XDG_CACHE_HOME."""
        return self.folder / "xdg"

    @property
    def outputs(self) -> list[Path]:
        return [self.folder / f"out-{number}" for number in range(len(self.ends))]


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that ships nothing: all is derived into the user's cache."""
    return copied(ROOT, tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="session")
def shipping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that ships what is derived; tests don't write there."""
    root = copied(ROOT, tmp_path_factory.mktemp("shipping"))
    if (ROOT / SHIPPED).is_dir():  # made anew where it doesn't fit
        shutil.copytree(ROOT / SHIPPED, root / SHIPPED)
    ship(root)
    return root


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory, bare: Path) -> Crowd:
    folder = tmp_path_factory.mktemp("crowd")
    env = environment(folder / "tmp", bare, XDG_CACHE_HOME=str(folder / "xdg"))
    started = [
        subprocess.Popen(
            [sys.executable, str(APPS / "small.py"), str(folder / f"out-{number}")],
            env=env,
            cwd=bare,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    errors = [process.communicate(timeout=SECONDS)[1] for process in started]
    ends = [(process.returncode, said) for process, said in zip(started, errors, strict=True)]
    return Crowd(folder, ends, [path.name for path in kept(folder / "xdg")])


@pytest.fixture(scope="session")
def filled(crowd: Crowd) -> Path:
    """A value for XDG_CACHE_HOME; tests don't write there."""
    return crowd.cache


@pytest.fixture
def cache(filled: Path, tmp_path: Path) -> Path:
    """A copy of it for a test's own use."""
    shutil.copytree(filled, tmp_path / "xdg")
    return tmp_path / "xdg"


@pytest.fixture
def env(bare: Path, filled: Path, tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "tmp", bare, XDG_CACHE_HOME=str(filled))
