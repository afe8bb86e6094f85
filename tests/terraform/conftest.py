"""The team's repository as a fixture, and commands in the background."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terraform.team import (
    ENVIRONMENTS,
    MAIN,
    REVIEW,
    SYSTEM,
    Eventually,
    Team,
    common,
    environment,
    review,
)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    root = tmp_path / "kakei"
    for folder in ("environments", "workspaces", "states"):
        (root / folder).mkdir(parents=True)
    (root / "system.yaml").write_text(SYSTEM)
    for name, text in ENVIRONMENTS.items():
        (root / "environments" / f"{name}.yaml").write_text(text)
    (root / "workspaces" / "review.yaml").write_text(REVIEW)
    (root / "main.py").write_text(MAIN)
    pinned = Path(__file__).parents[2] / ".terraform-version"
    (root / ".terraform-version").write_text(pinned.read_text())
    (root / ".gitignore").write_text(".tanada/\ncdktf.out/\nstates/\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "TANADA_"))}
    made = Team(
        root,
        environ={
            **kept,
            "HOME": str(tmp_path),
            "TANADA_TERRAFORM": "local",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        stacks={
            "common-main": common(),
            "common-production": common("common-production"),
            "environment-test": environment("environment-test"),
            "environment-www": environment("environment-www", "production"),
            "review": review(),
        },
    )
    made.write()
    return made


@pytest.fixture
def eventually() -> Eventually:
    """Wait until something is so."""

    def wait(so: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not so():
            assert time.monotonic() < end, "it never came to be"
            time.sleep(0.02)

    return wait


@pytest.fixture
def started(team: Team) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Commands that run in the background, ended with the test whatever happens."""
    live: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        live.append(team.start(*arguments))
        return live[-1]

    yield start
    for process in live:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
