"""What a declaration may take in below `files/`, and nothing that lies elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tanada.data_files import LARGEST, UnfitError, said, text


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "system" / "files" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.txt").write_text("secret")
    (tmp_path / "system" / "files" / "deep" / "right.txt").write_bytes("\ufeffé ${x}\r\n{y}".encode())
    return tmp_path / "system"


def test_a_text_is_as_it_is(root: Path) -> None:
    assert text(root, "files/deep/right.txt") == "\ufeffé ${x}\r\n{y}"


@pytest.mark.parametrize(
    "name",
    [
        "", "files", "files/", "/etc/passwd", "system.yaml", "files/../system.yaml", "files/..", "files/./a",
        "files//a", "files/a/", "../elsewhere/secret.txt", "files/a\\b", "files/a\nb", "files/a\0b", "./files/a",
        "Files/a", "files/a.", "~/a", "files/" + "a" * 300, "files/" + "a/" * 30 + "a",
    ],
)  # fmt: skip
def test_no_name_leads_elsewhere(root: Path, name: str) -> None:
    with pytest.raises(UnfitError, match="expected a file below files/"):
        text(root, name)


def test_no_link_is_followed(root: Path) -> None:
    (root / "files" / "file.txt").symlink_to(root / "files" / "deep" / "right.txt")
    (root / "files" / "folder").symlink_to(root.parent / "elsewhere")
    with pytest.raises(UnfitError, match=r"files/file\.txt is a link; put what it leads to in its place"):
        text(root, "files/file.txt")
    with pytest.raises(UnfitError, match="files/folder is a link"):
        text(root, "files/folder/secret.txt")
    (root / "files").rename(root / "others")
    (root / "files").symlink_to(root / "others")
    with pytest.raises(UnfitError, match="files is a link"):
        text(root, "files/deep/right.txt")
    assert [*said(root)] == [("files", b"link")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a" * LARGEST, None),
        (b"a" * (LARGEST + 1), "is larger than 32 KiB"),
        (b"a\xff", "byte 0xff in files/x is not UTF-8"),
        ("né".encode("latin-1"), "byte 0xe9 in files/x is not UTF-8"),
        (b"a\0", "holds a byte that is 0"),
        ("a".encode("utf-16"), "holds a byte that is 0"),
    ],
)
def test_what_is_no_text_or_too_long_is_refused(root: Path, data: bytes, sentence: str | None) -> None:
    (root / "files" / "x").write_bytes(data)
    if sentence is None:
        assert text(root, "files/x") == data.decode()
    else:
        with pytest.raises(UnfitError, match=sentence):
            text(root, "files/x")


def test_what_is_no_plain_file_is_refused_at_once(root: Path) -> None:
    os.mkfifo(root / "files" / "pipe")
    for name in ("files/pipe", "files/deep"):
        with pytest.raises(UnfitError, match="is no plain file"):
            text(root, name)
    with pytest.raises(UnfitError, match=r"there is no files/gone\.txt"):
        text(root, "files/gone.txt")


def test_whatever_becomes_of_a_file_is_said(root: Path) -> None:
    file = root / "files" / "deep" / "right.txt"
    seen = [[*said(root)]]
    for data in (b"", b"large", b"a" * (LARGEST + 1), b"b"):
        file.write_bytes(data)
        seen.append([*said(root)])
    file.unlink()
    seen.append([*said(root)])
    file.symlink_to(root / "system.yaml")
    seen.append([*said(root)])
    assert all(one != other for number, one in enumerate(seen) for other in seen[:number])
