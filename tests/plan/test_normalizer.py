"""ECS's containers, and values of environment variables, which are nobody's business."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada.plan import Deploy, ResourceChange, Summary, summary
from tanada.plan.model import HIDDEN, SENSITIVE

PLANS = Path(__file__).parent / "resource_plans"
DEFINITION = "aws_ecs_task_definition"


def read(name: str, *shown: str) -> Summary:
    return summary(json.loads((PLANS / f"{name}.json").read_text(encoding="utf-8")), shown_variables=shown)


def find(made: Summary, address: str) -> ResourceChange:
    (found,) = [change for change in made.changes if change.address == address]
    return found


def told(change: ResourceChange) -> dict[str, tuple[str | None, str | None]]:
    return {item.path: (item.before, item.after) for item in change.differences}


def changed(before: Any, after: Any, kind: str = DEFINITION, **more: Any) -> Summary:
    """A plan that changes one resource; container definitions as text, as Terraform has them."""

    def side(value: Any) -> Any:
        return {"container_definitions": json.dumps(value)} if kind == DEFINITION else value

    change = {"actions": ["delete", "create"], "before": side(before), "after": side(after), **more}
    if kind == DEFINITION:
        change["replace_paths"] = [["container_definitions"]]
    entry = {"address": f"{kind}.x", "mode": "managed", "type": kind, "change": change}
    return summary(
        {"format_version": "1.2", "resource_changes": [entry]}, shown_variables=("LOG_LEVEL", "API_KEY", "URL")
    )


# --- containers ------------------------------------------------------------------------------------------------------


def test_containers_are_compared_one_by_one_by_name() -> None:
    found = told(find(read("changed"), "aws_ecs_task_definition.web"))
    registry = "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/kakei/web"
    parameter = "arn:aws:ssm:ap-northeast-1:111111111111:parameter/kakei/test"
    assert found == {
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


def test_a_variable_is_shown_if_the_declaration_shows_it_and_it_is_no_secret() -> None:
    made = read("changed", "LOG_LEVEL", "ADMIN_PASSWORD", "DATABASE")
    found = told(find(made, "aws_ecs_task_definition.web"))
    assert found["container_definitions[web].environment.LOG_LEVEL"] == ("info", "debug")
    assert found["container_definitions[web].environment.ADMIN_PASSWORD"] == (HIDDEN, HIDDEN), "by its name"
    assert found["container_definitions[web].environment.DATABASE"] == (HIDDEN, HIDDEN), "a URL with a password"
    assert told(find(made, "aws_lambda_function.hook"))["environment[0].variables.LOG_LEVEL"] == ("info", "debug")


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
    found = told(find(read("changed"), "aws_cloudwatch_event_target.nightly"))
    assert found == {"input.containerOverrides[web].environment.MODE": (HIDDEN, HIDDEN)}


def test_a_reference_to_a_parameter_is_shown_and_a_plain_value_of_codebuild_is_not() -> None:
    assert told(find(read("changed"), "aws_codebuild_project.build")) == {
        "environment[0].environment_variable[NPM].value": ("/kakei/npm", "/kakei/npm2"),
        "environment[0].environment_variable[STAGE].value": (HIDDEN, HIDDEN),
    }


def test_definitions_that_terraform_marks_stay_sensitive_as_a_whole() -> None:
    found = find(read("sealed"), "aws_ecs_task_definition.web")
    assert told(found) == {"container_definitions": (SENSITIVE, SENSITIVE)}
    assert not found.routine


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
    made = changed([bare], [{**bare, **defaults, "image": "a/web:2"}])
    assert told(made.changes[0]) == {"container_definitions[web].image": ("a/web:1", "a/web:2")}
    assert made.routine


def test_ports_are_compared_with_what_awsvpc_makes_of_them() -> None:
    def side(*ports: Any) -> Any:
        definitions = json.dumps([{"name": "web", "image": "x", "portMappings": list(ports)}])
        return {"network_mode": "awsvpc", "container_definitions": definitions}

    full = {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}
    entry = {"address": "x.y", "mode": "managed", "type": DEFINITION}

    def differences(before: Any, after: Any) -> list[str]:
        change = {"actions": ["delete", "create"], "before": before, "after": after}
        made = summary({"format_version": "1.2", "resource_changes": [{**entry, "change": change}]})
        return [f"{item.path}: {item.before} → {item.after}" for item in made.changes[0].differences]

    assert differences(side({"containerPort": 80}), side(full)) == []
    assert differences(side(full), side({**full, "protocol": "udp"})) == [
        "container_definitions[web].portMappings[80].protocol: tcp → udp"
    ]


# --- deploys ---------------------------------------------------------------------------------------------------------


def test_a_release_is_routine_with_its_service_and_its_note_of_tags() -> None:
    made = read("release")
    assert made.deploys == (Deploy("aws_ecs_task_definition.web", (("web", "4f2a91c", "77c0e1d"),)),)
    assert [change.routine for change in made.changes] == [True, True]
    assert [output.name for output in made.outputs] == ["image_tags"]
    assert made.routine


def test_defaults_and_order_do_not_make_a_release_less_routine() -> None:
    made = read("rewritten")
    assert find(made, "aws_ecs_task_definition.web").routine
    assert find(made, "aws_ecs_service.web").routine
    assert not made.routine, "a policy changes too"


def test_a_release_that_changes_more_than_images_is_not_routine() -> None:
    made = read("changed")
    assert made.deploys == ()
    assert not any(change.routine for change in made.changes)


@pytest.mark.parametrize(
    ("before", "after", "images"),
    [
        ("a/web:1", "a/web:2", ("1", "2")),
        ("host:5000/web", "host:5000/web:2", ("latest", "2")),
        ("a/web@sha256:aa", "a/web:1@sha256:bb", ("sha256:aa", "1@sha256:bb")),
    ],
)
def test_a_deploy_names_tags_and_digests(before: str, after: str, images: tuple[str, str]) -> None:
    made = changed([{"name": "web", "image": before}], [{"name": "web", "image": after}])
    assert made.deploys == (Deploy(f"{DEFINITION}.x", (("web", *images),)),)


def test_an_image_from_elsewhere_is_not_routine() -> None:
    made = changed([{"name": "web", "image": "ours/web:1"}], [{"name": "web", "image": "theirs/web:1"}])
    assert (made.deploys, made.routine) == ((), False)


@pytest.mark.parametrize("more", [{"after_unknown": {"task_role_arn": True}}, {"importing": {"id": "x"}}])
def test_what_else_happens_to_a_task_definition_is_not_routine(more: Any) -> None:
    made = changed([{"name": "web", "image": "a:1"}], [{"name": "web", "image": "a:2"}], **more)
    assert not made.routine


def test_a_service_that_takes_another_family_is_not_routine() -> None:
    plan = json.loads((PLANS / "release.json").read_text(encoding="utf-8"))
    (service,) = [entry for entry in plan["resource_changes"] if entry["address"] == "aws_ecs_service.web"]
    service["change"]["before"]["task_definition"] = "arn:aws:ecs:x:1:task-definition/another:7"
    made = summary(plan)
    assert not find(made, "aws_ecs_service.web").routine
    assert not made.routine


# --- variables elsewhere ---------------------------------------------------------------------------------------------


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
    made = summary(plan, shown_variables=(name,))
    assert told(made.changes[0]) == {f"environment[0].variables.{name}": (HIDDEN, HIDDEN)}


def test_credentials_in_a_url_are_masked_wherever_they_stand() -> None:
    before, after = {"endpoint": "redis://cache"}, {"endpoint": "redis://user:open/sesame@cache:1/0"}
    assert told(changed(before, after, "aws_x").changes[0]) == {
        "endpoint": ("redis://cache", f"redis://{SENSITIVE}@cache:1/0")
    }
