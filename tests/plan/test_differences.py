"""What differs between two values, part by part."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from tanada.plan.differences import REWRITTEN, by_line, difference
from tanada.plan.equality import same
from tanada.plan.model import SENSITIVE, UNKNOWN, Difference
from tanada.plan.normalizer import Normalizer
from tanada.plan.pairs import Pair, pairs
from tanada.plan.printer import LONGEST, Printer
from tanada.plan.secrets import Secrets
from tanada.plan.values import Sealed, Unknown
from tests.plan.plan_shapes import values

NOTHING = Secrets(iter(()))
PRINTER = Printer(NOTHING)
NORMALIZER = Normalizer(NOTHING, ())


def differences(before: Any, after: Any) -> list[Difference]:
    return [difference(pair, PRINTER) for pair in pairs(NORMALIZER.value(before), NORMALIZER.value(after))]


def told(before: Any, after: Any) -> list[str]:
    return [f"{item.path}: {item.before} → {item.after}" for item in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": None}, {}),
        ({"a": []}, {"a": None}),
        ({"a": ""}, {}),
        ({"a": {}}, {"a": None}),
        ({"a": {"b": None, "c": []}}, {}),
        ({"a": 1}, {"a": 1.0}),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 1}]}),
        ({"a": '{"b": [1], "c": 2}'}, {"a": '{\n "c": 2,\n "b": [1]\n}'}),
    ],
)
def test_what_means_the_same_is_no_difference(before: Any, after: Any) -> None:
    assert told(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 0}, {"a": None}, ["a: 0 → None"]),
        ({"a": False}, {}, ["a: false → None"]),
        ({"a": True}, {"a": 1}, ["a: true → 1"]),
        ({"a": "1"}, {"a": 1}, ['a: "1" → 1']),
        ({"a": 1e3}, {"a": 0.25}, ["a: 1000 → 0.25"]),
        ({"a": 1e-7}, {"a": 10**21}, ["a: 0.0000001 → 1000000000000000000000"]),
        ({"a": " x"}, {"a": "x"}, ['a: " x" → x']),
        ({"a": ""}, {"a": "x"}, ['a: "" → x']),
        ({"tags": None}, {"tags": {"Name": "x", "a b": "y"}}, ["tags.Name: None → x", 'tags["a b"]: None → y']),
        ({"a": ["x", "y", "z"]}, {"a": ["z", "x", "w"]}, ["a[1]: y → None", "a[2]: None → w"]),
        ({"a": ["x"]}, {"a": []}, ['a: ["x"] → None']),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1, "c": 3}]}, ["a[0].c: 2 → 3"]),
        (
            {"a": [{"b": 1, "c": 2}, {"b": 5, "c": 6}]},
            {"a": [{"b": 5, "c": 7}, {"b": 1, "c": 2}]},
            ["a[0].c: 6 → 7"],
        ),
        (
            {"rule": [{"name": "x", "v": 1}, {"name": "y", "v": 2}]},
            {"rule": [{"name": "z", "v": 3}, {"name": "x", "v": 4}]},
            ["rule[x].v: 1 → 4", 'rule[y]: {"name": "y", "v": 2} → None', 'rule[z]: None → {"name": "z", "v": 3}'],
        ),
        ({"p": '{"a": {"b": 1}}'}, {"p": '{"a": {"b": 2}}'}, ["p.a.b: 1 → 2"]),
        ({"p": '{"a": 1}'}, {"p": "text"}, ['p: {"a": 1} → text']),
    ],
)
def test_each_smallest_part_that_differs_is_named(before: Any, after: Any, expected: list[str]) -> None:
    assert told(before, after) == expected


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", **statement}]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Action": "s3:Get"}, {"Action": ["s3:Get"]}),
        ({"Action": ["a", "b"]}, {"Action": ["b", "a"]}),
        ({"Principal": {"AWS": "1"}}, {"Principal": {"AWS": ["1"]}}),
        ({"Condition": {"Bool": {"x": True}}}, {"Condition": {"Bool": {"x": ["true"]}}}),
        ({"Condition": {"N": {"x": 5}}}, {"Condition": {"N": {"x": "5"}}}),
    ],
)
def test_policies_that_iam_takes_for_one_are_one(one: Any, other: Any) -> None:
    assert told({"policy": policy(**one)}, {"policy": policy(**other)}) == []


def test_a_statement_is_known_by_its_sid() -> None:
    before, after = policy(Resource="x"), policy(Resource=["x", "y"])
    assert told({"policy": before}, {"policy": after}) == ["policy.Statement[S].Resource[1]: None → y"]


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
    assert told({}, {"\x1b[2J\ny": "\x07x\u202e"}) == ['["\\\\u001b[2J y"]: None → \\u0007x\\u202e']


@settings(max_examples=300, deadline=None)
@given(values)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert list(pairs(NORMALIZER.value(value), NORMALIZER.value(value))) == []


@settings(max_examples=300, deadline=None)
@given(values, values)
def test_what_differs_has_a_difference_and_each_place_is_named_once(before: Any, after: Any) -> None:
    opened = NORMALIZER.value(before, "x"), NORMALIZER.value(after, "x")
    found = list(pairs(*opened))
    assert bool(found) != same(*opened)
    assert len({pair.steps for pair in found}) == len(found)
