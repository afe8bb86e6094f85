"""Progress: a line on a terminal, lines for the command line, nothing for anybody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tanada.stacks import progress
from tanada.synth_process import PROGRESS

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, threading
from pathlib import Path
from tanada.stacks import progress
from tanada.stacks import progress
from tanada.synth_process import PROGRESS
progress._EVERY = 0.01
new, waits = Path(sys.argv[1]), sys.argv[2:]
shown, more, write = [], threading.Condition(), progress._write
def noted(descriptor, text):
    write(descriptor, text)
    with more:
        shown.append(text)
        more.notify()
progress._write = noted
def until(words):
    with more:
        assert not waits or more.wait_for(lambda: any(words in text for text in shown), 60)
with progress.live(lambda: progress.READING), progress.shown(3, new) as one_more:
    one_more()
    until("1 of 3 stacks made")
    one_more(), one_more()
    (new / "stacks" / "a").mkdir(parents=True)
    until("1 of 3 stacks written")
"""
WORDS = ["Synthesizing: 1 of 3 stacks made", "Synthesizing: 1 of 3 stacks written"]


def run(tmp_path: Path, *, shows: bool, stderr: int, **variables: str) -> str:
    """What is printed on stdout by a synth of three stacks; one that shows its progress ends when it has."""
    kept = {name: value for name, value in os.environ.items() if name != PROGRESS}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), *(["and waits"] if shows else [])],
        env={**kept, "PYTHONPATH": str(ROOT), **variables},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=True,
    ).stdout


def on_a_terminal(tmp_path: Path, *, shows: bool) -> str:
    ours, theirs = pty.openpty()
    shown = bytearray()

    def read() -> None:
        while not shown.endswith(b"END"):
            shown.extend(os.read(ours, 1024))

    # Meanwhile: a terminal that nobody reads takes no more than four kilobytes.
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    run(tmp_path, shows=shows, stderr=theirs)
    os.write(theirs, b"END")
    reader.join()
    os.close(theirs)
    os.close(ours)
    return shown.decode()


def test_a_terminal_shows_one_line_that_is_gone_in_the_end(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, shows=True)
    for words in WORDS:
        assert f"\r{words}, 0 s\x1b[K" in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[KEND")


def test_it_is_shown_from_the_first_moment_and_by_one_alone(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PROGRESS, "1")
    with progress.live(lambda: progress.READING), progress.preparing():
        pass
    assert capfd.readouterr().out.splitlines()[-1] == "progress: "
    with progress.preparing():
        pass
    assert capfd.readouterr().out.splitlines() == [f"progress: {progress.PREPARING}", "progress: "]


@pytest.mark.parametrize("asked", [True, False])
def test_the_command_line_hears_lines_if_it_asks(tmp_path: Path, asked: bool) -> None:
    ours, theirs = os.pipe()
    printed = run(tmp_path, shows=asked, stderr=theirs, **({PROGRESS: "1"} if asked else {}))
    os.close(theirs)
    with os.fdopen(ours) as errors:
        assert errors.read() == ""
    lines = printed.splitlines()
    assert set(lines) - {f"progress: {progress.READING}"} == (
        {f"progress: {words}" for words in WORDS} | {"progress: "} if asked else set()
    )
    if asked:
        assert lines[-1] == "progress: "
