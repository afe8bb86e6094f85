"""The laws of merging: mappings merge key by key; anything else replaces; `null` removes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tanada.declarations.merge import merge, settled
from tanada.declarations.mistakes import Position
from tanada.declarations.tree import Node, plain

AT = Position("a.yaml")


def node(value: Any, source: str = "") -> Node:
    if isinstance(value, Mapping):
        return Node({key: node(item, source) for key, item in value.items()}, AT, AT, (), source)
    if isinstance(value, list):
        return Node(tuple(node(item, source) for item in value), AT, AT, (), source)
    return Node(value, AT, AT, (), source)


def merged(lower: Any, upper: Any) -> Any:
    return plain(merge(node(lower), node(upper)))


KEYS = st.sampled_from("abc")
VALUES = st.recursive(
    st.text("xy", max_size=2) | st.lists(st.text("xy", max_size=1), max_size=2),
    lambda inner: st.dictionaries(KEYS, inner | st.none(), max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(KEYS, VALUES | st.none(), max_size=3)
laws = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


def model(lower: Any, upper: Any) -> Any:
    """RFC 7396, 2: the algorithm of JSON Merge Patch, which says the same in code."""
    if not isinstance(upper, dict):
        return upper
    result = dict(lower) if isinstance(lower, dict) else {}
    for key, item in upper.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = model(result.get(key), item)
    return result


@laws
@given(TREES, TREES)
def test_merging_is_json_merge_patch(lower: Any, upper: Any) -> None:
    assert merged(lower, upper) == model(without_nulls(lower), upper)


@laws
@given(TREES)
def test_an_empty_layer_changes_nothing_on_either_side(tree: Any) -> None:
    assert merged(tree, {}) == without_nulls(tree) == merged({}, tree)


@laws
@given(TREES, TREES)
def test_laying_a_layer_twice_is_laying_it_once(lower: Any, upper: Any) -> None:
    once = merge(node(lower), node(upper))
    assert plain(merge(once, node(upper))) == plain(once)


@laws
@given(TREES, TREES)
def test_no_null_and_no_key_from_nowhere_is_left(lower: Any, upper: Any) -> None:
    result = merged(lower, upper)
    assert result == without_nulls(result)
    assert set(result) <= set(lower) | set(upper)


def test_the_sources_of_both_layers_are_kept() -> None:
    result = merge(node({"a": {"b": "1", "c": "2"}}, "blueprint"), node({"a": {"c": "3"}}, "override"))
    assert {name: item.source for name, item in result.mapping["a"].mapping.items()} == {
        "b": "blueprint",
        "c": "override",
    }


def test_a_null_remembers_whether_it_took_something_away() -> None:
    result = merge(node({"a": "1"}), node({"a": None, "b": None}))
    assert {key: removal.effective for key, removal in result.removed.items()} == {"a": True, "b": False}


def test_what_an_upper_layer_sets_again_is_not_removed() -> None:
    result = merge(node({"a": None, "b": "1"}), node({"a": "2"}))
    assert plain(result) == {"a": "2", "b": "1"}
    assert result.removed == {}


def test_a_list_replaces_a_list() -> None:
    assert merged({"a": ["1", "2"]}, {"a": ["3"]}) == {"a": ["3"]}


def test_the_lowest_layer_by_itself_is_without_its_nulls() -> None:
    assert plain(settled(node({"a": None, "b": {"c": None}}))) == {"b": {}}
