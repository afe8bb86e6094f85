"""The note that a task ran: what of a plan asks for it to run, and how."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tanada.contract.tasks import Task, definition, due

INPUT: dict[str, Any] = {
    "cluster": "c",
    "container": "setup",
    "definitions": {"setup": "arn:setup:1", "web": "arn:web:1"},
    "log_group": "/l",
    "public": True,
    "security_groups": ["sg-1"],
    "services": ["web"],
    "subnets": ["subnet-1"],
    "task": "migrate",
}
HOW = Task("migrate", "arn:setup:1", "c", "setup", "/l", ("subnet-1",), ("sg-1",), public=True)


def plan(actions: list[str], **after: Any) -> dict[str, Any]:
    change = {"actions": actions, "before": {"input": INPUT}, "after": {"input": {**INPUT, **after}}}
    entry = {"address": "terraform_data.migrate_done", "type": "terraform_data", "change": change}
    return {"resource_changes": [entry]}


@pytest.mark.parametrize(
    ("change", "runs"),
    [
        (plan(["create"]), True),
        (plan(["update"], definitions={"setup": "arn:setup:1", "web": "arn:web:2"}), True),
        (plan(["update"], definitions={"setup": "arn:setup:1"}), True),  # web's is made by this plan
        (plan(["update"], definitions={**INPUT["definitions"], "worker": "arn:worker:1"}), True),
        (plan(["update"], subnets=["subnet-1", "subnet-2"]), False),
        (plan(["update"], task="set-up"), False),  # by another name
        (plan(["no-op"]), False),
        (plan(["delete"]), False),
    ],
)
def test_it_runs_where_a_definition_is_another_and_for_nothing_else(change: dict[str, Any], runs: bool) -> None:
    if change["resource_changes"][0]["change"]["actions"] == ["delete"]:
        change["resource_changes"][0]["change"]["after"] = None
    assert [each.services for each in due(change)] == ([("web",)] if runs else [])


def test_what_fills_a_store_runs_before_all_else() -> None:
    first = {**plan(["create"], task="load")["resource_changes"][0], "address": "terraform_data.zoo_seeded"}
    assert [each.task for each in due({"resource_changes": [*plan(["create"])["resource_changes"], first]})] == [
        "load",
        "migrate",
    ]


def test_how_it_is_run_is_known_when_its_definition_is() -> None:
    (known,) = due(plan(["create"]))
    assert (known.note, known.how) == ("terraform_data.migrate_done", HOW)
    (unknown,) = due(plan(["create"], definitions={}))
    assert unknown.how is None
    without = copy.deepcopy(plan(["create"]))
    del without["resource_changes"][0]["change"]["after"]["input"]["security_groups"]
    assert next(due(without)).how is None


def test_other_resources_of_terraforms_own_are_no_notes() -> None:
    entry = {"address": "terraform_data.x", "type": "terraform_data", "change": {"actions": ["create"], "after": {}}}
    assert list(due({"resource_changes": [entry]})) == []
    entry["change"] = {"actions": ["create"], "after": {"input": "text"}}
    assert list(due({"resource_changes": [entry]})) == []


def test_the_definition_stands_where_the_configuration_says() -> None:
    said = {**INPUT, "definitions": {"setup": "${aws_ecs_task_definition.migrate_task_definition.arn}"}}
    emitted = {"resource": {"terraform_data": {"migrate_done": {"input": said}}}}
    assert definition(emitted, "terraform_data.migrate_done") == "aws_ecs_task_definition.migrate_task_definition"
