"""`tanada` as a user runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests import forked

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "declarations" / "good"


def tanada(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The ended process, with what it printed."""
    return forked.run(arguments, folder, os.environ)
