"""Files that are written together: all or none, whatever stands in the way."""

from __future__ import annotations

import ast
import errno
import os
from pathlib import Path

import pytest

from tanada import files
from tanada.cli.reports import write_markdown

OURS = Path(str(files.__file__)).parent


@pytest.fixture
def three(tmp_path: Path) -> dict[Path, bytes | str]:
    """One that is there, one that is not, one in a folder that is not."""
    (tmp_path / "a").write_text("old")
    (tmp_path / "gone").write_text("old")
    return {tmp_path / "a": "new", tmp_path / "b": b"new", tmp_path / "c" / "d": "new"}


def below(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*")) if file.is_file()}


BEFORE = {"a": "old", "gone": "old"}


def test_all_are_written_and_nothing_is_left_beside(three: dict[Path, bytes | str], tmp_path: Path) -> None:
    files.replace_files(three, gone=[tmp_path / "gone"], mode=0o640)
    assert below(tmp_path) == {"a": "new", "b": "new", "c/d": "new"}
    assert {path.stat().st_mode & 0o777 for path in three} == {0o640}


@pytest.mark.parametrize("which", ["a", "b", "d"])
@pytest.mark.parametrize("door", ["staged", "moved"])
@pytest.mark.parametrize("links", [True, False])
def test_where_one_of_them_fails_all_is_as_it_was(
    which: str, door: str, links: bool, three: dict[Path, bytes | str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged, replace = files._staged, Path.replace
    failed: list[Path] = []

    def fail(path: Path) -> None:
        if path.name == which and not failed:
            failed.append(path)
            raise OSError(errno.ENOSPC, "No space left on device")

    def full(path: Path, content: bytes | str, mode: int) -> Path:
        if door == "staged":
            fail(path)
        return staged(path, content, mode)

    def stuck(new: Path, path: Path) -> Path:
        if door == "moved":
            fail(path)
        return replace(new, path)

    def none(*_paths: Path, **_how: bool) -> None:
        raise OSError(errno.ENOTSUP, "no links")

    monkeypatch.setattr(files, "_staged", full)
    monkeypatch.setattr(Path, "replace", stuck)
    if not links:
        monkeypatch.setattr(os, "link", none)
    with pytest.raises(OSError, match="No space left"):
        files.replace_files(three, gone=[tmp_path / "gone"])
    assert failed
    assert below(tmp_path) == BEFORE


def test_a_folder_in_the_place_of_a_file_stays(three: dict[Path, bytes | str], tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(IsADirectoryError):
        files.replace_files(three)
    assert below(tmp_path) == BEFORE


@pytest.mark.parametrize("write", [files.write_private, files.replace_file])
def test_of_one_that_does_not_fit_the_older_stays(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a").write_text("old")

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "a", "new")
    assert below(tmp_path) == {"a": "old"}


def test_markdown_goes_to_what_a_link_leads_to_and_to_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "to").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "to")
    write_markdown(str(tmp_path / "link"), "new")
    assert (tmp_path / "to").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    write_markdown(os.devnull, "new")
    assert not Path(os.devnull).is_file()


IN_PLACE = {
    "cli/reports.py": "a pipe or a terminal that the user named",
    "cli/people.py": "a new file, which goes again where a key can't be written into it",
    "crash_report.py": "a traceback, the last that happens",
    "templates/__init__.py": "into a folder that is moved when all is there",
    "cache/synth.py": "likewise",
    "stacks/fast/derived.py": "likewise",
    "terraform/blobs.py": "likewise",
    "forge/archives.py": "likewise: tanada/cli/approved.py",
}
"""Files that write where a file may be, and why that leaves no half."""


def test_whoever_writes_in_place_says_why() -> None:
    """Else: replace_file, replace_files, write_private."""
    found = set()
    for path in sorted(OURS.rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
        opens = any(
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "open"
            and any(isinstance(each, ast.Attribute) and each.attr == "O_EXCL" for each in ast.walk(call))
            for call in calls
        )
        if names & {"write_text", "write_bytes"} or opens:
            found.add(str(path.relative_to(OURS)))
    assert found - {"files.py", "cache/store.py"} == set(IN_PLACE)
