"""Terraform's overlays of marks."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.plan.marks import any_mark, both, marked, masked, with_unknown
from tanada.plan.values import Sealed, Unknown
from tanada.secrecy import SENSITIVE


@pytest.mark.parametrize(("first", "second"), [([False], True), (True, [False]), ({"a": False}, [True])])
def test_marks_of_different_shapes_mark_the_whole(first: Any, second: Any) -> None:
    assert both(first, second) is True


@pytest.mark.parametrize("marks", [None, False, {}, [], {"a": False}, {"a": [{"b": False}]}])
def test_an_overlay_that_marks_nothing_changes_nothing(marks: Any) -> None:
    value = {"a": [{"b": "x"}]}
    assert not any_mark(marks)
    assert masked(value, marks) == with_unknown(value, marks) == value
    assert list(marked(value, marks)) == []


def test_what_is_unknown_is_filled_in_where_terraform_leaves_it_out() -> None:
    assert with_unknown({"a": 1}, {"b": True, "c": [False, {"d": True}]}) == {
        "a": 1,
        "b": Unknown(),
        "c": [None, {"d": Unknown()}],
    }
    assert with_unknown("x", {"a": True}) == Unknown()


def test_only_what_is_marked_is_sealed_and_the_whole_where_marks_do_not_fit() -> None:
    value = {"a": ["x", "y"], "b": "z"}
    assert masked(value, {"a": [False, True]}) == {"a": ["x", Sealed(SENSITIVE, "y")], "b": "z"}
    assert masked(value, {"a": {"c": True}}) == {"a": Sealed(SENSITIVE, ["x", "y"]), "b": "z"}
    assert list(marked(value, {"a": [False, True], "b": True})) == ["y", "z"]
