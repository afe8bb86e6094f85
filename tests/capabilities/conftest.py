"""What every system in the repository emits, each synthesized once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada.declarations.loader import load
from tanada.stacks import fast
from tanada.stacks.app import synthesize

fast.activate([Path(__file__).parent])

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The Terraform JSON of every stack, by system and stack: each capability's, and `default`, the repository's own.

    Made when it is asked for: a system that is broken breaks its own tests alone.
    """

    class Emitted(dict[str, dict[str, Any]]):
        def __missing__(self, system: str) -> dict[str, Any]:
            folder = tmp_path_factory.mktemp(system) / "cdktf.out"
            synthesize(load(HERE.parents[1] if system == "default" else HERE / system), folder)
            files = sorted(folder.glob("stacks/*/cdk.tf.json"))
            self[system] = {file.parent.name: json.loads(file.read_text()) for file in files}
            return self[system]

    return Emitted()
