"""A run is measured with the processes that it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks.measure import FailedError, measure

HOLDS = "held = bytearray(b'x') * 60_000_000; import time; time.sleep(0.5)"


def test_memory_is_that_of_all_processes(tmp_path: Path) -> None:
    program = (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {HOLDS!r}]); {HOLDS}; child.wait()"
    )
    alone = measure([sys.executable, "-c", HOLDS], tmp_path, os.environ, tmp_path / "log")
    both = measure([sys.executable, "-c", program], tmp_path, os.environ, tmp_path / "log")
    assert 60 < alone.memory < 110
    assert both.memory > alone.memory + 60


def test_a_program_that_fails_says_its_last_words(tmp_path: Path) -> None:
    program = "import sys; sys.exit('no such thing')"
    with pytest.raises(FailedError, match="ended with 1:\nno such thing"):
        measure([sys.executable, "-c", program], tmp_path, os.environ, tmp_path / "log")
