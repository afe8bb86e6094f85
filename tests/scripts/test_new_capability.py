"""The skeleton of a capability: every file that it takes, none that works before it is written."""

from __future__ import annotations

import ast
import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
STORES = ("modules/store.py", "tanada/declared/store.py")


@pytest.fixture
def scaffold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("new_capability", ROOT / "scripts" / "new_capability.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path in STORES:
        (tmp_path / path).parent.mkdir(parents=True)
        shutil.copy(ROOT / path, tmp_path / path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def test_it_writes_each_file_that_a_capability_has(scaffold: ModuleType, tmp_path: Path) -> None:
    assert scaffold.main("file_system") == 0
    written = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    there = {path.replace("table", "file_system") for path in scaffold.files("table")}
    assert written == there | set(STORES)
    assert all((ROOT / path).is_file() for path in scaffold.files("table")), "a table has the same files"
    for path in (tmp_path / "tanada/declared/file_system.py", tmp_path / "modules/file_system.py"):
        tree = ast.parse(path.read_text())
        assert [node.name for node in tree.body if isinstance(node, ast.ClassDef)] == ["FileSystem"]


def test_it_writes_the_kind_into_the_stores(scaffold: ModuleType, tmp_path: Path) -> None:
    assert scaffold.main("file_system") == 0
    declared = (tmp_path / "tanada" / "declared" / "store.py").read_text()
    assert "    file_system: FileSystem | None = None\n" in declared
    assert "\nfrom tanada.declared.file_system import FileSystem\nfrom tanada.declared." in declared
    construct = (tmp_path / "modules" / "store.py").read_text()
    assert '    "file_system": "FileSystem",\n}\n' in construct


def test_it_overwrites_nothing(scaffold: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "modules" / "queue.py").write_text("mine")
    assert scaffold.main("queue") == 2
    assert capsys.readouterr().err == "modules/queue.py: there already; nothing was written.\n"
    assert sorted(file.name for file in tmp_path.rglob("*.py")) == ["queue.py", "store.py", "store.py"]
    assert all((tmp_path / path).read_text() == (ROOT / path).read_text() for path in STORES)


@pytest.mark.parametrize("name", ["", "Database", "my-db", "../x"])
def test_a_name_that_is_no_word_of_the_declaration_is_refused(scaffold: ModuleType, tmp_path: Path, name: str) -> None:
    assert scaffold.main(name) == 2
    assert all((tmp_path / path).read_text() == (ROOT / path).read_text() for path in STORES)
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 2
