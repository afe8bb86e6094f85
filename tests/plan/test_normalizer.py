"""Values of environment variables, which are nobody's business, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.plan import summary
from tanada.secrecy import HIDDEN, SENSITIVE
from tests.plan.samples import changed, find, read, sides


def test_a_variable_is_shown_if_the_declaration_shows_it_and_it_is_no_secret() -> None:
    whole = read("changed", "LOG_LEVEL", "ADMIN_PASSWORD", "DATABASE")
    differences = sides(find(whole, "aws_ecs_task_definition.web"))
    assert differences["container_definitions[web].environment.LOG_LEVEL"] == ("info", "debug")
    assert differences["container_definitions[web].environment.ADMIN_PASSWORD"] == (HIDDEN, HIDDEN), "by its name"
    assert differences["container_definitions[web].environment.DATABASE"] == (HIDDEN, HIDDEN), "a URL with a password"
    assert sides(find(whole, "aws_lambda_function.hook"))["environment[0].variables.LOG_LEVEL"] == ("info", "debug")


@pytest.mark.parametrize("name", ["changed", "drifted", "release", "rewritten", "sealed", "create", "destroy"])
def test_no_value_that_a_variable_holds_is_in_the_summary(name: str) -> None:
    text = repr(read(name))
    for value in (
        "not-marked-at-all", "another-not-marked", "opensesame", "closesesame", "tokyo-east", "freshly-added",
        "edge-mode", "not-marked-either", "changed-token", "internal-words", "other-words", "night-watch", "day-watch",
        "from-the-console", "tiger-lily-22",
    ):  # fmt: skip
        assert value not in text


def test_variables_in_the_overrides_of_a_schedule_are_hidden_too() -> None:
    differences = sides(find(read("changed"), "aws_cloudwatch_event_target.nightly"))
    assert differences == {"input.containerOverrides[web].environment.MODE": (HIDDEN, HIDDEN)}


def test_a_reference_to_a_parameter_is_shown_and_a_plain_value_of_codebuild_is_not() -> None:
    assert sides(find(read("changed"), "aws_codebuild_project.build")) == {
        "environment[0].environment_variable[NPM].value": ("/kakei/npm", "/kakei/npm2"),
        "environment[0].environment_variable[STAGE].value": (HIDDEN, HIDDEN),
    }


def test_definitions_that_terraform_marks_stay_sensitive_as_a_whole() -> None:
    differences = find(read("sealed"), "aws_ecs_task_definition.web")
    assert sides(differences) == {"container_definitions": (SENSITIVE, SENSITIVE)}
    assert not differences.routine


def hook(variables: Any) -> Any:
    return {"environment": [{"variables": variables}]}


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "token", "STRIPE_KEY", "SENTRY_DSN", "privateThing", "X_AUTH", "db_pass"]
)
def test_a_name_that_looks_like_a_secret_is_one(name: str) -> None:
    before, after = hook({name: "was-this"}), hook({name: "is-that"})
    entry = {"address": "x.y", "mode": "managed", "type": "aws_lambda_function"}
    change = {"actions": ["update"], "before": before, "after": after}
    plan = {"format_version": "1.2", "resource_changes": [{**entry, "change": change}]}
    whole = summary(plan, shown_variables=(name,))
    assert sides(whole.changes[0]) == {f"environment[0].variables.{name}": (HIDDEN, HIDDEN)}


def test_credentials_in_a_url_are_masked_wherever_they_stand() -> None:
    before, after = {"endpoint": "redis://cache"}, {"endpoint": "redis://user:open/sesame@cache:1/0"}
    assert sides(changed(before, after, "aws_x").changes[0]) == {
        "endpoint": ("redis://cache", f"redis://{SENSITIVE}@cache:1/0")
    }
