"""Where caches lie: one rule for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.cache.folder import folder, place


def test_the_users_cache_folder_is_the_one_that_xdg_names_else_the_one_at_home() -> None:
    assert place({"XDG_CACHE_HOME": "/cache", "HOME": "/home/a"}, "synth") == Path("/cache/tanada/synth")
    assert place({"HOME": "/home/a"}, "synth") == Path("/home/a/.cache/tanada/synth")
    assert place({"XDG_CACHE_HOME": "cache", "HOME": "/home/a"}, "plugins") == Path("/home/a/.cache/tanada/plugins")


def test_without_a_home_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", nobody)
    assert place({}, "synth") is None
    assert folder({}, "synth") is None


def test_it_is_made_for_us_alone(tmp_path: Path) -> None:
    made = folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth")
    assert made == tmp_path / "tanada" / "synth"
    assert made.stat().st_mode & 0o777 == 0o700


def test_what_others_may_write_or_what_is_a_file_is_none(tmp_path: Path) -> None:
    made = folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth")
    assert made is not None
    made.chmod(0o770)
    assert folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth") is None
    (tmp_path / "file").write_text("")
    assert folder({"XDG_CACHE_HOME": str(tmp_path / "file")}, "synth") is None
