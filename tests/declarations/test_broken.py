"""Every refusal: a folder of what differs from a good system, and the messages it gives."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from tanada.declarations.loader import load
from tanada.errors import DeclarationError
from tests.docs.sentences import refusals, said_by
from tests.golden import held

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = sorted(folder.name for folder in (HERE / "broken").iterdir())


@pytest.mark.parametrize("case", CASES)
def test_a_broken_declaration_is_refused_with_these_messages(case: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "good", tmp_path, dirs_exist_ok=True)
    shutil.copytree(HERE / "broken" / case, tmp_path, dirs_exist_ok=True)
    with pytest.raises(DeclarationError) as caught:
        load(tmp_path)
    held(HERE / "broken" / case / "expected.txt", f"{caught.value}\n")


def test_there_are_many_and_each_differs_from_the_good_system() -> None:
    assert len(CASES) >= 90
    for case in CASES:
        files = list((HERE / "broken" / case).rglob("*.y*ml"))
        assert files
        for path in files:
            good = HERE / "good" / path.relative_to(HERE / "broken" / case)
            assert not good.exists() or good.read_bytes() != path.read_bytes()


CHECKS = sorted((ROOT / "tanada" / "declarations" / "checks").glob("*.py"))
MODELS = sorted((ROOT / "tanada" / "declared").glob("*.py"))


def refuses(function: ast.FunctionDef) -> bool:
    """Whether it raises what a user reads; a TypeError is for who writes a model."""
    raised = (ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.Raise))
    return any(not each.startswith("raise TypeError") for each in raised)


@pytest.mark.parametrize("file", [*CHECKS, *MODELS], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_sentence_of_a_check_is_shown_by_a_case(file: Path) -> None:
    """Of a model what its own functions refuse."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if file in MODELS:
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        tree = ast.Module(body=[each for each in functions if refuses(each)], type_ignores=[])
    missing = [pattern for pattern in said_by(tree) if not re.search(pattern, refusals())]
    assert missing == [], "a folder in a broken/"


def test_the_good_system_is_good() -> None:
    assert sorted(load(HERE / "good").environments) == ["production", "test"]


def test_each_mistake_is_said_once_and_in_the_order_of_files_and_lines() -> None:
    for case in CASES:
        lines = (HERE / "broken" / case / "expected.txt").read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(set(lines))
        places = [(file, int(line), int(column)) for file, line, column, _ in (each.split(":", 3) for each in lines)]
        assert places == sorted(places)


def test_no_message_speaks_pydantics_or_pythons_language() -> None:
    words = ("Input should", "Value error", "pydantic", "validation error", "Traceback", "NoneType", "dict", "tuple")
    for case in CASES:
        text = (HERE / "broken" / case / "expected.txt").read_text(encoding="utf-8")
        assert not [word for word in words if word in text]
