"""The laws of merging: mappings merge key by key, short forms as what they mean; all else replaces; `null` removes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanada.declarations.common_settings import _under
from tanada.declarations.merge import merge, settled
from tanada.declarations.mistakes import Position
from tanada.declarations.tree import Node, plain
from tanada.declared.container import Asked, HealthCheck, Limit
from tanada.declared.copies import Data
from tanada.declared.database import Storage
from tanada.declared.hosted_zone import Zone
from tanada.declared.image import Elsewhere
from tanada.declared.mail import Dmarc
from tanada.declared.model import Model
from tanada.declared.people import Look
from tanada.declared.redirects import FixedResponse, Redirect
from tanada.declared.restored import Restored
from tanada.declared.rollout import Rollout
from tanada.declared.route53_health_check import FromOutside
from tanada.declared.spot import Spot
from tanada.declared.ways import Way

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


SHORT: list[tuple[str, Any, Any, Any]] = [
    ("services.web.http.health_check", "/up", {"codes": "200"}, {"path": "/up", "codes": "200"}),
    ("services.web.http.health_check", "/up", {"path": None, "codes": "200"}, {"codes": "200"}),
    ("services.web.http.health_check", "/up", "/well", "/well"),
    ("services.web.http.route53_health_check", "/up", {"search": "ok"}, {"path": "/up", "search": "ok"}),
    ("services.web.health_check", "/up", {"interval": "30s"}, {"path": "/up", "interval": "30s"}),
    ("services.web.health_check", "/up", {"command": ["CMD", "a"]}, {"command": ["CMD", "a"]}),
    ("services.web.sidecars.proxy.health_check", "/up", {"retries": "5"}, {"path": "/up", "retries": "5"}),
    ("services.web.spot", "50", {"base": "2"}, {"share": "50", "base": "2"}),
    ("services.web.rollout", "recreate", {"minimum": "50"}, {"minimum": "50", "maximum": "100"}),
    ("services.web.rollout", "sideways", {"minimum": "50"}, {"minimum": "50"}),
    ("services.web.ulimits.nofile", "1024", {"hard": "4096"}, {"soft": "1024", "hard": "4096"}),
    ("services.web.image", "a.io/x:1", {"credentials": "a"}, {"from": "a.io/x:1", "credentials": "a"}),
    ("services.web.image", "web", {"credentials": "a"}, {"credentials": "a"}),
    ("services.web.variables.spot", "50", {"base": "2"}, {"base": "2"}),
    ("defaults.services.spot", "50", {"base": "2"}, {"share": "50", "base": "2"}),
]
"""Where, what lies below, what is laid over it, and what holds."""


@pytest.mark.parametrize(("where", "lower", "upper", "holds"), SHORT)
def test_a_short_form_below_is_what_it_means(where: str, lower: Any, upper: Any, holds: Any) -> None:
    below = replace(node(lower, "blueprint"), path=("blueprint", *where.split(".")))
    result = merge(below, node(upper, "override"))
    assert plain(result) == holds
    assert {each.source for key, each in result.mapping.items() if key not in upper} <= {"blueprint"}
    assert plain(_under(below, node(upper, "override"))) == holds


def test_each_short_form_means_what_it_is_read_as() -> None:
    bare: dict[type[Model], str] = {
        Asked: "/up",
        Dmarc: "none",
        FromOutside: "/up",
        HealthCheck: "/up",
        Spot: "50",
        Rollout: "recreate",
        Limit: "1024",
        Storage: "20GiB",
        Elsewhere: "a.io/x:1",
        Redirect: "/new",
        FixedResponse: "Gone",
        Restored: "2026-11-20T03:00:00Z",
    }
    alone = {Look, Way, Zone}  # stand in lists, which replace each other
    words = {Data}  # one of several, which replace each other
    assert {model for model in _models(Model) if model.SHORT is not None} == {*bare}
    assert {model for model in _models(Model) if "bare" in vars(model)} <= {*bare, *alone, *words}
    for model, text in bare.items():
        assert model.SHORT is not None
        assert model.model_validate(model.SHORT(text)).bare() in (text, None)


def _models(model: type[Model]) -> set[type[Model]]:
    return {model, *(each for below in model.__subclasses__() for each in _models(below))} - {Model}
