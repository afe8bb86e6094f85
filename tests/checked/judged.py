"""All stacks of all systems as plans, and what others' rules say against them."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanada.declarations.loader import load
from tanada.stacks import fast
from tests.checked.answers import Finding
from tests.checked.installed import PYTHON
from tests.checked.planned import System

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
POLICIES = ("assume_role_policy", "policy")


@dataclass(frozen=True)
class Judged:
    checkov: list[Finding]
    passed: int
    parliament: list[Finding]


def planned() -> dict[str, Json]:
    """The plan of each stack of each system in the repository, by `<system>/<stack>`."""
    fast.activate([ROOT / "tests"])
    from tanada.stacks.app import synthesize

    capabilities = ROOT / "tests" / "capabilities"
    files = [*capabilities.glob("*/system.yaml"), *(ROOT / "examples").glob("*/system.yaml")]
    folders = {"default": ROOT} | {file.parent.name: file.parent for file in files}
    plans: dict[str, Json] = {}
    for name, folder in sorted(folders.items()):
        with tempfile.TemporaryDirectory() as made:
            synthesize(load(folder), Path(made))
            stacks = {
                file.parent.name: json.loads(file.read_text()) for file in Path(made).glob("stacks/*/cdk.tf.json")
            }
        system = System(stacks)
        plans |= {f"{name}/{stack}": system.plan(stack) for stack in sorted(stacks)}
    return plans


def resources(plans: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    """Place, type and attributes."""
    for stack, plan in plans.items():
        for each in plan["planned_values"]["root_module"]["resources"]:
            yield f"{stack} {each['address']}", each["type"], each["values"]


def policies(plans: dict[str, Json]) -> Iterator[tuple[str, str, str]]:
    """Place, attribute and text of each policy, of roles and of what they reach."""
    for place, _, values in resources(plans):
        for attribute in POLICIES:
            if isinstance(text := values.get(attribute), str) and '"Statement"' in text:
                yield place, attribute, text


def ask(plans: dict[str, Json]) -> Judged:
    """checkov of every stack, parliament of every policy once."""
    places: dict[str, list[tuple[str, str]]] = {}
    for place, attribute, text in policies(plans):
        places.setdefault(text, []).append((place, attribute))
    asked = json.dumps({"plans": plans, "policies": list(places)})
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "LOG_LEVEL")}
    done = subprocess.run(
        [str(PYTHON), str(Path(__file__).with_name("ask.py"))],
        input=asked,
        env=kept,
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    checkov = [Finding(check, f"{stack} {address}", name) for check, name, stack, address in said["checkov"]]
    parliament = [
        Finding(issue, f"{place} {detail}", "parliament")
        for issues, where in zip(said["parliament"], places.values(), strict=True)
        for issue, detail in issues
        for place, attribute in where
        # Whose form has none: they are about the role, or the repository, that they stand at.
        if not ("neither Resource nor" in detail and (attribute != "policy" or "aws_ecr_repository_policy" in place))
    ]
    return Judged(checkov, said["passed"], parliament)
