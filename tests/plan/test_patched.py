"""What `patches` say is marked where it changes something, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.declarations import content
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.plan import Difference, ResourceChange, Summary, marked, render
from tests.comment.reports import body, report

SYSTEM = Path(__file__).parents[1] / "capabilities" / "patches"


def test_what_is_patched_is_marked_where_it_changes() -> None:
    system = load(SYSTEM)
    stacks = {each.name: each for each in inventory(system)}
    ways = content.patched(system, stacks["environment-test"])
    differences = tuple(
        Difference(path, "1", "2") for path in ("slow_start", "slow_start_more", "health_check.interval")
    )
    group = ResourceChange("aws_lb_target_group.web_target_group_1", "aws_lb_target_group", "update")
    task = ResourceChange(
        "aws_ecs_task_definition.web_task_definition[0]",
        "aws_ecs_task_definition",
        "update",
        differences=(
            Difference("container_definitions[web].hostname", "a", "b"),
            Difference("container_definitions[nginx].hostname", "a", "b"),
        ),
    )
    other = ResourceChange("aws_lb_target_group.other", "aws_lb_target_group", "update")
    changes = (group, other)
    plan = Summary("1.11.4", (*(_with(each, differences) for each in changes), task), 0)
    found = marked(plan, ways)
    assert [[each.patched for each in change.differences] for change in found.changes] == [
        [True, False, True],
        [False, False, False],
        [True, False],
    ]
    assert "slow_start: 1 → 2 (patched)\n" in render(found)
    assert "+   slow_start: 2  # patched\n" in body([report("environment-test", found)])
    assert marked(plan, {}) == plan


@pytest.mark.parametrize(("name", "address"), [("common-main", "aws_lb.load_balancer_1_balancer"), ("review", None)])
def test_each_kind_of_stack_has_its_patches(name: str, address: str | None) -> None:
    system = load(SYSTEM)
    [stack] = [each for each in inventory(system) if each.name == name]
    found = content.patched(system, stack)
    assert found[address or "aws_sqs_queue.jobs_queue"] == (
        ("client_keep_alive", "tags") if address else ("receive_wait_time_seconds",)
    )


def _with(change: ResourceChange, differences: tuple[Difference, ...]) -> ResourceChange:
    return ResourceChange(change.address, change.type, change.action, differences=differences)
