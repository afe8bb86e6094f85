"""Services that others deploy: what a plan says of a revision that it registers, and of one that it didn't."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanada.plan import impossible
from tests.plan.test_cautions import STAYS, change, said

Json = dict[str, Any]
ARN = "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/kakei-test-web"
LED = [{"container_name": "web", "container_port": 3000}]


def definition(actions: str = "create+delete") -> Json:
    containers = json.dumps([{"name": "web", "portMappings": [{"containerPort": 3000}]}])
    before = {"arn": f"{ARN}:3", "container_definitions": containers}
    after = before if actions == "no-op" else {"container_definitions": containers}
    return change("aws_ecs_task_definition.web_task_definition", actions, before, after)


def service(runs: int, then: int | None, actions: str = "update", **after: Any) -> Json:
    """`then` None: the revision that this apply registers."""
    before = {"task_definition": f"{ARN}:{runs}", "load_balancer": LED}
    known = {"task_definition": f"{ARN}:{then}"} if then is not None else {}
    return change("aws_ecs_service.web_service", actions, before, {"load_balancer": LED, **known, **after})


RIGHTS = change("aws_iam_role_policy.web_execution_policy", "update", {"policy": "{}"}, {"policy": "{ }"})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([definition(), service(57, 57, "no-op")], ["web is not deployed by this: what deploys it takes the new"]),
        ([definition(), service(57, 57)], ["web is not deployed by this: what deploys it takes the new"]),
        ([definition("no-op"), service(57, 57)], []),
        ([definition(), service(3, None)], []),
        ([definition(), service(2, None)], []),  # of Terraform's own one failed, and ECS rolled back
        ([definition(), service(57, None)], ["web runs kakei-test-web:57, which Terraform didn't register"]),
        ([definition("no-op"), service(57, 3)], ["web runs kakei-test-web:57, which Terraform didn't register"]),
    ],
)
def test_a_plan_says_what_is_not_deployed_and_what_is_deployed_over(changes: list[Json], expected: list[str]) -> None:
    found = said(*changes)
    assert len(found) == len(expected)
    assert all(each.words.startswith(begin) for each, begin in zip(found, expected, strict=True)), found


def test_rights_change_at_once_for_what_runs() -> None:
    [caution] = said(definition(), service(57, 57, "no-op"), RIGHTS)
    assert "Its roles change at once" in caution.words
    [other] = said(definition(), service(57, 57, "no-op"))
    assert "roles" not in other.words


def turning(rule: str = "rule:1", second: str = "group:2") -> list[Json]:
    """A load balancer's block of a service whose requests ECS moves."""
    turns = {"alternate_target_group_arn": second, "production_listener_rule": rule, "role_arn": "role"}
    return [{"container_name": "web", "target_group_arn": "group:1", "advanced_configuration": [turns]}]


def shifting(before: Json, after: Json) -> Json:
    return change("aws_ecs_service.web_service", "update", before, after)


def rule_to(group: str) -> Json:
    groups = [{"arn": each, "weight": 100 * (each == group)} for each in ("group:1", "group:2")]
    before = {"action": [{"type": "forward", "forward": [{"target_group": groups}]}]}
    after = {"action": [{"type": "forward", "target_group_arn": "group:1"}]}
    return change("aws_lb_listener_rule.web_listener_rule", "update", before, after)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            [
                shifting(
                    {"load_balancer": turning(), "desired_count": 1}, {"load_balancer": turning(), "desired_count": 2}
                )
            ],
            ["web is deployed by this, with the revision that runs"],
        ),
        ([shifting({"load_balancer": turning(), "tags": {}}, {"load_balancer": turning(), "tags": {"a": "b"}})], []),
        ([shifting({"load_balancer": turning()}, {"load_balancer": LED}), rule_to("group:1")], []),
        (
            [shifting({"load_balancer": turning()}, {"load_balancer": LED}), rule_to("group:2")],
            ["web answers 503 until its new tasks are well: its second target group answers"],
        ),
        ([shifting({"load_balancer": LED}, {"load_balancer": turning()})], []),
    ],
)
def test_a_plan_says_what_it_does_to_a_service_whose_requests_ecs_moves(
    changes: list[Json], expected: list[str]
) -> None:
    found = [each.words for each in said(*changes)]
    assert len(found) == len(expected), found
    assert all(words.startswith(begin) for words, begin in zip(found, expected, strict=True)), found


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        (turning(), False),
        (turning(rule="rule:2"), True),
        (turning(second="group:3"), True),
        ([{"container_name": "web", "advanced_configuration": [{"role_arn": "role"}]}], True),  # known after apply
        (LED, False),  # rolling again
    ],
)
def test_another_rule_or_group_of_a_service_whose_requests_ecs_moves_is_refused(
    after: list[Json], refused: bool
) -> None:
    plan = {"resource_changes": [STAYS, shifting({"load_balancer": turning()}, {"load_balancer": after})]}
    assert bool(impossible(plan)) is refused


@pytest.mark.parametrize(("after", "refused"), [([], True), ([{"enable": False}], False), ([{"enable": True}], False)])
def test_alarms_that_roll_back_are_not_left_out_but_said_to_be_none(after: list[Json], refused: bool) -> None:
    plan = {"resource_changes": [STAYS, shifting({"alarms": [{"enable": True}]}, {"alarms": after})]}
    assert bool(impossible(plan)) is refused


def test_for_a_port_a_service_whose_requests_ecs_moves_rolls_as_well() -> None:
    led = [{**each, "container_port": 8080} for each in turning()]
    moves = shifting(
        {"load_balancer": turning(), "task_definition": "a"}, {"load_balancer": led, "task_definition": "a"}
    )
    [sentence] = impossible({"resource_changes": [STAYS, definition(), moves]})
    assert "Say deploy: terraform and rollout: rolling for this change" in sentence


@pytest.mark.parametrize(("then", "port", "refused"), [(57, 8080, 1), (57, 3000, 0), (None, 8080, 0)])
def test_a_port_that_nothing_that_runs_has_is_refused(then: int | None, port: int, refused: int) -> None:
    """ECS: "The container web did not have a container port 8080 defined."."""
    led = [{"container_name": "web", "container_port": port}]
    plan = {"resource_changes": [STAYS, definition(), service(57, then, load_balancer=led)]}
    assert len(impossible(plan)) == refused
