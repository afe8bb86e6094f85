"""The first page in Japanese says what the English one says."""

from __future__ import annotations

import re

from .commands import ROOT, blocks, commands

ENGLISH, JAPANESE = ROOT / "README.md", ROOT / "README.ja.md"
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


def test_it_shows_the_same_commands_in_the_same_order() -> None:
    assert [*commands(JAPANESE)] == [*commands(ENGLISH)]
    assert [language for language, _ in blocks(JAPANESE)] == [language for language, _ in blocks(ENGLISH)]


def test_it_shows_the_same_declarations_and_pictures() -> None:
    for each in ("yaml",):
        assert [text for language, text in blocks(JAPANESE) if language == each] == [
            text for language, text in blocks(ENGLISH) if language == each
        ]
    assert _PICTURE.findall(JAPANESE.read_text(encoding="utf-8")) == _PICTURE.findall(
        ENGLISH.read_text(encoding="utf-8")
    )


def test_it_has_the_same_parts() -> None:
    headings = [
        len(re.findall(r"^## ", page.read_text(encoding="utf-8"), re.MULTILINE)) for page in (ENGLISH, JAPANESE)
    ]
    assert headings[0] == headings[1]


def test_each_version_that_is_needed_is_the_same() -> None:
    rows = [
        re.findall(r"^\| .* \| .*?(\d[\d.]*).* \|", page.read_text(encoding="utf-8"), re.MULTILINE)
        for page in (ENGLISH, JAPANESE)
    ]
    assert rows[0] == rows[1] != []
