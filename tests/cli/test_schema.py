"""`tanada schema`: the schemas beside system.yaml."""

from __future__ import annotations

import shutil
from pathlib import Path

from tanada.declarations.schema import files

from .program import GOOD, tanada


def test_it_writes_the_three_schemas(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    ended = tanada("schema", folder=tmp_path / "environments")
    assert ended.stdout.splitlines() == [f"schemas/{name}" for name in files()]
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "schemas").iterdir()} == files()
