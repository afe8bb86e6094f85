"""What pictures are made of: names that are anybody's, more than fits, what other resources lead to."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from tanada.graph import boxes, elk, metrics, read, svg, whole
from tanada.graph.folding import MOST, folded
from tanada.graph.mermaid import mermaid
from tanada.graph.model import Container, Edge, Graph, Kind, Node, made

NASTY = '<b>"x"</b> & `y` | [z] ${w} \x00 #35; 棚田'
Json = dict[str, Any]


def node(id_: str, kind: Kind = "service", place: str | None = "account", **more: Any) -> Node:
    return Node(id_, more.pop("name", id_), kind, more.pop("what", "ECS service"), place, **more)


def graph(*nodes: Node, edges: tuple[Edge, ...] = (), title: str = "kakei") -> Graph:
    return made(title, iter([Container("account", "Account")]), iter(nodes), iter(edges))


def laid(drawn: Graph) -> elk.Laid:
    """As ELK might lay it: one below the other."""
    sizes = boxes.sizes(drawn)
    children = [
        {"id": each.id, "x": 20, "y": 40 + 100 * number, "width": sizes[each.id][0], "height": sizes[each.id][1]}
        for number, each in enumerate(drawn.nodes)
    ]
    box = {"id": "box account", "x": 0, "y": 0, "width": 400, "height": 100 * len(children), "children": children}
    lines = [
        {
            "id": f"edge {number}",
            "sections": [
                {
                    "startPoint": {"x": 30, "y": 50},
                    "bendPoints": [{"x": 300, "y": 50.9}, {"x": 300.4, "y": 150}],
                    "endPoint": {"x": 40, "y": 150},
                }
            ],
        }
        for number, _ in enumerate(drawn.edges)
    ]
    return elk.answered(drawn, {"width": 400, "height": 100 * len(children), "children": [box], "edges": lines})


def test_a_name_is_text_wherever_it_stands() -> None:
    drawn = graph(node("a", name=NASTY, what=NASTY, details=(NASTY,), badges=(NASTY,)), title=NASTY)
    text = svg.svg(drawn, laid(drawn))
    root = ElementTree.fromstring(text)
    assert "".join(root.itertext()).count('<b>"x"</b> & `y` | [z] ${w}') >= 3
    assert "<b>" not in text
    written = mermaid(drawn)
    [line] = [each for each in written.splitlines() if each.startswith("    n1")]
    assert re.sub(r"#\d+;|<br>", "", line).translate(str.maketrans("", "", '["]')).isprintable() or "\x00" in line
    assert line.count('"') == 2
    assert not set(line.replace("<br>", "")) & set("<>&`|$")


def test_it_says_itself_and_looks_right_in_the_dark_without_anything_fetched() -> None:
    drawn = graph(node("web"), node("db", "store", what="RDS MySQL"), edges=(Edge("web", "db", label="3306"),))
    text = svg.svg(drawn, laid(drawn))
    assert "prefers-color-scheme:dark" in text
    assert "web (ECS service), db (RDS MySQL). web reaches db." in text
    assert "<title>web → db: 3306</title>" in text
    assert not re.search(r"<script|<image|<a |@import|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", text)
    # Corners are round, and what ELK bent by a pixel is straight.
    assert "M30 50L295 50Q300 50 300 55L300 145Q300 150 295 150L40 150" in text


def test_what_belongs_to_a_thing_is_counted_and_no_more() -> None:
    drawn = graph(node("web", resources=23))
    assert "<title>web: ECS service\n23 resources of Terraform&apos;s</title>".replace("&apos;", "'") in svg.svg(
        drawn, laid(drawn)
    )


@pytest.mark.parametrize("name", ["a", "orders-of-the-last-hundred-years", "棚田" * 20, "WWWWWWWWWWWWWWWWWWWWWWWW"])
def test_what_is_written_fits_into_its_box(name: str) -> None:
    drawn = graph(node("a", name=name, details=(name,), badges=(name, name)), node("b"))
    wide, high = boxes.sizes(drawn)["a"]
    assert wide == boxes.sizes(drawn)["b"][0]
    lines, needs = boxes.lines(drawn.nodes[0], wide)
    assert needs == high
    for line in lines:
        size = {"name": boxes.NAME, "pill": boxes.PILL}.get(line.style, boxes.SMALL)
        assert line.x + (line.wide or metrics.width(line.text, size, bold=line.style == "name")) <= wide
        assert line.y < high


def test_what_is_too_many_becomes_one_that_says_how_many() -> None:
    nodes = [node(f"s{number:02}") for number in range(30)] + [node(f"t{number:02}", "task") for number in range(30)]
    edges = (Edge("s00", "t00"), Edge("s01", "t29"), Edge("t00", "s02"))
    few = folded(graph(*nodes, edges=edges))
    assert len(few.nodes) == MOST
    [more] = [each for each in few.nodes if each.members]
    assert (more.name, more.kind, len(more.members)) == ("and 21 more", "task", 21)
    # What has edges stays.
    assert not {"t00", "t29"} & set(more.members)
    assert few == folded(few)


def test_a_kind_that_is_folded_whole_is_called_by_its_number() -> None:
    nodes = [node(f"s{number:02}") for number in range(39)] + [node(f"t{number}", "task") for number in range(3)]
    few = folded(graph(*nodes, edges=(Edge("s00", "t1"), Edge("s00", "t2"), Edge("t0", "s01"))))
    assert [each.name for each in few.nodes if each.kind == "task"] == ["3 tasks"]
    assert [(each.source, each.target) for each in few.edges] == [
        ("s00", "more task account"),
        ("more task account", "s01"),
    ]


def test_kind_after_kind_until_it_fits() -> None:
    kinds: tuple[Kind, ...] = ("task", "job", "store", "service")
    nodes = [node(f"{kind}{number:02}", kind) for kind in kinds for number in range(40)]
    few = folded(graph(*nodes))
    assert len(few.nodes) <= MOST
    names = {name for each in few.nodes for name in (each.members or (each.name,))}
    assert names == {each.id for each in nodes}


def emitted(resources: Json, **more: Any) -> Json:
    return {"resource": resources, "output": {}, "provider": {"aws": [{}]}} | more


def at(path: str, **body: Any) -> Json:
    return {"//": {"metadata": {"path": f"environment-test/{path}"}}, **body}


SERVICE = {
    "aws_ecs_service": {"web_service": at("(services)/web/service", desired_count=1)},
    "aws_ecs_task_definition": {
        "web": at("(services)/web/task_definition", container_definitions='[{"name": "web"}, {"name": "log"}]')
    },
}


def test_fifty_environments_are_each_one_box_and_fold_as_others_do() -> None:
    parts = tuple(whole.Part(f"e{number:02}", emitted(SERVICE)) for number in range(50))
    drawn = whole.system("kakei", [whole.Account("main", "Account main", emitted({}), parts)])
    assert len(drawn.nodes) == MOST
    assert [each.name for each in drawn.nodes if each.members] == ["and 11 more"]
    assert drawn.nodes[0].details == ("1 service",)


def test_an_api_of_api_gateway_is_an_entrance() -> None:
    api = {
        "aws_apigatewayv2_api": {"web_api": at("(http_apis)/web/api")},
        "aws_apigatewayv2_authorizer": {"web": at("(http_apis)/web/authorizer", authorizer_type="JWT")},
        "aws_apigatewayv2_domain_name": {"web": at("(http_apis)/web/domain_name", domain_name="api.example.jp")},
        "aws_apigatewayv2_integration": {
            "web": at(
                "(http_apis)/web/integration",
                api_id="${aws_apigatewayv2_api.web_api.id}",
                integration_uri='${data.terraform_remote_state.common.outputs.load_balancers["inside"].listener_arn}',
            )
        },
    }
    shared = emitted(
        {
            "aws_lb": {"inside": at("load_balancer_inside/balancer", internal=True)},
            "aws_lb_listener": {"https": at("load_balancer_inside/https", load_balancer_arn="${aws_lb.inside.arn}")},
        },
        output={"load_balancers": {"value": {"inside": {"listener_arn": "${aws_lb_listener.https.arn}"}}}},
    )
    drawn = read.stack("kakei, test", "Account main", emitted(SERVICE | api), shared)
    entrance = next(each for each in drawn.nodes if each.what == "API Gateway")
    assert (entrance.name, entrance.details, entrance.badges) == ("web", ("api.example.jp",), ("JWT",))
    names = {each.id: each.name for each in drawn.nodes}
    ways = {(names[each.source], names[each.target]) for each in drawn.edges}
    assert ways == {("Internet", "web"), ("web", "Load balancer")}


def test_a_stack_with_nothing_in_it_says_so() -> None:
    drawn = read.stack("kakei, test", "Account main", emitted({}), emitted({}))
    assert "Nothing runs here." in svg.svg(drawn, elk.answered(drawn, {"width": 0, "height": 0}))
