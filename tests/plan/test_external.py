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


@pytest.mark.parametrize(("then", "port", "refused"), [(57, 8080, 1), (57, 3000, 0), (None, 8080, 0)])
def test_a_port_that_nothing_that_runs_has_is_refused(then: int | None, port: int, refused: int) -> None:
    """ECS: "The container web did not have a container port 8080 defined."."""
    led = [{"container_name": "web", "container_port": port}]
    plan = {"resource_changes": [STAYS, definition(), service(57, then, load_balancer=led)]}
    assert len(impossible(plan)) == refused
