"""`tanada synth` shows how far main.py is, on a terminal alone."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .program import ROOT

MAIN = """
import os
if os.environ["TANADA_PROGRESS"] == "1":
    print("progress: Synthesizing: 1 of 3 stacks made", flush=True)
    print("progress: ", flush=True)
print("a word of its own")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    shutil.copytree(ROOT / "workspaces", tmp_path / "workspaces")
    shutil.copy(ROOT / "system.yaml", tmp_path)
    (tmp_path / "main.py").write_text(MAIN)
    return tmp_path


def synthesize(root: Path, stderr: int) -> list[str]:
    """The lines on stdout."""
    ran = subprocess.run(
        [sys.executable, "-m", "tanada", "synth"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=True,
        timeout=300,
    )
    return ran.stdout.splitlines()


def test_on_a_terminal_each_state_takes_the_place_of_the_one_before(root: Path) -> None:
    ours, theirs = pty.openpty()
    lines = synthesize(root, theirs)
    os.write(theirs, b"END")
    os.close(theirs)
    shown = b""
    while not shown.endswith(b"END"):
        shown += os.read(ours, 1024)
    os.close(ours)
    assert shown.decode() == "Synthesizing.\r\n\rSynthesizing: 1 of 3 stacks made\x1b[K\r\x1b[KEND"
    assert all(line.startswith("cdktf.out/stacks/") for line in lines)


def test_without_a_terminal_nothing_is_asked_and_nothing_shown(root: Path, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("w") as errors:
        synthesize(root, errors.fileno())
    assert (tmp_path / "errors").read_text() == "Synthesizing.\n"
