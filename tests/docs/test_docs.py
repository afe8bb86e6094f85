"""The documents speak of what is there."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tanada.cli.app import VERBS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_verb_is_one(document: Path) -> None:
    spoken = set(re.findall(r"(?:`|^|bin/)tanada ([a-z]+)", document.read_text(), re.MULTILINE))
    assert spoken <= set(VERBS)


def test_the_readme_has_the_two_commands_of_a_newcomer() -> None:
    [first] = re.findall(r"## First steps\n\n```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert first.splitlines() == ["make demo", "make test"]


def test_the_readme_names_the_pinned_terraform() -> None:
    assert (ROOT / ".terraform-version").read_text().strip() in (ROOT / "README.md").read_text()


def test_the_picture_says_what_it_shows() -> None:
    picture = ElementTree.parse(ROOT / "docs" / "terraces.svg").getroot()
    words = "".join(picture.itertext())
    assert all(word in words for word in ("common", "permanent environments", "review environments"))
