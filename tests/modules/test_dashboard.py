"""How a dashboard is laid out, and that it shows all that is watched."""

from __future__ import annotations

import itertools
import json
from typing import Any

from modules.dashboard import COLUMNS, MOST, layout
from tests.capabilities.conftest import emitted

__all__ = ["emitted"]


def graph() -> dict[str, Any]:
    return {"type": "metric", "properties": {}}


def state(alarms: int) -> dict[str, Any]:
    return {"type": "alarm", "properties": {"alarms": ["arn"] * alarms}}


def cells(widget: dict[str, Any]) -> set[tuple[int, int]]:
    across = range(widget["x"], widget["x"] + widget["width"])
    down = range(widget["y"], widget["y"] + widget["height"])
    return set(itertools.product(across, down))


def test_no_widget_lies_on_another_and_none_leaves_the_grid() -> None:
    parts = [("web", [graph()] * 4), ("worker", [graph()]), ("none", []), ("db", [graph()] * 9)]
    placed = layout([state(MOST), state(3)], parts)
    taken: set[tuple[int, int]] = set()
    for each in placed:
        assert not taken & cells(each)
        assert each["x"] + each["width"] <= COLUMNS
        taken |= cells(each)
    headings = [each["properties"]["markdown"] for each in placed if each["type"] == "text"]
    assert headings == ["## web", "## worker", "## db"], "nothing is said of what has nothing to show"


def test_an_empty_environment_has_an_empty_dashboard() -> None:
    assert layout([], []) == []


def test_every_alarm_of_the_environment_is_shown_and_every_service(emitted: dict[str, dict[str, Any]]) -> None:
    stack = emitted["dashboard"]["environment-test"]["resource"]
    [made] = stack["aws_cloudwatch_dashboard"].values()
    widgets = json.loads(made["dashboard_body"])["widgets"]
    shown = [arn for each in widgets if each["type"] == "alarm" for arn in each["properties"]["alarms"]]
    alarms = [each["alarm_name"] for each in stack["aws_cloudwatch_metric_alarm"].values()]
    assert sorted(each.partition(":alarm:")[2] for each in shown) == sorted(alarms)
    for service in stack["aws_ecs_service"].values():
        assert f'"{service["name"]}"' in made["dashboard_body"]
    for group in stack["aws_lb_target_group"]:
        assert f"aws_lb_target_group.{group}.arn_suffix" in made["dashboard_body"]
    assert "aws_cloudwatch_dashboard" not in emitted["dashboard"]["environment-demo"]["resource"]
