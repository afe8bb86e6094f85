"""One synth of the default system for all tests of stacks: CDKTF takes its time to load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada.declarations.loader import load
from tanada.declared.system import System
from tanada.stacks import fast
from tanada.stacks.app import synthesize

# Before any test here imports CDKTF.
fast.activate([Path(__file__).parent])

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def system() -> System:
    return load(ROOT)


@pytest.fixture(scope="session")
def synthesized(system: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like `cdktf.out`, with all stacks of the default system."""
    folder = tmp_path_factory.mktemp("default") / "cdktf.out"
    synthesize(system, folder)
    return folder


@pytest.fixture(scope="session")
def stacks(synthesized: Path) -> dict[str, dict[str, Any]]:
    """The Terraform JSON of each stack, by name."""
    return {file.parent.name: json.loads(file.read_text()) for file in sorted(synthesized.glob("stacks/*/cdk.tf.json"))}
