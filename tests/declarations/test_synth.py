"""What a synth reads of a declaration: the files that are new to it, and yet it says whatever reading all would say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tanada.cache.work import Declared
from tanada.declarations.inputs import inputs, serialized
from tanada.declarations.loader import load
from tanada.declarations.meaning import meaning
from tanada.declarations.synth import declare
from tanada.errors import DeclarationError

from .systems import good

HERE = Path(__file__).parent
CASES = sorted(folder.name for folder in (HERE / "broken").iterdir())


def rights(root: Path) -> Declared | None:
    try:
        return declare(root, {})
    except DeclarationError:
        return None


def test_all_stacks_are_there_whatever_is_remembered(tmp_path: Path) -> None:
    root = good(tmp_path)
    whole = {name: serialized(each) for name, each in inputs(load(root)).items()}
    first = declare(root, {})
    assert sorted(first.remembered) == [
        "environments/production.yaml",
        "environments/test.yaml",
        "workspaces/review.yaml",
    ]
    assert first.meanings == {file: meaning((root / file).read_bytes()) for file in ("system.yaml", *first.remembered)}
    for file in first.remembered:
        others = {name: text for name, text in first.remembered.items() if name != file}
        for known, read in ((first.remembered, []), (others, [file]), ({file: first.remembered[file]}, sorted(others))):
            again = declare(root, known)
            assert list(again.inputs.items()) == list(whole.items())
            assert sorted(again.remembered) == read
            assert sorted(again.meanings) == sorted([*read, "system.yaml"])


def test_review_follows_the_names_below_its_domain_though_its_file_is_remembered(tmp_path: Path) -> None:
    root = good(tmp_path)
    first = declare(root, {})
    demo = root / "environments" / "demo.yaml"
    for text, taken in (("demo.review.example.jp", ["demo"]), ("demo.example.jp", []), ("d.review.example.jp", ["d"])):
        demo.write_text(f"account: main\ndomain: {text}\n")
        others = {name: text for name, text in first.remembered.items() if name != "environments/demo.yaml"}
        again = declare(root, others)
        assert "workspaces/review.yaml" in others
        assert json.loads(again.inputs["review"])["taken"] == taken
        assert again.inputs == {name: serialized(each) for name, each in inputs(load(root)).items()}
        first = declare(root, {})
    demo.unlink()
    assert json.loads(declare(root, first.remembered).inputs["review"])["taken"] == []


def test_a_file_that_is_remembered_is_not_read(tmp_path: Path) -> None:
    root = good(tmp_path)
    first = declare(root, {})
    (root / "environments" / "test.yaml").write_text("nonsense")
    assert declare(root, first.remembered).inputs == first.inputs


def test_what_is_remembered_of_a_file_that_is_gone_is_of_no_use(tmp_path: Path) -> None:
    root = good(tmp_path)
    first = declare(root, {})
    (root / "environments" / "test.yaml").unlink()
    (root / "workspaces" / "review.yaml").unlink()
    again = declare(root, first.remembered)
    assert again.inputs == declare(root, {}).inputs
    assert "environment-test" not in again.inputs
    assert "review" not in again.inputs


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_said_as_ever_beside_environments_that_are_remembered(case: str, tmp_path: Path) -> None:
    """Each of a broken system's files comes back into what is right without it."""
    shutil.copytree(HERE / "good", tmp_path, dirs_exist_ok=True)
    shutil.copytree(HERE / "broken" / case, tmp_path, dirs_exist_ok=True)
    expected = (HERE / "broken" / case / "expected.txt").read_text()
    for file in sorted([*tmp_path.glob("environments/*"), *tmp_path.glob("workspaces/*")]):
        if file.is_file():
            content = file.read_bytes()
            file.unlink()
            right = rights(tmp_path)
            file.write_bytes(content)
            with pytest.raises(DeclarationError) as caught:
                declare(tmp_path, right.remembered if right else {})
            assert f"{caught.value}\n" == expected


def test_what_writes_to_a_site_of_another_environment_follows_it_though_its_file_is_remembered(tmp_path: Path) -> None:
    root = good(tmp_path)
    production = root / "environments" / "production.yaml"
    before = production.read_text()
    first = declare(root, {})
    site = "sites: {press: {hosts: [press], publishers: [%s]}}\n"
    for publishers in ("test.web", "test.backend", ""):
        production.write_text(before + site % publishers)
        others = {name: text for name, text in first.remembered.items() if name != "environments/production.yaml"}
        assert "environments/test.yaml" in others
        again = declare(root, others)
        assert again.inputs == {name: serialized(each) for name, each in inputs(load(root)).items()}
        names = [each["name"] for each in json.loads(again.inputs["environment-test"])["publishes"]]
        assert names == ([publishers.partition(".")[2]] if publishers else [])
        first = declare(root, {})
