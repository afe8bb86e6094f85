"""All stacks as plans, and what others' rules say against them: each once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checked import judged


@pytest.fixture(scope="session")
def plans() -> dict[str, dict[str, Any]]:
    return judged.planned()


@pytest.fixture(scope="session")
def verdict(plans: dict[str, dict[str, Any]]) -> judged.Judged:
    return judged.ask(plans)
