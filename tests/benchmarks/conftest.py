"""The stack that the peers make, as their frozen programs have it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import systems
from benchmarks.tools import PROGRAMS


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three environments, by the program that needs nothing installed."""
    folder = tmp_path_factory.mktemp("frozen") / "out"
    subprocess.run([sys.executable, PROGRAMS / "with_json.py", "3", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def frozen(written: Path) -> dict[str, Any]:
    stack: dict[str, Any] = json.loads(
        (written / "stacks" / f"environment-{systems.name(1)}" / "cdk.tf.json").read_text()
    )
    return stack
