"""One offline provider for all tests, and stacks on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tanada import offline
from tests.offline.terraform_runs import Stack, everything


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[offline.Running]:
    with offline.start(tmp_path_factory.mktemp("offline"), container=False) as running:
        yield running


@pytest.fixture
def stack(tmp_path: Path, provider: offline.Running) -> Stack:
    return Stack(tmp_path, provider.environment)


@pytest.fixture
def stack_named(tmp_path: Path, provider: offline.Running) -> Callable[[str], Stack]:
    return lambda name: Stack(tmp_path, provider.environment, name)


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory, provider: offline.Running) -> Stack:
    """Every type in use, applied; tests only look at it."""
    stack = Stack(tmp_path_factory.mktemp("everything"), provider.environment)
    stack.write(everything())
    stack.apply()
    return stack
