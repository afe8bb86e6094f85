"""How what differs reads."""

from __future__ import annotations

from tanada.plan.differences import REWRITTEN, by_line, difference
from tanada.plan.model import Difference
from tanada.plan.pairs import Pair, pairs
from tanada.plan.printer import LONGEST
from tanada.plan.values import Sealed, Unknown
from tanada.secrecy import SENSITIVE, UNKNOWN
from tests.plan.samples import PRINTER, differences, printed


def test_a_value_that_becomes_unknown_says_so() -> None:
    (item,) = pairs({"a": [1]}, {"a": Unknown()})
    assert difference(item, PRINTER) == Difference("a", "[1]", UNKNOWN)


def test_two_sensitive_values_differ_without_being_shown() -> None:
    (item,) = pairs({"a": Sealed(SENSITIVE, "x")}, {"a": Sealed(SENSITIVE, "y")})
    assert difference(item, PRINTER) == Difference("a", SENSITIVE, SENSITIVE)
    assert list(pairs({"a": Sealed(SENSITIVE, "x")}, {"a": Sealed(SENSITIVE, "x")})) == []


def test_a_text_of_several_lines_is_compared_by_line() -> None:
    before = "".join(f"line {n}\n" for n in range(30))
    (item,) = differences({"a": before}, {"a": before.replace("line 10\n", "line ten\n")})
    assert (item.before, item.after) == ("(30 lines)", "(30 lines)")
    assert item.lines == (" line 8", " line 9", "-line 10", "+line ten", " line 11", " line 12")


def test_a_long_difference_of_lines_ends_with_how_many_there_are_more() -> None:
    lines = by_line([], [str(n) for n in range(100)])
    assert len(lines) == 61
    assert lines[-1] == " … 40 more lines"


def test_very_long_texts_are_compared_where_they_differ() -> None:
    before = [str(n) for n in range(5000)]
    lines = by_line(before, [*before[:2500], "x", *before[2501:]])
    assert lines == ("-2500", "+x")


def test_of_a_long_value_the_middle_is_left_out_and_its_length_told() -> None:
    (item,) = differences({}, {"a": "x" * 5000})
    assert item.after is not None
    assert "(5,000 characters)" in item.after
    assert len(item.after) <= LONGEST


def test_of_two_long_values_the_place_is_shown_where_they_begin_to_differ() -> None:
    (item,) = differences({"a": "x" * 3000 + "old"}, {"a": "x" * 3000 + "new"})
    assert item.before is not None
    assert item.after is not None
    assert item.before.endswith("xold (3,003 characters)")
    assert item.after.endswith("xnew (3,003 characters)")


def test_the_same_written_differently_is_said_to_be_so() -> None:
    item = difference(Pair(("policy",), {"a": [1]}, {"a": [1]}), PRINTER)
    assert (item.before, item.after) == ('{"a": [1]}', REWRITTEN)


def test_a_name_can_not_steer_a_terminal_or_break_a_line() -> None:
    assert printed({}, {"\x1b[2J\ny": "\x07x\u202e"}) == ['["\\\\u001b[2J y"]: None → \\u0007x\\u202e']
