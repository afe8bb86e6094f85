"""Where two values differ, part by part."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from tanada.plan.equality import same
from tanada.plan.pairs import pairs
from tests.plan.plan_shapes import values
from tests.plan.samples import NORMALIZER, printed


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
    assert printed(before, after) == []


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
    assert printed(before, after) == expected


@settings(max_examples=300, deadline=None)
@given(values)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert list(pairs(NORMALIZER.value(value), NORMALIZER.value(value))) == []


@settings(max_examples=300, deadline=None)
@given(values, values)
def test_what_differs_has_a_difference_and_each_place_is_named_once(before: Any, after: Any) -> None:
    opened = NORMALIZER.value(before, "x"), NORMALIZER.value(after, "x")
    differing = list(pairs(*opened))
    assert bool(differing) != same(*opened)
    assert len({pair.steps for pair in differing}) == len(differing)
