"""Progress: a line on a terminal, lines for the command line, nothing for anybody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tanada.synth_process import PROGRESS

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, time
from pathlib import Path
from tanada.stacks import progress
from tanada.synth_process import PROGRESS
progress._SILENT, progress._EVERY = float(sys.argv[1]), 0.01
new = Path(sys.argv[2])
with progress.shown(3, new) as one_more:
    one_more()
    time.sleep(0.2)
    one_more(), one_more()
    (new / "stacks" / "a").mkdir(parents=True)
    time.sleep(0.2)
"""
WORDS = ["Synthesizing: 1 of 3 stacks made", "Synthesizing: 1 of 3 stacks written"]


def run(tmp_path: Path, silent: str, *, stderr: int, **variables: str) -> str:
    """What is printed on stdout by a synth of three stacks."""
    kept = {name: value for name, value in os.environ.items() if name != PROGRESS}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, silent, str(tmp_path)],
        env={**kept, "PYTHONPATH": str(ROOT), **variables},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def on_a_terminal(tmp_path: Path, silent: str) -> str:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        run(tmp_path, silent, stderr=theirs)
        os.write(theirs, b"END")
        os.close(theirs)
        shown = b""
        while not shown.endswith(b"END"):
            shown += terminal.read(1024)
    return shown.decode()


def test_a_terminal_shows_one_line_that_is_gone_in_the_end(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, "0")
    for words in WORDS:
        assert f"\r{words}\x1b[K" in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[KEND")


def test_a_short_synth_shows_nothing(tmp_path: Path) -> None:
    assert on_a_terminal(tmp_path, "60") == "END"


@pytest.mark.parametrize("asked", [True, False])
def test_the_command_line_hears_lines_if_it_asks(tmp_path: Path, asked: bool) -> None:
    ours, theirs = os.pipe()
    printed = run(tmp_path, "0", stderr=theirs, **({PROGRESS: "1"} if asked else {}))
    os.close(theirs)
    with os.fdopen(ours) as errors:
        assert errors.read() == ""
    lines = printed.splitlines()
    assert set(lines) == ({f"progress: {words}" for words in WORDS} | {"progress: "} if asked else set())
    if asked:
        assert lines[-1] == "progress: "
