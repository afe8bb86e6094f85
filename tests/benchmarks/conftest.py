"""What Tanada emits for a system of one environment: what the peers' programs are generated from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import systems
from tanada.declarations.loader import load
from tanada.stacks.app import synthesize


@pytest.fixture(scope="session")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The stack of the environment, as JSON."""
    folder = systems.environments(tmp_path_factory.mktemp("bench") / "system", 1)
    synthesize(load(folder), folder / "cdktf.out")
    stack: dict[str, Any] = json.loads(
        (folder / "cdktf.out" / "stacks" / f"environment-{systems.name(1)}" / "cdk.tf.json").read_text()
    )
    return stack
