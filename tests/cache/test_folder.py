"""Where caches lie: one rule for all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tanada.cache.folder import folder, place, read


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
    made.chmod(0o700)
    made.parent.chmod(0o770)
    assert folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth") is None, "nor what lies below such a one"
    made.parent.chmod(0o700)
    made.rename(tmp_path / "moved")
    made.symlink_to(tmp_path / "moved")
    assert folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth") is None
    (tmp_path / "file").write_text("")
    assert folder({"XDG_CACHE_HOME": str(tmp_path / "file")}, "synth") is None


def test_a_file_that_is_ours_alone_is_read(tmp_path: Path) -> None:
    (tmp_path / "entry").write_bytes(b"what was kept")
    assert read(tmp_path / "entry") == b"what was kept"
    assert read(tmp_path / "missing") is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_read(tmp_path: Path, mode: int) -> None:
    (tmp_path / "entry").write_bytes(b"another's")
    (tmp_path / "entry").chmod(mode)
    assert read(tmp_path / "entry") is None


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "entry").write_bytes(b"ours")
    (tmp_path / "link").symlink_to("entry")
    os.mkfifo(tmp_path / "pipe")
    assert [read(tmp_path / name) for name in ("link", "pipe", ".")] == [None, None, None]


def test_what_another_owns_is_neither_read_nor_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    made = folder(environ, "synth")
    assert made is not None
    (made / "entry").write_bytes(b"ours")
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)
    assert read(made / "entry") is None
    assert folder(environ, "synth") is None


def test_the_folder_above_must_be_ours_alone_too(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    assert folder(environ, "synth") is not None
    (tmp_path / "tanada").chmod(0o770)
    assert folder(environ, "synth") is None


@pytest.mark.parametrize("link", ["tanada", "tanada/synth"])
def test_a_link_in_its_place_is_not_followed(tmp_path: Path, link: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "synth").mkdir(parents=True)
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(elsewhere)
    assert folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth") is None
    assert list((elsewhere / "synth").iterdir()) == []


def test_a_folder_above_that_is_made_is_for_us_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        assert folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth") is not None
        assert folder({"XDG_CACHE_HOME": str(tmp_path)}, "synth") is not None
    finally:
        os.umask(before)
    assert (tmp_path / "tanada").stat().st_mode & 0o777 == 0o700
