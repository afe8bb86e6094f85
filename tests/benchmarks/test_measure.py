"""A run is measured with the processes that it starts."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import measure
from benchmarks.measure import FailedError

HOLDS = """
held = bytearray(b"x") * 60_000_000
import pathlib, time
while not pathlib.Path("seen").exists():
    time.sleep(0.01)
"""


@contextmanager
def released(folder: Path, megabytes: float) -> Iterator[None]:
    """Programs in the folder hold what they have until so much was seen; for a minute at most."""
    (folder / "seen").unlink(missing_ok=True)
    end = time.monotonic() + 60

    def watch() -> None:
        seen = 0.0
        while seen < megabytes and time.monotonic() < end:
            seen = max((each.memory for each in threading.enumerate() if isinstance(each, measure._Watcher)), default=0)
            time.sleep(0.01)
        (folder / "seen").touch()

    thread = threading.Thread(target=watch)
    thread.start()
    yield
    thread.join()


def test_memory_is_that_of_all_processes(tmp_path: Path) -> None:
    program = (
        f"import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', {HOLDS!r}]){HOLDS}\nchild.wait()"
    )
    with released(tmp_path, 60):
        alone = measure.measure([sys.executable, "-c", HOLDS], tmp_path, os.environ, tmp_path / "log")
    with released(tmp_path, alone.memory + 60):
        both = measure.measure([sys.executable, "-c", program], tmp_path, os.environ, tmp_path / "log")
    assert 60 < alone.memory < 110
    assert both.memory > alone.memory + 60


def test_a_program_that_fails_says_its_last_words(tmp_path: Path) -> None:
    program = "import sys; sys.exit('no such thing')"
    with pytest.raises(FailedError, match="ended with 1:\nno such thing"):
        measure.measure([sys.executable, "-c", program], tmp_path, os.environ, tmp_path / "log")
