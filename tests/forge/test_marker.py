"""The hidden line by which we know our own."""

from __future__ import annotations

import pytest

from tanada.forge.marker import carries, content, marker, same

MARKED = marker("plan", "web-product")


def test_a_marker_names_key_and_system() -> None:
    assert MARKED == "<!-- tanada:plan web-product -->"


@pytest.mark.parametrize("system", ["a --> b", "x--y", "new\nline", "<script>"])
def test_a_marker_stays_one_comment_on_one_line(system: str) -> None:
    line = marker("plan", system)
    assert line.count("-->") == 1
    assert "--" not in line.removeprefix("<!--").removesuffix("-->")
    assert line.splitlines() == [line]


@pytest.mark.parametrize("text", [f"{MARKED}\nbody", f"{MARKED}\r\nbody", f"\n {MARKED} \nbody", MARKED])
def test_a_first_line_that_is_the_marker_is_seen(text: str) -> None:
    assert carries(MARKED, text)


@pytest.mark.parametrize("text", [None, "", f"hello\n{MARKED}", f"> {MARKED}", f"{MARKED} x", marker("plan", "web")])
def test_any_other_text_carries_it_not(text: str | None) -> None:
    assert not carries(MARKED, text)


def test_line_ends_and_outer_space_make_no_difference() -> None:
    assert same("a\r\nb\r\n", "a\nb")
    assert not same("a\n b", "a\nb")
    assert not same(None, "a")


def test_a_content_line_decides_where_both_have_one() -> None:
    one, other = content("drift of web"), content("drift of api")
    assert same(f"{MARKED}\n{one}\nfound on Monday", f"{MARKED}\n{one}\nfound on Tuesday")
    assert not same(f"{MARKED}\n{one}\ntext", f"{MARKED}\n{other}\ntext")
    assert not same(f"{MARKED}\ntext", f"{MARKED}\n{one}\ntext")
    assert not same(None, f"{MARKED}\n{one}\ntext")
