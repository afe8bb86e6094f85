"""The whole life of the default system, in production a smaller one, as a team lives it: in the container, offline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanada.templates import write_repository
from tests.templates.wheels import built

COMMON = ("common-main", "common-production")
ENVIRONMENTS = ("environment-production", "environment-test")
REVIEW = ("review", "--workspace", "kokuyou")
IMAGES = ("--image", "web=4f2a91c", "--image", "backend=77c0e1d")
PRODUCTION = ("--protected", "production")
COUNTS = {
    "common-main": 63,
    "common-production": 61,
    "environment-production": 37,
    "environment-test": 94,
    "review-kokuyou": 77,
}
"""Resources a stack: what `tests/addresses` lists, without data sources."""
SMALLER = """
account: production
domain: www.example.com
services: {web: {cpu: 512, memory: 1024, reach: [backend, sessions], before: null}, mailer: null}
tasks: null
jobs: null
stores: {mails: null, receipts: null}
"""
"""Production without what test lives with already: half of a minute of terraform."""


@dataclass(frozen=True)
class Team:
    root: Path
    environment: dict[str, str]

    def tanada(self, verb: str, *arguments: str, code: int = 0) -> str:
        """Run a verb offline on what was synthesized; its stdout."""
        result = subprocess.run(
            [
                sys.executable,
                "-m",
                "tanada",
                verb,
                *arguments,
                *(() if verb == "synth" else ("--offline", "--no-synth")),
            ],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert result.returncode == code, f"{verb} {arguments}\n{result.stdout}\n{result.stderr}"
        said = result.stdout + result.stderr
        if verb != "synth" and code == 0:
            assert "offline" in said, "every output says that it is"
            assert self.environment["TANADA_TERRAFORM_IMAGE"] in said
        return result.stdout if code == 0 else said

    def plan(self, *arguments: str) -> dict[str, Any]:
        return dict(json.loads(self.tanada("plan", *arguments, "--json"))["stacks"])

    def apply(self, stack: str, *arguments: str) -> None:
        self.tanada("apply", stack, *arguments, "--yes", *(PRODUCTION if "production" in stack else ()))

    def destroy(self, stack: str, *arguments: str, code: int = 0) -> str:
        return self.tanada(
            "destroy", stack, *arguments, "--yes", *(PRODUCTION if "production" in stack else ()), code=code
        )

    def let_go(self) -> None:
        """Step one of removing: change the word."""
        for file in (self.root / "environments").glob("*.yaml"):
            file.write_text(file.read_text() + "removal: delete\n")
        system = self.root / "system.yaml"
        system.write_text(system.read_text().replace("\ncommon:\n", "\ncommon:\n  removal: delete\n"))


@pytest.fixture
def team(tmp_path: Path, container_image: str) -> Team:
    write_repository(tmp_path / "kakei", built)
    # It would show again what test shows.
    (tmp_path / "kakei" / "environments" / "test2.yaml").unlink()
    (tmp_path / "kakei" / "environments" / "production.yaml").write_text(SMALLER)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "TANADA_"))}
    return Team(tmp_path / "kakei", {**kept, "TANADA_TERRAFORM_IMAGE": container_image, "CHECKPOINT_DISABLE": "1"})


def counts(stacks: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {name: stack["summary"]["counts"] for name, stack in stacks.items()}


@pytest.mark.docker
@pytest.mark.slow
def test_validate_plan_apply_plan_again_and_destroy(team: Team) -> None:
    team.tanada("synth")
    valid = team.tanada("validate")
    assert [line for line in valid.splitlines() if ": valid" not in line] == []
    assert len(valid.splitlines()) == len(COUNTS)

    foreseen = team.plan("environment-test", *IMAGES)
    assert {name: each["status"] for name, each in foreseen.items()} == {
        "common-main": "changes",
        "environment-test": "changes",
    }, "on its common layer as that will be"

    planned = team.plan(*COMMON)
    for stack in COMMON:
        team.apply(stack)
    planned |= team.plan(*ENVIRONMENTS, *REVIEW, *IMAGES)
    for stack in ENVIRONMENTS:
        team.apply(stack)
    team.apply(*REVIEW)
    assert {name: each["create"] for name, each in counts(planned).items()} == COUNTS

    again = team.plan(*COMMON, *ENVIRONMENTS, *REVIEW)
    assert {name: each["status"] for name, each in again.items()} == dict.fromkeys(COUNTS, "no changes")
    assert {name: each["unchanged"] for name, each in counts(again).items()} == COUNTS, "images: the ones last applied"

    refused = team.destroy("environment-test", code=2)
    assert "removal: delete" in refused

    team.let_go()
    team.tanada("synth")
    let_go = team.plan(*COMMON, *ENVIRONMENTS)
    for name, each in counts(let_go).items():
        assert (each["create"], each["replace"], each["destroy"]) == (0, 0, 0), name
        assert each["update"] > 0, name
        team.apply(name)

    assert "environment-test" in team.destroy("common-main", code=2), "states of the system still exist"
    team.destroy(*REVIEW)
    for stack in (*ENVIRONMENTS, *COMMON):
        team.destroy(stack)
    states = [json.loads(file.read_text()) for file in team.root.glob(".tanada/offline/**/terraform.tfstate")]
    assert states
    assert not [state for state in states if state["resources"]]
    assert not list(team.root.glob(".tanada/offline/review/terraform.tfstate.d/*"))
