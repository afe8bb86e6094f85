"""The team's repository as a fixture, and commands in the background."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terraform.team import Team, new_team


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return new_team(tmp_path)


@pytest.fixture
def started(team: Team) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Commands that run in the background, ended with the test whatever happens."""
    live: list[subprocess.Popen[str]] = []

    def start(*arguments: str, step: str | None = None) -> subprocess.Popen[str]:
        live.append(team.start(*arguments, step=step))
        return live[-1]

    yield start
    for process in live:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
