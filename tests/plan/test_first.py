"""What a plan says once, with the first tasks of a service: what they may write to, which values are made for them."""

from __future__ import annotations

import json
from typing import Any

from tanada.plan import summary
from tests.plan.test_cautions import STAYS, change

Json = dict[str, Any]
ARN = "arn:aws:ssm:ap-northeast-1:111111111111:parameter"
WRITES = "can write to /tmp alone (64 MiB in memory), and an image that writes elsewhere ends at its first write: "


def definition(name: str, actions: str, before: tuple[str, ...] | None, after: tuple[str, ...] | None) -> Json:
    def tasks(parameters: tuple[str, ...] | None) -> Json | None:
        if parameters is None:
            return None
        secrets = [{"name": each.rpartition("/")[2], "valueFrom": f"{ARN}{each}"} for each in parameters]
        return {"family": f"test_{name}_kakei", "container_definitions": json.dumps([{"secrets": secrets}, {}])}

    return change(f"aws_ecs_task_definition.{name}_task_definition", actions, tasks(before), tasks(after))


def said(*changes: Json, quiet: tuple[str, ...] = ()) -> list[str]:
    plan = {"format_version": "1.2", "resource_changes": [STAYS, *changes]}
    return [each.words for each in summary(plan, quiet=quiet).cautions]


def test_values_that_an_apply_makes_are_named_with_the_first_tasks_that_read_them() -> None:
    own = ("/kakei/test/generated/web/KEY", "/kakei/test/generated/web/nginx/KEY", "/kakei/test/key")
    theirs = ("/kakei/staging/generated/web/KEY", "/other/test/generated/web/KEY")
    [words] = said(definition("web", "create", None, (*own, *theirs)), definition("queue", "create", None, own[:1]))
    assert words == (
        "web.KEY, web.nginx.KEY will be generated at apply, where not there yet: random letters and digits that nobody "
        "sees"
    )
    assert said(definition("web", "create+delete", own[:1], own))[0].startswith("web.nginx.KEY will be generated")
    assert said(definition("web", "create+delete", own, own)) == []
    read = definition("web", "no-op", own, own)
    assert said(read, definition("queue", "create", None, own[:1])) == [], "another service reads what is there"
    assert said(definition("web", "delete", own, None)) == []


def test_of_a_new_service_it_is_said_once_that_nothing_says_what_it_writes_to() -> None:
    new, old = definition("web", "create", None, ()), definition("worker", "create+delete", (), ())
    assert said(new, old, quiet=("web", "worker", "gone")) == [f"web {WRITES}say writable"]
    assert said(new, definition("worker", "create", None, ()), quiet=("web", "worker")) == [
        f"web, worker {WRITES}say writable"
    ]
    assert said(new, old) == []


def test_definitions_that_only_the_apply_knows_say_nothing() -> None:
    after = {"family": "test_web_kakei", "container_definitions": None}
    assert said(change("aws_ecs_task_definition.web_task_definition", "create", None, after)) == []
    broken = {**after, "container_definitions": "[}"}
    assert said(change("aws_ecs_task_definition.web_task_definition", "create", None, broken)) == []
