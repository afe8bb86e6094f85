"""A bug in Tanada itself is one sentence, and a traceback where a report can take it from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tanada import cli, crash_report

SENTENCE = "This is a bug in Tanada, not in your declaration: ZeroDivisionError: division by zero; the traceback is in "


def failing(**_: object) -> None:
    raise ZeroDivisionError("division by zero")


def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    monkeypatch.setattr("tanada.cli.app.app", failing)
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code, capsys.readouterr().err


def test_in_a_system_the_traceback_lies_beside_its_records(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "system.yaml").write_text("")
    (tmp_path / "environments").mkdir()
    monkeypatch.chdir(tmp_path / "environments")
    monkeypatch.delenv("TANADA_DEBUG", raising=False)
    assert ended(monkeypatch, capsys) == (1, f"{SENTENCE}.tanada/crash.log, please report it.\n")
    text = (tmp_path / ".tanada" / "crash.log").read_text()
    assert text.startswith("Traceback")
    assert "in failing" in text


def test_elsewhere_it_lies_in_a_temporary_file_that_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    _, errors = ended(monkeypatch, capsys)
    found = re.fullmatch(re.escape(SENTENCE) + r"(\S+), please report it\.\n", errors)
    assert found
    assert "in failing" in Path(found[1]).read_text()
    Path(found[1]).unlink()


def test_where_nothing_can_be_written_the_sentence_says_how_to_see_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(**_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    (tmp_path / ".tanada").write_text("no folder")
    said = crash_report.report(ValueError("two\nlines"), tmp_path, {})
    assert "ValueError: two lines; the traceback is in no file" in said
    assert "TANADA_DEBUG=1" in said


def test_for_debugging_the_traceback_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "system.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANADA_DEBUG", "1")
    code, errors = ended(monkeypatch, capsys)
    assert code == 1
    assert errors.startswith("Traceback")
    assert errors.endswith("please report it.\n")
