"""Values in Markdown: what they show, and that they do nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tanada.comment.escape import cell, code, fence, html, link, text
from tests.comment.picture import ACTIVE, active, parser

HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from("`@#!~$%&*_<>|[]()\\/:-.\n\t aZ0\u202e\u200b"), st.characters()), max_size=40
)


@pytest.mark.parametrize(
    "value",
    [
        "more visitors since spring",
        "environment-test2",
        "services.web.cpu",
        "Größe (klein), 100 % – 東京",
        "batch_platform",
        "see: below; at 13:40",
    ],
)
def test_prose_stays_prose(value: str) -> None:
    assert text(value) == html(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "@everyone",
        "closes #1",
        "tanada/tanada#1",
        "group/project!2",
        "~bug",
        "%milestone",
        "$snippet",
        "&12",
        "GH-12",
        "Gh-12",
        "SHOP-12",
        "4f2a91c0",
        "https://evil.example",
        "www.evil.example",
        ":tada:",
        "/close",
        "- item",
        "1. item",
        "_emphasis_",
        "[a](b)",
        "a  b",
    ],
)
def test_what_could_act_stands_in_code(value: str) -> None:
    assert text(value) == f"`{value}`"
    assert html(value).startswith("<code>")


def test_a_long_value_takes_no_long_time() -> None:
    assert text("東京" * 5000 + "@").startswith("`")


def test_hidden_characters_are_shown() -> None:
    assert code("a\u202eb\u200b") == r"`a\u202eb\u200b`"


def test_backticks_do_not_end_a_code_span() -> None:
    assert code("a `b` ``c``") == "``` a `b` ``c`` ```"
    assert code("") == '`""`'


def test_a_fence_is_longer_than_any_run_of_backticks_in_it() -> None:
    assert fence(["+ ```", "+ ````"], "diff") == "`````diff\n+ ```\n+ ````\n`````"
    assert fence([]) == "```\n```"


def test_a_pipe_does_not_end_a_cell() -> None:
    assert cell("a|b") == "a¦b"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x.example/a>b", "https://x.example/ b", None, ""])
def test_only_a_clean_address_becomes_a_link(address: str | None) -> None:
    assert link("run", address) == "run"


@given(HOSTILE)
@example("`" * 5 + "@a")
@example("``` \n# x")
def test_a_code_span_shows_the_value_and_nothing_else(value: str) -> None:
    (paragraph,) = [token for token in parser().parse(f"x {code(value)} y") if token.type == "inline"]
    assert [child.type for child in paragraph.children or ()] == ["text", "code_inline", "text"]


@given(HOSTILE)
def test_no_value_acts_in_a_sentence_a_cell_a_heading_or_a_link(value: str) -> None:
    inline = text(value)
    table = f"| a | b |\n| - | - |\n| {cell(value)} | {link(value, 'https://ci.example.com/1')} |"
    for markdown in (f"x {inline}", f"## {inline}", f"- {inline}", inline, table, f"**{inline}**"):
        assert active(markdown, {"https://ci.example.com/1"}) == []
    assert sum(token.type == "td_open" for token in parser().parse(table)) == 2


@given(HOSTILE)
@example("0:00:00")
def test_no_value_acts_in_a_summary(value: str) -> None:
    assert active(f"<details><summary>x <b>{html(value)}</b> y</summary>\n\nz\n\n</details>", set()) == []


@given(st.lists(HOSTILE, max_size=6))
def test_nothing_leaves_a_fence(lines: list[str]) -> None:
    tokens = parser().parse(f"a\n\n{fence(['+ ' + line for line in lines], 'diff')}\n\nb")
    assert [token.type for token in tokens if token.type in ("fence", "inline", "html_block")] == [
        "inline",
        "fence",
        "inline",
    ]


def test_the_check_itself_finds_what_acts() -> None:
    for bad in ("a @b", "x#1", "<img>", "![a](b)", "[a](http://evil.example)", "> /close", "a\n/close", "&commat;b"):
        assert active(bad, set()), bad
    assert ACTIVE.search("see GH-1")
