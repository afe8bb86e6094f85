"""The reference systems, each synthesized once: the folders of `examples/`, and the repository's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tanada.declarations.loader import load
from tanada.stacks import fast
from tanada.stacks.app import synthesize
from tests.systems.emitted import SYSTEMS, System

fast.activate([Path(__file__).parent])


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, System]:
    """By name, what each emits; made when it is asked for."""

    class Systems(dict[str, System]):
        def __missing__(self, name: str) -> System:
            folder = tmp_path_factory.mktemp(name) / "cdktf.out"
            synthesize(load(SYSTEMS[name]), folder)
            stacks: dict[str, Any] = {
                file.parent.name: json.loads(file.read_text()) for file in sorted(folder.glob("stacks/*/cdk.tf.json"))
            }
            self[name] = System(SYSTEMS[name], stacks)
            return self[name]

    return Systems()
