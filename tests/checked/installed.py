"""Whether checkov and parliament are installed, in an environment of their own; `.ci/run` installs them."""

from __future__ import annotations

import os
from pathlib import Path

PYTHON = Path(__file__).parents[2] / ".venv-checked" / "bin" / "python"
REQUIRED = os.environ.get("TANADA_REQUIRE_CHECKED") == "1"


def missing() -> str | None:
    """What installs them; None where they are."""
    there = (PYTHON.parents[1] / ".installed").is_file()
    return None if there else "make .venv-checked/.installed installs checkov and parliament"
