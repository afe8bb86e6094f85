"""Releases: task definitions that change by nothing but images."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanada.plan import Deploy, summary
from tests.plan.samples import DEFINITION, PLANS, changed, find, read


def test_a_release_is_routine_with_its_service_and_its_note_of_tags() -> None:
    whole = read("release")
    assert whole.deploys == (Deploy("aws_ecs_task_definition.web", (("web", "4f2a91c", "77c0e1d"),)),)
    assert [change.routine for change in whole.changes] == [True, True]
    assert [output.name for output in whole.outputs] == ["image_tags"]
    assert whole.routine


def test_defaults_and_order_do_not_make_a_release_less_routine() -> None:
    whole = read("rewritten")
    assert find(whole, "aws_ecs_task_definition.web").routine
    assert find(whole, "aws_ecs_service.web").routine
    assert not whole.routine, "a policy changes too"


def test_a_release_that_changes_more_than_images_is_not_routine() -> None:
    whole = read("changed")
    assert whole.deploys == ()
    assert not any(change.routine for change in whole.changes)


@pytest.mark.parametrize(
    ("before", "after", "images"),
    [
        ("a/web:1", "a/web:2", ("1", "2")),
        ("host:5000/web", "host:5000/web:2", ("latest", "2")),
        ("a/web@sha256:aa", "a/web:1@sha256:bb", ("sha256:aa", "1@sha256:bb")),
    ],
)
def test_a_deploy_names_tags_and_digests(before: str, after: str, images: tuple[str, str]) -> None:
    whole = changed([{"name": "web", "image": before}], [{"name": "web", "image": after}])
    assert whole.deploys == (Deploy(f"{DEFINITION}.x", (("web", *images),)),)


def test_a_new_tag_of_a_sidecar_is_a_deploy_and_its_other_changes_are_none() -> None:
    before = [{"name": "nginx", "image": "a/nginx:1"}, {"name": "web", "image": "a/web:1"}]
    both = [{"name": "nginx", "image": "a/nginx:2"}, {"name": "web", "image": "a/web:2"}]
    assert changed(before, both).deploys == (Deploy(f"{DEFINITION}.x", (("nginx", "1", "2"), ("web", "1", "2"))),)
    assert changed(before, [{**both[0], "essential": False}, both[1]]).deploys == ()


def test_an_image_from_elsewhere_is_not_routine() -> None:
    whole = changed([{"name": "web", "image": "ours/web:1"}], [{"name": "web", "image": "theirs/web:1"}])
    assert (whole.deploys, whole.routine) == ((), False)


@pytest.mark.parametrize("more", [{"after_unknown": {"task_role_arn": True}}, {"importing": {"id": "x"}}])
def test_what_else_happens_to_a_task_definition_is_not_routine(more: Any) -> None:
    whole = changed([{"name": "web", "image": "a:1"}], [{"name": "web", "image": "a:2"}], **more)
    assert not whole.routine


def test_a_service_that_takes_another_family_is_not_routine() -> None:
    plan = json.loads((PLANS / "release.json").read_text(encoding="utf-8"))
    (service,) = [entry for entry in plan["resource_changes"] if entry["address"] == "aws_ecs_service.web"]
    service["change"]["before"]["task_definition"] = "arn:aws:ecs:x:1:task-definition/another:7"
    whole = summary(plan)
    assert not find(whole, "aws_ecs_service.web").routine
    assert not whole.routine


@pytest.mark.parametrize("sets", [{}, {"configure_at_launch": {"constant_value": False}}])
def test_what_the_provider_fills_in_of_a_volume_does_not_make_a_release_less_routine(sets: Any) -> None:
    """Where the configuration leaves it open: of a service with `exec`, which has volumes."""
    plan = json.loads((PLANS / "release.json").read_text(encoding="utf-8"))
    (entry,) = [each for each in plan["resource_changes"] if each["address"] == "aws_ecs_task_definition.web"]
    volume = {"name": "exec-log", "host_path": ""}
    entry["change"]["before"]["volume"] = [{**volume, "configure_at_launch": False}]
    entry["change"]["after"]["volume"] = [volume]
    entry["change"]["after_unknown"]["volume"] = [{"configure_at_launch": True}]
    (written,) = [
        each for each in plan["configuration"]["root_module"]["resources"] if each["address"] == entry["address"]
    ]
    written["expressions"]["volume"] = [{"name": {"constant_value": "exec-log"}, **sets}]
    assert summary(plan).routine == (not sets)


@pytest.mark.parametrize(("more", "routine"), [({}, True), ({"subnets": ["subnet-2"]}, False)])
def test_the_note_that_a_task_ran_for_new_revisions_is_routine(more: Any, routine: bool) -> None:
    plan = json.loads((PLANS / "release.json").read_text(encoding="utf-8"))
    said = {"definitions": {"web": "arn:web:1", "migrate": "arn:migrate:1"}, "subnets": ["subnet-1"], "task": "migrate"}
    note = {
        "address": "terraform_data.migrate_done",
        "mode": "managed",
        "type": "terraform_data",
        "name": "migrate_done",
        "provider_name": "terraform.io/builtin/terraform",
        "change": {
            "actions": ["update"],
            "before": {"id": "1", "input": said, "output": said, "triggers_replace": None},
            "after": {"id": "1", "input": {**said, "definitions": {}, **more}, "triggers_replace": None},
            "after_unknown": {"input": {"definitions": {"web": True, "migrate": True}}, "output": True},
            "before_sensitive": {},
            "after_sensitive": {},
        },
    }
    plan["resource_changes"].append(note)
    whole = summary(plan)
    assert find(whole, "terraform_data.migrate_done").routine is routine
    assert whole.routine is routine
