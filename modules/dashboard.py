"""The dashboard of a permanent environment: its alarms, and what its services and stores do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard

from modules.alarms import Made
from modules.here import Here
from modules.service import Service
from modules.service_alarms import ECS, ELB, INSIGHTS, dimensions_of_answers, dimensions_of_tasks
from tanada.regions import partition

COLUMNS = 24
"""The grid's (CloudWatch API reference, "Dashboard body structure and syntax")."""
GRAPH = 6
"""Columns and rows of a graph: four stand beside each other."""
TILES = 8
"""Alarms of which each has a legible tile in one row."""
MOST = 100
"""Alarms of one widget (the same)."""

Widget = dict[str, Any]


def dashboard(here: Here, services: Mapping[str, Service]) -> None:
    """After everything else is made: its alarms are those that are noted by then."""
    locals_ = _Locals(here)
    widgets = layout(
        list(_states(here)),
        [
            *((name, _of_service(here, each, locals_)) for name, each in services.items()),
            *_of_alarms(here, {here.called(name) for name in services}),
        ],
    )
    CloudwatchDashboard(
        here.stack,
        "dashboard",
        dashboard_name=here.names.joined("dashboard"),
        dashboard_body=json.dumps({"widgets": widgets}, sort_keys=True),
    )


class _Locals:
    """A local for what is an expression with quotes, which would not survive in JSON."""

    def __init__(self, here: Here) -> None:
        self._stack = here.stack
        self._made: set[str] = set()

    def lone(self, word: str, expression: str) -> str:
        """The reference to the one that holds it."""
        name = f"dashboard_{word}".replace("-", "_")
        if name not in self._made:
            self._made.add(name)
            TerraformLocal(self._stack, name, expression)
        return f"${{local.{name}}}"


def layout(states: Sequence[Widget], parts: Sequence[tuple[str, Sequence[Widget]]]) -> list[Widget]:
    """Where each stands: alarms above, below them the graphs of each part under its name, four in a row."""
    placed: list[Widget] = []
    y = 0
    for state in states:
        height = 1 + -(-len(state["properties"]["alarms"]) // TILES)
        placed.append({**state, "x": 0, "y": y, "width": COLUMNS, "height": height})
        y += height
    for name, graphs in parts:
        if not graphs:
            continue
        placed.append(
            {"type": "text", "x": 0, "y": y, "width": COLUMNS, "height": 1, "properties": {"markdown": f"## {name}"}}
        )
        y += 1
        for index, graph in enumerate(graphs):
            column, row = index % (COLUMNS // GRAPH), index // (COLUMNS // GRAPH)
            at = {"x": column * GRAPH, "y": y + row * GRAPH, "width": GRAPH, "height": GRAPH}
            placed.append({**graph, **at})
        y += -(-len(graphs) // (COLUMNS // GRAPH)) * GRAPH
    return placed


def _states(here: Here) -> Iterator[Widget]:
    arns = [_arn(here, each) for each in here.alarms]
    for first in range(0, len(arns), MOST):
        yield {"type": "alarm", "properties": {"title": "Alarms", "alarms": arns[first : first + MOST]}}


def _of_alarms(here: Here, but: Iterable[str]) -> Iterator[tuple[str, list[Widget]]]:
    """What each of the others' alarms looks at, with its number as a line: that is what matters of a store."""
    of: dict[str, list[Widget]] = {}
    for each in here.alarms:
        if each.called not in but:
            drawn = {"annotations": {"alarms": [_arn(here, each)]}}
            of.setdefault(each.called, []).append(_graph(here, each.word, drawn))
    yield from of.items()


def _of_service(here: Here, service: Service, locals_: _Locals) -> list[Widget]:
    tasks = dimensions_of_tasks(here, service.contract.service)
    tasks["ClusterName"] = locals_.lone("cluster", tasks["ClusterName"])
    requests: list[list[Any]] = []
    latency: list[list[Any]] = []
    for route in service.routes:
        for balancer, more, dimensions in dimensions_of_answers(here, *route):
            dimensions["LoadBalancer"] = locals_.lone(f"load_balancer_{balancer}", dimensions["LoadBalancer"])
            of = "".join(f" {each}" for each in more)
            requests += _lines(
                ELB,
                dimensions,
                ("RequestCount", {"label": f"requests{of}"}),
                ("HTTPCode_Target_5XX_Count", {"label": f"5xx{of}"}),
            )
            latency += _lines(
                ELB,
                dimensions,
                ("TargetResponseTime", {"label": f"p50{of}", "stat": "p50"}),
                ("TargetResponseTime", {"label": f"p95{of}", "stat": "p95"}),
            )
    full = _lines(
        ECS,
        tasks,
        ("CPUUtilization", {"label": "CPU, average", "stat": "Average"}),
        ("MemoryUtilization", {"label": "memory, maximum", "stat": "Maximum"}),
    )
    running = _lines(INSIGHTS, tasks, ("RunningTaskCount", {"label": "run"}), ("DesiredTaskCount", {"label": "should"}))
    of_answers = [
        _graph(here, "Requests and errors", {"metrics": requests, "stat": "Sum", "period": 60}),
        _graph(here, "Seconds to answer", {"metrics": latency, "period": 60}),
    ]
    return [
        *(of_answers if requests else ()),
        _graph(here, "Percent of CPU and memory", {"metrics": full, "period": 60}),
        _graph(here, "Tasks", {"metrics": running, "stat": "Average", "period": 60}),
    ]


def _lines(namespace: str, dimensions: Mapping[str, str], *metrics: tuple[str, Mapping[str, str]]) -> list[list[Any]]:
    """Metrics of the same dimensions, which the first one says and a dot repeats: so each reference stands once."""
    said: list[str] = [word for pair in dimensions.items() for word in pair]
    return [
        [namespace if not index else ".", name, *(said if not index else ["."] * len(said)), {**more}]
        for index, (name, more) in enumerate(metrics)
    ]


def _graph(here: Here, title: str, what: Mapping[str, Any]) -> Widget:
    of_all = {"title": title, "region": here.region, "view": "timeSeries", "stacked": False}
    return {"type": "metric", "properties": {**of_all, **what}}


def _arn(here: Here, alarm: Made) -> str:
    return f"arn:{partition(here.region)}:cloudwatch:{here.region}:{here.account_id}:alarm:{alarm.name}"
