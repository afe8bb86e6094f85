"""The pages on capabilities and decisions: each in its index, examples that load, sentences that Tanada says."""

from __future__ import annotations

import inspect
import json
import re
import shutil
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

from tanada.declarations.loader import load
from tanada.declarations.merge import merge
from tanada.declarations.tree import Node, plain
from tanada.declarations.yaml import read
from tests.docs.sentences import is_ours
from tests.golden import held

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CAPABILITIES = sorted(file for file in (DOCS / "capabilities").glob("*.md") if file.name != "README.md")
DECISIONS = sorted(file for file in (DOCS / "decisions").glob("*.md") if file.name != "README.md")
_EXAMPLE = re.compile(r"^```yaml\n# (\S+\.yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FAILS = "## What fails, and what to do then\n"
_QUOTED = re.compile(r"^\| `([^`]+)`", re.MULTILINE)
"""The first cell of a row that begins with code: what Tanada says; others are said to be Terraform's, AWS's …"""


def _tree(file: str, text: str) -> Node:
    tree, mistakes = read(file, text.encode(), "declared")
    assert tree is not None, mistakes
    assert not mistakes
    return tree


@pytest.mark.parametrize("page", CAPABILITIES, ids=lambda page: page.stem)
def test_its_examples_are_well_in_the_default_system(page: Path, tmp_path: Path) -> None:
    """A block names its file: system.yaml is laid over the default system's, any other file stands by itself."""
    text = page.read_text(encoding="utf-8")
    examples = _EXAMPLE.findall(text)
    assert examples, f"{page.name} shows no declaration"
    assert len(examples) == text.count("```yaml"), "each block begins with a comment that names its file"
    for name in ("system.yaml", "environments", "workspaces"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    for file, example in examples:
        tree = _tree(file, example)
        if file == "system.yaml":
            tree = merge(_tree(file, (tmp_path / file).read_text(encoding="utf-8")), tree)
        (tmp_path / file).write_text(json.dumps(plain(tree)), encoding="utf-8")
    assert load(tmp_path) != load(ROOT), "an example that changes nothing shows nothing"


@pytest.mark.parametrize("page", CAPABILITIES, ids=lambda page: page.stem)
def test_what_it_quotes_as_ours_is_what_tanada_says(page: Path) -> None:
    fails = page.read_text(encoding="utf-8").partition(_FAILS)[2]
    quoted = _QUOTED.findall(fails)
    assert quoted, f"{page.name} says nothing that Tanada says"
    assert [sentence for sentence in quoted if not is_ours(sentence)] == []


@pytest.mark.parametrize("page", CAPABILITIES, ids=lambda page: page.stem)
def test_what_has_no_field_yet_has_none(page: Path) -> None:
    rows = re.findall(r"^\| (.*) \| .*there is no field for (?:it|them) yet", page.read_text(), re.MULTILINE)
    models = inspect.getmembers(import_module(f"tanada.declared.{page.stem}"), inspect.isclass)
    fields = {name for _, model in models if issubclass(model, BaseModel) for name in model.model_fields}
    assert [phrase for row in rows for phrase in row.split(", ") if phrase in fields] == []


def test_the_index_of_capabilities_is_their_titles_and_first_sentences() -> None:
    index = DOCS / "capabilities" / "README.md"
    head, table, _ = index.read_text(encoding="utf-8").partition("| | |\n| --- | --- |\n")
    rows = []
    for page in CAPABILITIES:
        title, _, lead, *_ = page.read_text(encoding="utf-8").splitlines()
        rows.append(f"| [{title.removeprefix('# ')}]({page.name}) | {lead} |\n")
    held(index, f"{head}{table}{''.join(rows)}")


def test_every_decision_is_in_its_index() -> None:
    index = DOCS / "decisions" / "README.md"
    listed = re.findall(r"\]\(([^)/#]+\.md)\)", index.read_text(encoding="utf-8"))
    assert listed == [page.name for page in DECISIONS]


def test_every_decision_is_numbered_and_short() -> None:
    numbers = [int(page.name.partition("-")[0]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    for page in DECISIONS:
        text = page.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "What we did not do"], page.name
        assert len(text.splitlines()) <= 40, page.name
