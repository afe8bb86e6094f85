"""`tanada restore`: a line in the environment's file, or a sentence and nothing written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tanada.cli.restore import restore
from tanada.declarations.loader import load
from tanada.errors import TanadaError

SYSTEM = """\
system: kakei
tanada: "0.1"
accounts:
  main: {id: 111111111111, region: ap-northeast-1}
common: {hosted_zones: [example.jp], images: [web]}
blueprint:
  services: {web: {image: web, reach: [db]}}
  stores:
    db: {database: {engine: postgres, version: "17", backups: 7d}}
    files: {bucket: {}}
"""
AGO = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:00Z")
TEST = "account: main  # ours\ndomain: test.example.jp\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (
        ("system.yaml", SYSTEM),
        ("environments/test.yaml", TEST),
        ("environments/flow.yaml", "account: main\ndomain: flow.example.jp\nstores: {db: {database: {name: flow}}}\n"),
        ("workspaces/review.yaml", "account: main\ndomain: review.example.jp\n"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environments_file_says_it_and_keeps_its_lines(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    restore("test", "db", AGO)
    text = (root / "environments" / "test.yaml").read_text()
    assert text.startswith(TEST)
    database = load(root).environments["test"].stores["db"].database
    assert database is not None
    assert [each.at for each in database.restored] == [AGO]
    assert capsys.readouterr().out == f"db of test is to be restored to {AGO}.\n"
    with pytest.raises(TanadaError, match="already; plan and apply it"):
        restore("test", "db", AGO)


@pytest.mark.parametrize(
    ("environment", "store", "sentence"),
    [
        ("review-kokuyou", "db", "review-kokuyou is a review environment, of which no backups are kept: make it anew."),
        ("test", "bd", '"bd" is no store of test; expected one of db, files; did you mean "db"?'),
        ("test", "files", "files is a bucket, which isn't restored so"),
        ("flow", "db", "environments/flow.yaml can't take the lines above without changing others"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_written(
    environment: str, store: str, sentence: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {file: file.read_text() for file in root.rglob("*.yaml")}
    with pytest.raises(TanadaError) as raised:
        restore(environment, store, AGO)
    assert str(raised.value).startswith(sentence)
    assert {file: file.read_text() for file in root.rglob("*.yaml")} == before
    lines = f"stores:\n  db:\n    database:\n      restored:\n        - {AGO}\n\n"
    assert capsys.readouterr().out == (lines if environment == "flow" else "")
