"""Small rules for words: what is visible, cut and counted."""

from __future__ import annotations

import pytest

from tanada.declared.time_zones import time_zones
from tanada.text import count, cut, cut_counted, cut_line, nearest, visible, visible_lines, without_middle


def test_hidden_characters_are_shown() -> None:
    assert visible("a\u202eb\u200bc\nd\x1b[0m\ud800\u3164") == r"a\u202eb\u200bc\nd\x1b[0m\ud800\u3164"


def test_lines_and_spaces_of_a_value_stay_and_what_steers_a_terminal_does_not() -> None:
    assert visible_lines("a\tb\n\u3000c\xa0d") == "a\tb\n\u3000c\xa0d"
    assert visible_lines("\x1b[2J\x07\u202e\r\ud800") == r"\u001b[2J\u0007\u202e\u000d\ud800"


def test_a_long_text_is_cut_in_one_of_three_ways() -> None:
    assert cut("abcdef", 6) == cut_line(" abc\n def", 7).replace(" ", "") == cut_counted("abcdef", 6) == "abcdef"
    assert cut("abcdef", 4) == "abc…"
    assert cut_line("a  b\nc d", 4) == "a b…"
    assert cut_counted("x" * 1200, 3) == "xxx… (1,197 more characters)"
    assert without_middle("x" * 60, 60) == "x" * 60
    assert without_middle("a" + "x" * 60 + "b", 30) == "axx … (62 characters) … xxb"


@pytest.mark.parametrize(
    ("number", "word", "expected"),
    [
        (1, "database", "1 database"),
        (2, "address", "2 addresses"),
        (3, "policy", "3 policies"),
        (0, "key", "0 keys"),
        (1200, "stack", "1,200 stacks"),
    ],
)
def test_things_are_counted_in_words(number: int, word: str, expected: str) -> None:
    assert count(number, word) == expected


def test_what_was_meant_is_the_same_in_whatever_order_the_words_come() -> None:
    zones = sorted(time_zones())
    for word, near in (
        ("Asia/Tokio", "Asia/Tokyo"),
        ("Europe/Pariss", "Europe/Paris"),
        ("Amerika/Lima", "America/Lima"),
    ):
        assert nearest(word, zones) == nearest(word, zones[::-1]) == near
    assert nearest("wed", ["web", "wet"]) == nearest("wed", ["wet", "web"])
