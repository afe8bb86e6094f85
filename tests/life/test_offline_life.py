"""The whole life of the default system, in review a smaller one, as a team lives it: in the container, offline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanada.templates import write_repository
from tests.templates.wheels import built

COMMON, ENVIRONMENT = "common-main", "environment-test"
REVIEW = ("review", "--workspace", "kokuyou")
IMAGES = ("--image", "web=4f2a91c", "--image", "backend=77c0e1d")
COUNTS = {COMMON: 72, ENVIRONMENT: 95, "review-kokuyou": 30}
"""Resources a stack: what `tests/addresses` lists, without data sources; of review's less."""
SMALLER = """
services:
  web: {spot: 100, reach: [backend, sessions], secrets: null, before: null}
  backend: {spot: 100}
  mailer: null
tasks: null
jobs: null
stores: {mails: null, receipts: null}
"""
"""Review without what test lives with already: half of a minute of terraform."""


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
        self.tanada("apply", stack, *arguments, "--yes")

    def destroy(self, stack: str, *arguments: str, code: int = 0) -> str:
        return self.tanada("destroy", stack, *arguments, "--yes", code=code)

    def let_go(self) -> None:
        """Step one of removing: change the word."""
        for file in (self.root / "environments").glob("*.yaml"):
            file.write_text(file.read_text() + "removal: delete\n")
        system = self.root / "system.yaml"
        system.write_text(system.read_text().replace("\ncommon:\n", "\ncommon:\n  removal: delete\n"))


@pytest.fixture
def team(tmp_path: Path, container_image: str) -> Team:
    write_repository(tmp_path / "kakei", built)
    # They would show again what test shows; a protected account is tests/life/test_pull_request.py's.
    for name in ("test2", "production"):
        (tmp_path / "kakei" / "environments" / f"{name}.yaml").unlink()
    system = tmp_path / "kakei" / "system.yaml"
    alone, count = re.subn(r"(?ms)^  production:\n.*?\n(?=\n)", "", system.read_text(), count=1)
    assert count == 1
    system.write_text(alone)
    review = tmp_path / "kakei" / "workspaces" / "review.yaml"
    smaller, count = re.subn(r"(?m)^services: .*\n", SMALLER.lstrip(), review.read_text())
    assert count == 1
    review.write_text(smaller)
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

    foreseen = team.plan(ENVIRONMENT, *IMAGES)
    assert {name: each["status"] for name, each in foreseen.items()} == {
        COMMON: "changes",
        ENVIRONMENT: "changes",
    }, "on its common layer as that will be"

    team.apply(COMMON)
    planned = {COMMON: foreseen[COMMON], **team.plan(ENVIRONMENT, *REVIEW, *IMAGES)}
    team.apply(ENVIRONMENT)
    team.apply(*REVIEW)
    assert {name: each["create"] for name, each in counts(planned).items()} == COUNTS

    again = team.plan(COMMON, ENVIRONMENT, *REVIEW)
    assert {name: each["status"] for name, each in again.items()} == dict.fromkeys(COUNTS, "no changes")
    assert {name: each["unchanged"] for name, each in counts(again).items()} == COUNTS, "images: the ones last applied"

    refused = team.destroy(ENVIRONMENT, code=2)
    assert "removal: delete" in refused

    team.let_go()
    team.tanada("synth")
    let_go = team.plan(COMMON, ENVIRONMENT)
    for name, each in counts(let_go).items():
        assert (each["create"], each["replace"], each["destroy"]) == (0, 0, 0), name
        assert each["update"] > 0, name
        team.apply(name)

    assert ENVIRONMENT in team.destroy(COMMON, code=2), "states of the system still exist"
    team.destroy(*REVIEW)
    for stack in (ENVIRONMENT, COMMON):
        team.destroy(stack)
    states = [json.loads(file.read_text()) for file in team.root.glob(".tanada/offline/**/terraform.tfstate")]
    assert states
    assert not [state for state in states if state["resources"]]
    assert not list(team.root.glob(".tanada/offline/review/terraform.tfstate.d/*"))
