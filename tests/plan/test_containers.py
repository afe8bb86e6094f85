"""ECS's containers: compared by name, with what ECS fills in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanada.plan import summary
from tanada.secrecy import HIDDEN
from tests.plan.samples import DEFINITION, changed, find, read, sides


def test_containers_are_compared_one_by_one_by_name() -> None:
    differences = sides(find(read("changed"), "aws_ecs_task_definition.web"))
    registry = "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/kakei/web"
    parameter = "arn:aws:ssm:ap-northeast-1:111111111111:parameter/kakei/test"
    assert differences == {
        "container_definitions[proxy].cpu": (None, "0"),
        "container_definitions[proxy].environment.MODE": (None, HIDDEN),
        "container_definitions[proxy].essential": (None, "true"),
        "container_definitions[proxy].image": (None, "envoy:1"),
        "container_definitions[web].cpu": ("0", "64"),
        "container_definitions[web].environment.ADMIN_PASSWORD": (HIDDEN, HIDDEN),
        "container_definitions[web].environment.DATABASE": (HIDDEN, HIDDEN),
        "container_definitions[web].environment.LOG_LEVEL": (HIDDEN, HIDDEN),
        "container_definitions[web].environment.NEW_ONE": (None, HIDDEN),
        "container_definitions[web].environment.REGION_HINT": (HIDDEN, None),
        "container_definitions[web].image": (f"{registry}:4f2a91c", f"{registry}:77c0e1d"),
        "container_definitions[web].secrets.STRIPE": (f"{parameter}/stripe", f"{parameter}/stripe2"),
        "container_definitions[web].stopTimeout": (None, "60"),
        "memory": ("512", "1024"),
    }


@pytest.mark.parametrize(
    "defaults",
    [
        {"cpu": 0},
        {"essential": True},
        {"environment": [], "mountPoints": [], "volumesFrom": [], "systemControls": [], "secrets": None},
        {"environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]},
    ],
)
def test_what_ecs_fills_in_is_no_difference(defaults: Any) -> None:
    bare: Any = {"name": "web", "image": "a/web:1"}
    if defaults.get("environment"):
        bare["environment"] = list(reversed(defaults["environment"]))
    plan_summary = changed([bare], [{**bare, **defaults, "image": "a/web:2"}])
    assert sides(plan_summary.changes[0]) == {"container_definitions[web].image": ("a/web:1", "a/web:2")}
    assert plan_summary.routine


def test_ports_are_compared_with_what_awsvpc_makes_of_them() -> None:
    def side(*ports: Any) -> Any:
        definitions = json.dumps([{"name": "web", "image": "x", "portMappings": list(ports)}])
        return {"network_mode": "awsvpc", "container_definitions": definitions}

    full = {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}
    entry = {"address": "x.y", "mode": "managed", "type": DEFINITION}

    def differences(before: Any, after: Any) -> list[str]:
        change = {"actions": ["delete", "create"], "before": before, "after": after}
        plan_summary = summary({"format_version": "1.2", "resource_changes": [{**entry, "change": change}]})
        return [f"{item.path}: {item.before} → {item.after}" for item in plan_summary.changes[0].differences]

    assert differences(side({"containerPort": 80}), side(full)) == []
    assert differences(side(full), side({**full, "protocol": "udp"})) == [
        "container_definitions[web].portMappings[80].protocol: tcp → udp"
    ]
