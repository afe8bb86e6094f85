"""Pictures of every system here: all that runs and keeps is in them once, and who may reach whom is as declared."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from tanada.declarations.inventory import Stack, inventory
from tanada.declarations.loader import load
from tanada.declared.blueprint import Environment, Review
from tanada.declared.system import System
from tanada.graph import boxes, elk, names, svg
from tanada.graph.folding import MOST
from tanada.graph.mermaid import mermaid
from tanada.graph.model import Graph
from tanada.terraform.pictures import drawn, graph_of
from tanada.terraform.pictures import laid_out as laid
from tanada.terraform.process import Processes
from tests.golden import held

from .conftest import HERE

ROOT = HERE.parents[1]
SYSTEMS = ["default", *sorted(file.parent.name for file in HERE.glob("*/system.yaml"))]
RUNS = ("service", "task", "job")
Json = dict[str, Any]


@cache
def declared(system: str) -> System:
    return load(ROOT if system == "default" else HERE / system)


def stacks(system: str) -> list[Stack]:
    return list(inventory(declared(system)))


def graph(emitted: Mapping[str, Json], system: str, name: str | None) -> Graph:
    chosen = next((each for each in stacks(system) if each.name == name), None)
    return graph_of(declared(system).name, stacks(system), chosen, emitted)


def settings(system: str, stack: Stack) -> Environment | Review:
    found = declared(system)
    if stack.environment is not None:
        return found.environments[stack.environment]
    assert found.review is not None
    return found.review


def callers(of: Environment | Review) -> Iterator[tuple[str, str, Any]]:
    """What runs, by its kind and name, as a service."""
    yield from (("service", name, each) for name, each in of.services.items())
    yield from (("task", name, each.as_service()) for name, each in of.tasks.items())
    yield from (("job", name, each.as_service()) for name, each in of.jobs.items())


def no_edges(of: Environment | Review) -> set[tuple[str, str]]:
    """What is declared as reached and has no rule of its own: what HTTPS to anywhere reaches, and databases of whose
    copies alone a task takes out what is people's."""
    stores = of.stores.items()
    everywhere = {name for name, each in stores if each.existing and each.existing.port == 443}
    copies = {
        (sanitised.task, name)
        for name, each in stores
        if (sanitised := getattr(each.kind, "sanitised", None)) is not None
    }
    return copies | {(caller, name) for _, caller, _ in callers(of) for name in everywhere}


def turned(value: Any) -> Any:
    """The same JSON, with the keys of each object the other way round."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("system", SYSTEMS)
def test_all_that_runs_and_keeps_is_in_its_picture_once_and_reaches_what_is_declared(
    system: str, emitted: Mapping[str, dict[str, Json]]
) -> None:
    for stack in stacks(system):
        drawn_ = graph(emitted[system], system, stack.name)
        assert len(drawn_.nodes) <= MOST
        by_id = {node.id: node for node in drawn_.nodes}
        assert {end for edge in drawn_.edges for end in (edge.source, edge.target)} <= by_id.keys(), "edges to nobody"
        assert {node.place for node in drawn_.nodes} <= {None, *(each.id for each in drawn_.containers)}
        if stack.kind == "common":
            continue
        of = settings(system, stack)
        found: Counter[tuple[str, str]] = Counter((node.kind, node.name) for node in drawn_.nodes)
        wanted = [(kind, name) for kind, name, _ in callers(of)] + [("store", name) for name in of.stores]
        assert {each: found[each] for each in wanted} == dict.fromkeys(wanted, 1)
        reached = {
            (by_id[edge.source].name, by_id[edge.target].name)
            for edge in drawn_.edges
            if edge.way == "reaches"
            and by_id[edge.source].kind in RUNS
            and by_id[edge.target].name in {*of.services, *of.stores}
        }
        said = {
            (name, other)
            for _, name, service in callers(of)
            for other in service.reached
            if other in of.services or other in of.stores
        }
        assert reached == said - no_edges(of)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_whole_system_fits_in_one_picture_and_every_environment_is_in_it(
    system: str, emitted: Mapping[str, dict[str, Json]]
) -> None:
    whole = graph(emitted[system], system, None)
    assert len(whole.nodes) <= MOST
    boxes = {each.name.partition(" · ")[0] for each in whole.containers}
    folded = {name for node in whole.nodes for name in (node.name, *node.members)}
    empty = {
        each.environment or each.name
        for each in stacks(system)
        if each.kind != "common" and not graph(emitted[system], system, each.name).nodes
    }
    assert {each.environment or each.name for each in stacks(system) if each.kind != "common"} <= boxes | folded | empty


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_order_in_which_json_is_written_changes_nothing(
    system: str, emitted: Mapping[str, dict[str, Json]]
) -> None:
    other = turned(emitted[system])
    for name in (None, *(each.name for each in stacks(system))):
        one, two = graph(emitted[system], system, name), graph(other, system, name)
        assert (mermaid(one), elk.asked(one)) == (mermaid(two), elk.asked(two))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_store_is_called_as_aws_calls_it(system: str, emitted: Mapping[str, dict[str, Json]]) -> None:
    for name, stack in emitted[system].items():
        by_store: dict[str, set[str]] = {}
        for type_, bodies in stack["resource"].items():
            for body in bodies.values():
                path = body["//"]["metadata"]["path"].split("/")
                if path[1:2] == ["(stores)"] and len(path) > 3:
                    by_store.setdefault(path[2], set()).add(type_)
        unnamed = {store for store, types in by_store.items() if not types & names.STORES.keys()}
        assert not unnamed, f"{name}: tanada/graph/names.py says what these are"


ODD = (None, 7, ["a", 3, None], [{"a": {"b": 1}}], "${aws_lb.gone.arn}", '{"Statement": 5}')


def made_odd(value: Any, depth: int, odd: Any) -> Any:
    """The same JSON with what stands so deep in it replaced; where a resource's construct stands is none of it."""
    if depth == 0:
        return odd
    if isinstance(value, dict):
        return {key: each if key == "//" else made_odd(each, depth - 1, odd) for key, each in value.items()}
    return [made_odd(each, depth - 1, odd) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_what_patches_of_a_team_write_breaks_no_picture(depth: int, emitted: Mapping[str, dict[str, Json]]) -> None:
    for odd in ODD:
        strange = {
            name: {
                **stack,
                "resource": made_odd(stack["resource"], depth, odd),
                "output": made_odd(stack["output"], 2, odd),
            }
            for name, stack in emitted["service"].items()
        }
        for name in ("environment-production", "common-production"):
            elk.asked(graph(strange, "service", name))


DRAWN = (("service", "environment-production"), ("sites", None))
"""The one with most in it, and one of a whole system, with entrances before its environments."""


@pytest.mark.parametrize(("system", "name"), DRAWN)
def test_nothing_lies_upon_anything_else_and_lines_are_straight(
    system: str, name: str | None, emitted: Mapping[str, dict[str, Json]]
) -> None:
    picture = graph(emitted[system], system, name)
    where = laid(picture, os.environ, Processes())
    for (_, one), (_, other) in combinations(where.nodes.items(), 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y
    for node in picture.nodes:
        box = where.nodes[node.id]
        if node.place is not None:
            around = where.containers[node.place]
            assert around.x < box.x
            assert around.y < box.y
            assert box.x + box.width < around.x + around.width
            assert box.y + box.height < around.y + around.height
    for container in picture.containers:
        assert boxes.head(container) <= where.containers[container.id].width
    for line in where.edges:
        assert len(line) > 1
        assert all(x == other_x or y == other_y for (x, y), (other_x, other_y) in pairwise(line))
    text = svg.svg(picture, where)
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert text.count("marker-end") == len(picture.edges) + len(
        {"reaches", "starts"} & {each.way for each in picture.edges}
    )


def test_the_readmes_picture_is_what_the_default_system_emits(emitted: Mapping[str, dict[str, Json]]) -> None:
    """`tanada graph production > docs/graph.svg`, laid out a second time: the same bytes."""
    picture = graph(emitted["default"], "default", "environment-production")
    held(ROOT / "docs" / "graph.svg", drawn(picture, "svg", os.environ, Processes()))
