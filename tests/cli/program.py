"""`tanada` as a user runs it: a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "declarations" / "good"


def tanada(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The ended process, with what it printed."""
    program = "from tanada.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
