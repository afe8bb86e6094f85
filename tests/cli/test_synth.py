"""`tanada synth` shows how far main.py is, on a terminal alone."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .program import ROOT

MAIN = """
import os, sys
if os.environ["TANADA_PROGRESS"] == "1":
    print("progress: Synthesizing: 1 of 3 stacks made", flush=True)
    print("progress: ", flush=True)
print("a word of its own")
print("a warning of its own", file=sys.stderr)
print("a warning of its own", file=sys.stderr)
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
    states = shown.decode().split("\r")
    assert re.fullmatch(r"Synthesizing, \d+ s\x1b\[K", states[1]), "from the first moment on"
    assert all(re.fullmatch(r"Synthesizing(: 1 of 3 stacks made)?, \d+ s\x1b\[K", each) for each in states[1:-3])
    assert "\r".join(states).endswith("\r\x1b[Ka warning of its own\r\nEND")
    assert all(line.startswith("cdktf.out/stacks/") for line in lines)


def test_without_a_terminal_it_says_that_it_begins_and_what_main_said(root: Path, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("w") as errors:
        synthesize(root, errors.fileno())
    assert (tmp_path / "errors").read_text() == "Synthesizing.\na warning of its own\n"
