"""What all tests share: whether a container engine is there, and what happens to the tests that need one."""

from __future__ import annotations

import functools
import os
import subprocess

import pytest

REQUIRED = os.environ.get("TANADA_REQUIRE_DOCKER") == "1"


@functools.cache
def missing_for_docker() -> str | None:
    """Why the tests in containers can't run here, or None."""
    image = os.environ.get("TANADA_TERRAFORM_IMAGE")
    if not image:
        return "TANADA_TERRAFORM_IMAGE names no image (scripts/stand-in-image.sh builds one)"
    try:
        result = subprocess.run(["docker", "image", "inspect", image], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "docker is not installed"
    return None if result.returncode == 0 else (result.stderr.strip() or "no such image")


def pytest_report_header() -> str:
    missing = missing_for_docker()
    if missing is None:
        return f"docker tests: in {os.environ['TANADA_TERRAFORM_IMAGE']}"
    return f"docker tests: {'FAIL' if REQUIRED else 'NOT RUN (CI runs them)'}: {missing}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without an engine the Docker tests are left out, and said so in the header; never counted as passed."""
    if REQUIRED or missing_for_docker() is None:
        return
    without = [item for item in items if item.get_closest_marker("docker") is not None]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def container_image() -> str:
    """The image that stands in for the pinned one."""
    missing = missing_for_docker()
    if missing is not None:
        pytest.fail(f"the Docker tests need an engine and an image: {missing}")
    return os.environ["TANADA_TERRAFORM_IMAGE"]
