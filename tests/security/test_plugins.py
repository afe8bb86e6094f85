"""A package that lies beside main.py has no say in what a declaration means."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = Path(__file__).parents[1] / "declarations" / "good"
PLUGIN = """
import pathlib
pathlib.Path("loaded").touch()
"""


@pytest.mark.parametrize(
    "program", ["import pydantic", "import tanada.declared.system", "import tanada.declarations.loader"]
)
@pytest.mark.parametrize("environ", [{}, {"PYDANTIC_DISABLE_PLUGINS": ""}, {"PYDANTIC_DISABLE_PLUGINS": "another"}])
def test_pydantic_loads_no_plugin_beside_main_py(program: str, environ: dict[str, str], tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    (tmp_path / "theirs.py").write_text(PLUGIN)
    (tmp_path / "theirs.egg-info").mkdir()
    (tmp_path / "theirs.egg-info" / "PKG-INFO").write_text("Name: theirs\nVersion: 1\n")
    (tmp_path / "theirs.egg-info" / "entry_points.txt").write_text("[pydantic]\ntheirs = theirs:plugin\n")
    (tmp_path / "main.py").write_text(f"{program}\nfrom pydantic import BaseModel\nclass A(BaseModel): pass\n")
    inherited = {name: value for name, value in os.environ.items() if name != "PYDANTIC_DISABLE_PLUGINS"}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=tmp_path, env=inherited | environ, capture_output=True, check=True
    )
    assert done.stdout == b""
    assert (tmp_path / "loaded").exists() == (program == "import pydantic"), "the plugin is one where Tanada isn't"
