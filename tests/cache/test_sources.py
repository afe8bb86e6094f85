"""What was imported from places that no key knows is noticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path.cwd()))
from tanada.cache.sources import loaded_from_elsewhere
before = loaded_from_elsewhere(Path.cwd())
__import__(sys.argv[1])
print(*(Path(file).relative_to(Path.cwd()) for file in set(loaded_from_elsewhere(Path.cwd())) - set(before)))
"""


@pytest.mark.parametrize(
    ("file", "module", "noticed"),
    [
        ("helper.py", "helper", ""),
        ("parts/__init__.py", "parts", "parts/__init__.py"),
        ("parts/tags.py", "parts.tags", "parts/tags.py"),
        ("jsii/__init__.py", "jsii", "jsii/__init__.py"),
    ],
)
def test_code_beside_main_is_known_where_the_key_holds_it(tmp_path: Path, file: str, module: str, noticed: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("VALUE = 1\n")
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, module],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert ran.stderr == ""
    assert ran.stdout.strip() == noticed


def test_an_environment_that_is_the_repository_hides_no_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m venv .`: what is below it is not all installed."""
    paths = {"stdlib": "/nowhere", "platstdlib": "/nowhere", "purelib": str(tmp_path / "lib"), "data": str(tmp_path)}
    monkeypatch.setattr("sysconfig.get_paths", lambda: {**paths, "platlib": paths["purelib"]})
    from tanada.cache.sources import loaded_from_elsewhere

    package = type(sys)("parts")
    package.__file__ = str(tmp_path / "parts" / "__init__.py")
    monkeypatch.setitem(sys.modules, "parts", package)
    assert package.__file__ in loaded_from_elsewhere(tmp_path)
