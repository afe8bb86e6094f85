"""The documents speak of what is there."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tanada.cli.app import VERBS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_verb_is_one(document: Path) -> None:
    spoken = set(re.findall(r"(?:`|^|bin/)tanada ([a-z]+(?:-[a-z]+)*)", document.read_text(), re.MULTILINE))
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


def test_every_word_of_the_glossary_stands_where_it_says() -> None:
    rows = re.findall(
        r"^\| \*\*(.+?)\*\*.*\| (`\S+`) (`\S+`) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE
    )
    assert rows
    words = [word for word, _, _ in rows]
    assert sorted(set(words)) == sorted(words)
    for word, file, name in rows:
        text = (ROOT / file.strip("`")).read_text()
        assert re.search(rf"\b{name.strip('`')}\b", text), word


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_into_a_page_leads_to_a_heading(document: Path) -> None:
    for link, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", document.read_text()):
        if "://" in link:
            continue
        page = (document.parent / link) if link else document
        headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
        assert anchor in {_anchor(heading) for heading in headings}, f"{link}#{anchor}"


def _anchor(heading: str) -> str:
    """As GitHub makes it of a heading: lower case, hyphens for blanks, nothing but letters, digits, `-` and `_`."""
    return re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
