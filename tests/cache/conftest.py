"""A team and a cache folder of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cache.stand_in import Synth, environment, team


@pytest.fixture(autouse=True)
def only_what_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest itself has imported tests from places that a synth never sees."""
    monkeypatch.setattr("tanada.cache.loaded_from_elsewhere", lambda _root: [])


@pytest.fixture
def synth(tmp_path: Path) -> Synth:
    return Synth(team(tmp_path / "kakei", "test", "www"), environment(tmp_path / "cache"))
