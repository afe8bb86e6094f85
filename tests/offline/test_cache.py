"""The schemas' cache in the user's folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tanada.offline import cache, codec, schema
from tanada.offline.blocks import Attribute, Block, Schemas

SMALL = Schemas(Block({}, {}), {"aws_vpc": Block({"id": Attribute("string", computed=True)}, {})}, {})


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """How often schemas were derived; the cache lies in a folder of the test."""
    calls: list[Path] = []

    def build(archive: Path) -> Schemas:
        calls.append(archive)
        return SMALL

    monkeypatch.setattr(schema, "build", build)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return calls


def _file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "tanada" / "offline" / cache.key() / "schemas"


def test_schemas_are_derived_once(derived: list[Path], tmp_path: Path) -> None:
    assert cache.load() == cache.load() == codec.schema_response(SMALL)
    assert len(derived) == 1
    assert [path.name for path in _file(tmp_path).parent.iterdir()] == ["schemas"]


@pytest.mark.parametrize("content", [b"", b"damaged", b"\0" * 5000])
def test_a_damaged_cache_is_made_anew(derived: list[Path], tmp_path: Path, content: bytes) -> None:
    cache.load()
    _file(tmp_path).write_bytes(content)
    assert cache.load() == codec.schema_response(SMALL)
    assert len(derived) == 2
    cache.load()
    assert len(derived) == 2


def test_a_cut_off_cache_is_noticed(derived: list[Path], tmp_path: Path) -> None:
    cache.load()
    whole = _file(tmp_path).read_bytes()
    _file(tmp_path).write_bytes(whole[:-1])
    cache.load()
    assert _file(tmp_path).read_bytes() == whole


def test_other_code_or_another_version_is_another_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.key()
    monkeypatch.setattr("tanada.offline.bindings.version", lambda: "0.0.1")
    assert cache.key() != before


def test_without_a_home_the_temporary_folder_serves(
    derived: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = cache.cache_folder()
    assert folder == tmp_path / f"tanada-cache-{os.getuid()}" / "offline"
    cache.load()
    cache.load()
    assert len(derived) == 1


def test_without_any_folder_schemas_are_derived_each_time(
    derived: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    cache.load()
    cache.load()
    assert len(derived) == 2


def test_a_relative_cache_home_is_no_cache_home(
    derived: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")  # the XDG specification: ignore it
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / ".cache" / "tanada" / "offline"


def test_a_schema_survives_the_protocol() -> None:
    block = Block(
        {
            "name": Attribute("string", required=True),
            "tags": Attribute(["map", "string"], optional=True, computed=True),
            "secret_wo": Attribute("string", optional=True, sensitive=True, write_only=True),
        },
        {},
    )
    message = codec.schema_response(Schemas(block, {}, {}))
    kept = type(message).FromString(message.SerializeToString())
    assert codec.from_message(kept.provider.block) == block
    assert b"secret_wo" in kept.SerializeToString()
    assert b"\x58\x01" in kept.SerializeToString()  # write_only, field 11 of protocol 6.8
