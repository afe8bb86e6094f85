"""What is damaged or another's is not read; what is not used goes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tanada.stacks.fast import derived
from tanada.stacks.fast.derived import Cache
from tanada.stacks.fast.imports import compiled

HARMS: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "cut": lambda content: content[:-9],
    "emptied": lambda _content: b"",
    "longer": lambda content: content + b"1",
}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    (tmp_path / "own").mkdir()
    (tmp_path / "shipped").mkdir()
    return Cache(tmp_path / "own", tmp_path / "shipped")


def never() -> bytes:
    raise AssertionError("it is there")


def age(path: Path, days: float) -> None:
    then = time.time() - days * 24 * 60 * 60
    os.utime(path, (then, then))


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_content_is_made_anew(cache: Cache, harm: str) -> None:
    cache.write("set-1", b"what was derived")
    assert bytes(cache.ensure({"set-1": never})["set-1"]) == b"what was derived"
    file = cache.folder / "set-1"
    file.write_bytes(HARMS[harm](file.read_bytes()))
    assert cache.read("set-1") is None
    assert cache.ensure({"set-1": lambda: b"made anew"})["set-1"] == b"made anew"
    assert bytes(cache.read("set-1") or b"") == b"made anew"


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_shipped_is_used_while_it_is_sound(cache: Cache, tmp_path: Path, harm: str) -> None:
    Cache(tmp_path / "shipped").write("set-1", b"shipped")
    assert bytes(cache.ensure({"set-1": never})["set-1"]) == b"shipped"
    file = tmp_path / "shipped" / "set-1"
    file.write_bytes(HARMS[harm](file.read_bytes()))
    assert cache.ensure({"set-1": lambda: b"made anew"})["set-1"] == b"made anew"


def test_code_has_the_same_name_and_bytes_in_whatever_order_a_folder_is_listed(tmp_path: Path) -> None:
    """Else what is shipped fits the machine alone that made it."""
    files = {f"constructs.{name}": tmp_path / f"{name}.py" for name in "abc"}
    for name, file in files.items():
        file.write_text(f"NAME = {name!r}\n")
    made: list[dict[str, bytes]] = []
    for order in (files, dict(reversed(files.items()))):
        folder = tmp_path / f"own-{len(made)}"
        folder.mkdir()
        compiled(Cache(folder, tmp_path / "nothing"), order)
        made.append({file.name: file.read_bytes() for file in folder.glob("code-*")})
    assert len(made[0]) == 1
    assert made[0] == made[1]


def test_a_damaged_part_alone_is_missing(cache: Cache) -> None:
    made = cache.parts("code-1", lambda: {"a": b"first", "b": b"second"})
    assert [bytes(made.get(name) or b"") for name in ("a", "b", "c")] == [b"first", b"second", b""]
    file = cache.folder / "code-1"
    file.write_bytes(HARMS["flipped"](file.read_bytes()))
    known = cache.parts("code-1", lambda: {"a": never()})
    assert (bytes(known.get("a") or b""), known.get("b")) == (b"first", None)


def test_what_others_may_write_is_made_anew(cache: Cache) -> None:
    cache.write("set-1", b"ours")
    (cache.folder / "set-1").chmod(0o620)
    assert cache.read("set-1") is None
    package, program = cache.keep_file(b"ours", ".tgz"), cache.keep_program({"a.js": b"1", "b.js": b"2"})
    assert cache.file(package) == cache.folder / package
    assert cache.program(program, ("a.js", "b.js")) == cache.folder / program
    (cache.folder / package).rename(cache.folder / "elsewhere")
    (cache.folder / package).symlink_to("elsewhere")
    (cache.folder / program / "b.js").chmod(0o602)
    assert cache.file(package) is None
    assert cache.program(program, ("a.js", "b.js")) is None
    assert (cache.keep_file(b"ours", ".tgz"), cache.keep_program({"a.js": b"1", "b.js": b"2"})) == (package, program)
    assert cache.file(package) is not None
    assert cache.program(program, ("a.js", "b.js")) is not None


def test_of_a_bounded_size_the_longest_unused_goes(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "MOST_BYTES", 4000)
    program = cache.keep_program({"a.js": b"a" * 500, "b.js": b"b" * 500})
    package = cache.keep_file(b"p" * 1000, ".tgz")
    for name in ("code-1", "set-1"):
        cache.write(name, b"c" * 900)
    for days, pattern in ((10, package), (20, "set-1"), (30, "program-*/*"), (40, "code-1")):
        for path in cache.folder.glob(pattern):
            age(path, days)
    # Reading is using.
    assert cache.program(program, ("a.js", "b.js")) is not None
    assert cache.read("code-1") is not None
    cache.write("v8-1", b"v" * 900)
    kept = {path.name for path in cache.folder.iterdir() if path.name != ".lock-writing"}
    assert kept == {program, package, "code-1", "v8-1"}
    for path in cache.folder.glob("program-*/*"):
        age(path, 50)
    cache.write("source-1", b"s" * 900)
    kept = {path.name for path in cache.folder.iterdir() if path.name != ".lock-writing"}
    assert kept == {package, "code-1", "v8-1", "source-1"}


def test_what_belongs_to_a_set_that_is_made_stays_though_it_was_there_before(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of less than an hour ago, so that to have read it made it no younger."""
    monkeypatch.setattr(derived, "MOST_BYTES", 4000)
    package, program = cache.keep_file(b"p" * 1000, ".tgz"), cache.keep_program({"a.js": b"a" * 500})
    cache.write("code-1", b"c" * 2000)
    for days, pattern in ((0.03, package), (0.02, "program-*/*"), (0.01, "code-1")):
        for path in cache.folder.glob(pattern):
            age(path, days)
    assert cache.keep_file(b"p" * 1000, ".tgz") == package
    assert cache.keep_program({"a.js": b"a" * 500}) == program
    cache.write("set-1", b"s" * 900)
    assert cache.file(package) == cache.folder / package
    assert cache.program(program, ("a.js",)) == cache.folder / program
    assert cache.read("code-1") is None


def test_what_a_killed_run_or_an_earlier_version_left_goes_with_the_next_writing(cache: Cache) -> None:
    (cache.folder / ".new-set-1").write_bytes(b"half")
    (cache.folder / ".lock-pieces").touch()
    cache.write("set-2", b"whole")
    left = {path.name for path in cache.folder.iterdir()}
    assert left == {"set-2", ".lock-writing"}


def test_what_cannot_be_written_leaves_nothing_half_written(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, content: bytes) -> None:
        with self.open("wb") as file:
            file.write(content[:4])
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="no space left"):
            cache.write("set-1", b"what was derived")
    assert [path.name for path in cache.folder.iterdir()] == [".lock-writing"]
