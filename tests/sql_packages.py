"""Whether the SQL servers are installed that tests ask: Debian's packages, which `.ci/run` installs."""

from __future__ import annotations

import shutil
from pathlib import Path


def postgres() -> Path | None:
    """Where PostgreSQL's programs lie: Debian has a folder for each version, none of them on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def missing() -> str | None:
    """What isn't installed; None where all is."""
    lacking = [] if postgres() else ["postgresql"]
    lacking += [] if shutil.which("mariadbd") and shutil.which("mariadb") else ["mariadb-server-core"]
    return f"not installed: {' and '.join(lacking)}" if lacking else None
