"""What the scripts say of a machine that lacks something: each thing named, with the command that installs it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = (ROOT / ".terraform-version").read_text().strip()
PYTHON = "Python 3.11.7"
NODE = "v20.20.2"
TERRAFORM = f'{{\n  "terraform_version": "{VERSION}"\n}}'
ALL = {"python3": PYTHON, "node": NODE, "npm": "10.8.2", "git": "git version 2.39.5", "terraform": TERRAFORM}


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with what the scripts themselves call, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "cat", "dirname", "grep", "head", "sed", "sort"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def have(tools: Path, **says: str) -> None:
    for name, text in says.items():
        (tools / name).write_text(f"#!/bin/sh\ncat <<'EOF'\n{text}\nEOF\n")
        (tools / name).chmod(0o755)


def call(tools: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / script, *arguments],
        env={"PATH": str(tools), "TANADA_ENGINE_FOLDER": str(tools / "engine")},
        capture_output=True,
        text=True,
        check=False,
    )


def missing(tools: Path, purpose: str) -> list[str]:
    result = call(tools, "prerequisites.sh", purpose)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    found = [line.removeprefix("missing: ") for line in lines if line.startswith("missing: ")]
    assert result.returncode == (2 if found else 0)
    assert len([line for line in lines if line.startswith("  install it: ")]) == len(found)
    return found


@pytest.mark.parametrize("purpose", ["python", "node", "demo", "test"])
def test_a_complete_machine_lacks_nothing(purpose: str, tools: Path) -> None:
    have(tools, **ALL)
    assert missing(tools, purpose) == []


def test_each_missing_thing_is_named_at_once(tools: Path) -> None:
    assert missing(tools, "demo") == [
        "Python 3.11 or later",
        "Node.js 22 or 24",
        "npm",
        "git",
        f"a Docker engine that runs, or terraform {VERSION} on PATH",
    ]
    assert missing(tools, "test") == [
        "Python 3.11 or later",
        "Node.js 22 or 24",
        "npm",
        "git",
        f"terraform {VERSION} on PATH",
    ]


@pytest.mark.parametrize(
    ("tool", "says", "lacks"),
    [
        ("python3", "Python 3.9.18", "Python 3.11 or later"),
        ("node", "v8.17.0", "Node.js 22 or 24"),
        ("terraform", '{"terraform_version": "1.5.7"}', f"terraform {VERSION} on PATH"),
    ],
)
def test_an_old_version_counts_as_missing(tool: str, says: str, lacks: str, tools: Path) -> None:
    have(tools, **{**ALL, tool: says})
    assert missing(tools, "test") == [lacks]


def test_an_engine_does_without_the_binary(tools: Path) -> None:
    have(tools, **{name: says for name, says in ALL.items() if name != "terraform"}, docker="Server Version: 20.10.24")
    assert missing(tools, "demo") == []


def test_the_stand_in_is_of_the_pinned_version_alone(tools: Path) -> None:
    assert "no terraform on PATH" in call(tools, "stand-in-image.sh").stderr
    have(tools, terraform='{\n  "terraform_version": "1.5.7"\n}')
    result = call(tools, "stand-in-image.sh")
    assert (result.returncode, result.stdout) == (2, "")
    assert f"terraform on PATH is 1.5.7, .terraform-version says {VERSION}" in result.stderr


def test_an_engine_that_is_not_installed_is_named(tools: Path) -> None:
    result = call(tools, "docker-engine.sh", "start")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "docker-engine: docker is not installed: apt-get install docker.io\n"


def test_an_engine_that_does_not_run_is_as_good_as_stopped(tools: Path) -> None:
    assert call(tools, "docker-engine.sh", "stop").returncode == 0
