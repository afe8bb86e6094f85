"""Reports out of archives that a stranger may have packed."""

from __future__ import annotations

import stat
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tanada.errors import ForgeError
from tanada.forge import archives
from tanada.forge.archives import download, extract
from tanada.forge.base import Archive
from tanada.forge.github import retry
from tests.forge.server import GitHubServer
from tests.forge.zips import zipped


def archive(files: dict[str, str | bytes]) -> Archive:
    return Archive("tanada-reports", zipped(files))


def test_reports_are_taken_from_the_root_and_from_a_folder_reports_and_nothing_else(tmp_path: Path) -> None:
    packed = {
        "common-main.json": "1",
        ".tanada/reports/environment-test.json": "2",
        ".tanada/gitlab-terraform.json": "no",
        ".tanada/comment.md": "no",
        "run.sh": "no",
        "reports/": "",
    }
    assert extract(archive(dict(packed)), tmp_path / "in") == 2
    written = {file.name: file.read_text() for file in (tmp_path / "in").iterdir()}
    assert written == {"common-main.json": "1", "environment-test.json": "2"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "in").iterdir()} == {0o600}


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "reports/../../evil.json", "a\\..\\evil.json", "C:evil.json"]
)
def test_a_path_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ForgeError, match="leads outside"):
        extract(archive({name: "{}"}), tmp_path / "in")
    assert not list(tmp_path.rglob("*.json"))


def test_a_link_is_refused(tmp_path: Path) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        entry = zipfile.ZipInfo("link.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    with pytest.raises(ForgeError, match="leads outside"):
        extract(Archive("a", buffer.getvalue()), tmp_path)


def test_a_bomb_is_refused_by_what_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "CONTENT_LIMIT", 2 << 20)
    with pytest.raises(ForgeError, match="unpacks to more than 2 MiB"):
        extract(archive({"a.json": b"0" * (1 << 20), "b.json": b"0" * (3 << 20)}), tmp_path)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "ENTRIES_LIMIT", 2)
    with pytest.raises(ForgeError, match="holds 3 files"):
        extract(archive({f"{n}.json": "" for n in range(3)}), tmp_path)


def test_two_reports_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match=r"two reports a\.json"):
        extract(archive({"a.json": "1", "reports/a.json": "2"}), tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"no zip", zipped({"a.json": "text" * 99})[:-30]], ids=["empty", "text", "cut"]
)
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ForgeError, match="no zip file"):
        extract(Archive("a", content), tmp_path)


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.json": bytes(range(256)) * 40}))
    for place in range(60, 90):
        content[place] ^= 0xFF
    with pytest.raises(ForgeError, match="no zip file"):
        extract(Archive("a", bytes(content)), tmp_path)


def test_places_outside_the_file_and_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    whole = zipped({"ä.json": "text"})
    for content in (
        whole[:-6] + b"\xff\xff\xff\x7f" + whole[-2:],  # where the directory begins
        whole.replace("ä".encode(), b"\xff\xff"),
    ):
        with pytest.raises(ForgeError, match="no zip file"):
            extract(Archive("a", content), tmp_path)


@pytest.mark.parametrize(
    ("name", "method"), [("a.json", zipfile.ZIP_BZIP2), ("a.json", zipfile.ZIP_LZMA), (f"{'ä' * 126}.json", 0)]
)
def test_what_no_forge_packs_is_refused(tmp_path: Path, name: str, method: int) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        file.writestr(name, "text" * 99)
    with pytest.raises(ForgeError, match="which no forge packs like this"):
        extract(Archive("a", buffer.getvalue()), tmp_path)


def test_a_download_over_the_limit_is_refused(github: GitHubServer) -> None:
    artifact = github.add_artifact(github.add_run("a" * 40), "tanada-reports", b"0" * (2 << 20))
    url = f"{github.api_url}/repos/acme/shop/actions/artifacts/{artifact}/zip"
    with pytest.raises(ForgeError, match="larger than 1 MiB"):
        download(url, {"Authorization": "Bearer workflow-token", "User-Agent": "test"}, retry(), limit=1 << 20)
