"""An apply in steps: removals after those who use them, what AWS takes in a second update only; killed anywhere."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tanada.comment import blocks
from tanada.comment.shorten import Detail
from tanada.contract import state
from tanada.contract.uses import still_used
from tanada.plan import Known, Part, ResourceChange, Step, Summary, in_steps, render
from tanada.terraform import reports, steps
from tests.aws.test_registry import TEST
from tests.terraform.team import Team
from tests.terraform.test_apply_all import approve, report_of
from tests.terraform.test_approval import REPORT

ALL = ("apply", "--all", "--yes", "--offline")
BOTH = ("common-main", "environment-test", "--offline")


def stack(name: str, resources: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What is planned offline: a stack of the provider aws, whose state would lie in S3."""
    return {
        "terraform": {
            "required_providers": {"aws": {"source": "hashicorp/aws", "version": "6.28.0"}},
            "backend": {"s3": {"bucket": "b", "key": f"kakei/{name}.tfstate", "region": "ap-northeast-1"}},
        },
        "provider": {"aws": [{"region": "ap-northeast-1"}]},
        "resource": {"terraform_data": {"workspace": {}}, **resources},
        **more,
    }


def common(*domains: str, **more: Any) -> dict[str, Any]:
    zones = {domain.replace(".", "_"): {"name": domain} for domain in domains}
    ids = {domain: f"${{aws_route53_zone.{domain.replace('.', '_')}.zone_id}}" for domain in domains}
    outputs = {"contract": {"value": 1}, "zone_ids": {"value": ids}, "removal": {"value": "delete"}}
    return stack("common-main", {"aws_route53_zone": zones, **more}, output=outputs)


def environment(domain: str) -> dict[str, Any]:
    zone = f'${{data.terraform_remote_state.common.outputs.zone_ids["{domain}"]}}'
    record = {"name": f"www.{domain}", "type": "A", "ttl": 60, "records": ["192.0.2.1"], "zone_id": zone}
    s3 = {"bucket": "b", "key": "kakei/common-main.tfstate", "region": "ap-northeast-1"}
    read = {"terraform_remote_state": {"common": {"backend": "s3", "config": s3, "workspace": "default"}}}
    return stack("environment-test", {"aws_route53_record": {"www": record}}, data=read)


@pytest.fixture
def moving(team: Team) -> Team:
    """An environment in the zone example.jp that moves to shop.net; common gives the one up and gets the other."""
    (team.root / "workspaces" / "review.yaml").unlink()
    system = team.root / "system.yaml"
    system.write_text(
        system.read_text().replace("  hosted_zones: [example.jp]", "  removal: delete\n  hosted_zones: [example.jp]")
    )
    team.stacks |= {"common-main": common("example.jp", "shop.net"), "environment-test": environment("example.jp")}
    team.write()
    for each in BOTH[:2]:
        team.good("plan", each, "--offline")
        team.good("apply", each, "--yes", "--offline")
    more = {"aws_cloudwatch_log_group": {"new": {"name": "/new"}}}
    team.stacks |= {"common-main": common("shop.net", **more), "environment-test": environment("shop.net")}
    team.write()
    return team


def zones(team: Team) -> list[str]:
    held = state.parse_file(team.root / ".tanada" / "offline" / "common-main" / state.FILE)
    return sorted(each["name"] for each in held["resources"] if each["type"] == "aws_route53_zone")


def approved(team: Team) -> Path:
    """What a pull request showed; `approve` deletes what was applied offline with the rest of `.tanada`."""
    kept = team.root.parent / "offline"
    shutil.copytree(team.root / ".tanada" / "offline", kept)
    folder = approve(team, *BOTH)
    shutil.copytree(kept, team.root / ".tanada" / "offline")
    return folder


def done(team: Team) -> bool:
    return zones(team) == ["shop_net"]


def killing(team: Team, at: int, *, after: bool) -> dict[str, str]:
    """An environment in which the run is killed at its n-th `terraform apply`, before or after it did its work."""
    real = shutil.which("terraform", path=team.environ["PATH"])
    folder = team.root.parent / f"killing-{at}-{after}"
    folder.mkdir()
    program = folder / "terraform"
    work = f'"{real}" "$@"' if after else ":"
    program.write_text(
        f"""#!/bin/sh
for word in "$@"; do
  if [ "$word" = apply ]; then
    echo >> "{folder}/applies"
    if [ "$(wc -l < "{folder}/applies")" -eq {at} ]; then {work}; kill -KILL $PPID; exit 1; fi
  fi
done
exec "{real}" "$@"
"""
    )
    program.chmod(0o755)
    return {"PATH": f"{folder}:{team.environ['PATH']}"}


# --- removals go from environments to common -------------------------------------------------------------------------


@pytest.mark.terraform
def test_what_common_takes_away_goes_after_the_environment_has_let_go(moving: Team) -> None:
    folder = approved(moving)
    ran = moving.good(*ALL, "--approved", str(folder))
    assert "step 2 of 2, after environment-test: destroys aws_route53_zone.example_jp" in ran.output
    assert report_of(moving, "common-main").status == "applied"
    assert report_of(moving, "environment-test").status == "applied"
    assert done(moving), "AWS refuses a zone that still holds the environment's record: this one was empty"
    assert report_of(moving, "common-main").status == "applied"


@pytest.mark.terraform
@pytest.mark.parametrize(("at", "after"), [(1, False), (2, True), (3, False), (3, True)])
def test_killed_at_any_step_the_same_run_goes_on_from_there(moving: Team, at: int, after: bool) -> None:
    folder = approved(moving)
    killed = moving.run(*ALL, "--approved", str(folder), **killing(moving, at, after=after))
    assert killed.code == -signal.SIGKILL
    assert done(moving) == (at == 3 and after)
    if not done(moving):
        assert report_of(moving, "common-main").status != "applied"
    moving.good(*ALL, "--approved", str(folder))
    assert done(moving)


@pytest.mark.terraform
def test_what_is_left_is_nothing_else_than_was_approved(moving: Team) -> None:
    folder = approved(moving)
    moving.run(*ALL, "--approved", str(folder), **killing(moving, 2, after=False))
    moving.stacks["common-main"]["resource"]["aws_cloudwatch_log_group"]["new"]["retention_in_days"] = 7
    moving.write()
    ran = moving.run(*ALL, "--approved", str(folder))
    assert ran.code == 2
    assert report_of(moving, "common-main").status == "not approved"
    said = " ".join(ran.output.split())
    assert "of what is to do now aws_cloudwatch_log_group.new (update) is not as it was approved" in said
    assert zones(moving) == ["example_jp", "shop_net"]


@pytest.mark.terraform
def test_an_environment_that_is_not_approved_keeps_what_it_uses(moving: Team) -> None:
    folder = approved(moving)
    moving.stacks["environment-test"]["resource"]["aws_route53_record"]["www"]["ttl"] = 61
    moving.write()
    ran = moving.run(*ALL, "--approved", str(folder))
    assert ran.code == 2
    assert report_of(moving, "environment-test").status == "not approved"
    assert report_of(moving, "common-main").status == "not applied"
    report = report_of(moving, "common-main")
    assert (
        "Its first step was applied; environment-test comes before the rest: not approved" in report.messages[0].summary
    )
    assert zones(moving) == ["example_jp", "shop_net"]


@pytest.mark.terraform
def test_what_is_kept_is_lost_only_by_its_name_and_keeps_nobody_back(team: Team) -> None:
    (team.root / "workspaces" / "review.yaml").unlink()
    group = {"aws_cloudwatch_log_group": {"new": {"name": "/new"}}}
    ip = {"aws_eip": {"fixed": {"domain": "vpc"}}}
    team.stacks |= {"common-main": common("example.jp", **ip), "environment-test": stack("environment-test", {})}
    team.write()
    for each in BOTH[:2]:
        team.good("plan", each, "--offline")
        team.good("apply", each, "--yes", "--offline")
    team.stacks |= {"common-main": common("example.jp"), "environment-test": stack("environment-test", group)}
    team.write()
    team.good("plan", *BOTH)
    ran = team.run(*ALL)
    assert ran.code == 2
    assert "--destroy 'aws_eip.fixed'" in ran.output
    assert report_of(team, "environment-test").status == "applied"
    assert report_of(team, "common-main").status == "refused"
    team.good(*ALL, "--destroy", "aws_eip.fixed")
    assert report_of(team, "common-main").status == "applied"


@pytest.mark.terraform
def test_one_saved_plan_waits_for_those_who_still_use_it_and_goes_on(moving: Team) -> None:
    moving.good("plan", *BOTH)
    ran = moving.good("apply", "common-main", "--yes", "--offline")
    assert "still used by environment-test (aws_route53_record.www): apply that first." in ran.output
    assert zones(moving) == ["example_jp", "shop_net"]
    moving.good("apply", "environment-test", "--yes", "--offline")
    moving.good("apply", "common-main", "--yes", "--offline")
    assert done(moving)
    again = moving.run("apply", "common-main", "--yes", "--offline")
    assert "There is no saved plan of common-main" in again.errors


@pytest.mark.terraform
@pytest.mark.parametrize("after", [False, True])
def test_a_saved_plan_that_was_killed_goes_on_and_does_nothing_new(moving: Team, after: bool) -> None:
    moving.good("plan", *BOTH)
    killed = moving.run("apply", "common-main", "--yes", "--offline", **killing(moving, 1, after=after))
    assert killed.code == -signal.SIGKILL
    assert not list((moving.root / ".tanada" / "plans" / "common-main").glob("*.tfplan"))
    moving.git("init", "--quiet")
    moving.git("add", "system.yaml")
    moving.git("commit", "--quiet", "--message", "x")
    stale = moving.run("apply", "common-main", "--yes", "--offline")
    assert "is stale: the commit was none" in stale.errors
    shutil.rmtree(moving.root / ".git")
    moving.good("apply", "environment-test", "--yes", "--offline")
    moving.good("apply", "common-main", "--yes", "--offline")
    assert done(moving)


# --- what AWS takes in a second update only --------------------------------------------------------------------------

GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:targetgroup/web/0123456789abcdef"


def service(**more: Any) -> dict[str, Any]:
    web = {"name": "web", "cluster": "c", "task_definition": "web:1", "desired_count": 1, **more}
    rule = {
        "listener_arn": "arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:listener/app/a/1/2",
        "action": [{"type": "forward", "target_group_arn": GROUP}],
        "condition": [{"host_header": {"values": ["test.example.jp"]}}],
    }
    return stack("environment-test", {"aws_ecs_service": {"web": web}, "aws_lb_listener_rule": {"web": rule}})


PUBLIC = {
    "load_balancer": [{"target_group_arn": GROUP, "container_name": "web", "container_port": 80}],
    "health_check_grace_period_seconds": 60,
}


@pytest.fixture
def private(team: Team) -> Team:
    """A running service that is given `http`."""
    team.stacks |= {"common-main": common("example.jp"), "environment-test": service()}
    team.write()
    for each in BOTH[:2]:
        team.good("plan", each, "--offline")
        team.good("apply", each, "--yes", "--offline")
    team.stacks["environment-test"] = service(**PUBLIC)
    team.write()
    return team


def grace(team: Team) -> tuple[bool, int | None]:
    """Whether the service has its load balancer, and its grace period."""
    held = state.parse_file(team.root / ".tanada" / "offline" / "environment-test" / state.FILE)
    (web,) = [each["instances"][0]["attributes"] for each in held["resources"] if each["type"] == "aws_ecs_service"]
    return bool(web["load_balancer"]), web["health_check_grace_period_seconds"]


@pytest.mark.terraform
def test_a_running_service_gets_its_load_balancer_first_and_then_its_grace_period(private: Team) -> None:
    private.good("plan", "environment-test", "--offline")
    ran = private.good("apply", "environment-test", "--yes", "--offline")
    assert "step 1 of 2: all but aws_ecs_service.web: health_check_grace_period_seconds" in ran.output
    assert grace(private) == (True, 60)
    assert "no changes" in private.good("plan", "environment-test", "--offline").output


@pytest.mark.terraform
def test_in_one_step_ecs_refuses_it(private: Team) -> None:
    """What the steps are for: the same plan without them."""
    private.good("terraform", "environment-test", "--offline", "--", "plan", "-out", str(private.root / "p"))
    ran = private.run("terraform", "environment-test", "--offline", "--", "apply", str(private.root / "p"))
    assert "Health check grace period is only valid for services configured to use load" in " ".join(ran.text.split())


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("at", "after", "reached"), [(1, False, (False, None)), (1, True, (True, None)), (2, False, (True, None))]
)
def test_killed_between_the_two_updates_apply_goes_on(
    private: Team, at: int, after: bool, reached: tuple[bool, int | None]
) -> None:
    private.good("plan", "environment-test", "--offline")
    killed = private.run("apply", "environment-test", "--yes", "--offline", **killing(private, at, after=after))
    assert killed.code == -signal.SIGKILL
    has, period = grace(private)
    assert (has, period or None) == reached
    private.good("apply", "environment-test", "--yes", "--offline")
    assert grace(private) == (True, 60)


# --- a task before services change ------------------------------------------------------------------------------------


def definition(name: str, tag: str) -> dict[str, Any]:
    container = [{"name": name, "image": f"x/web:{tag}", "essential": True}]
    return {"family": name, "container_definitions": json.dumps(container), "skip_destroy": True}


def migrated(tag: str, **more: Any) -> dict[str, Any]:
    """Two services that wait for one task, as modules/tasks.py makes them."""
    names = ("migrate", "web", "worker")
    arns = {name: f"${{aws_ecs_task_definition.{name}.arn}}" for name in names}
    place = {"cluster": "c", "log_group": "/l", "public": False, "security_groups": ["sg-1"], "subnets": ["subnet-1"]}
    said = {"container": "migrate", "task": "migrate", "definitions": arns, "services": ["web", "worker"], **place}
    services = {
        name: {
            "name": name,
            "cluster": "c",
            "task_definition": arns[name],
            "depends_on": ["terraform_data.done"],
            **more,
        }
        for name in ("web", "worker")
    }
    resources = {
        "aws_ecs_task_definition": {name: definition(name, tag) for name in names},
        "aws_cloudwatch_log_group": {"l": {"name": "/l"}},
        "terraform_data": {"workspace": {}, "done": {"input": said}},
        "aws_ecs_service": services,
    }
    resources["aws_ecs_task_definition"]["migrate"]["depends_on"] = ["aws_cloudwatch_log_group.l"]
    return stack("environment-test", resources)


def held(team: Team) -> set[str]:
    found = state.parse_file(team.root / ".tanada" / "offline" / "environment-test" / state.FILE)
    return {f"{each['type']}.{each['name']}" for each in found.get("resources", ())}


@pytest.mark.terraform
def test_a_task_runs_once_before_the_services_that_wait_for_it_and_where_it_fails_they_stay(team: Team) -> None:
    team.stacks |= {"common-main": common("example.jp"), "environment-test": migrated("1", desired_count=1)}
    team.write()
    apply = ("apply", "environment-test", "--yes", "--offline")
    (team.root / ".tanada" / "offline" / "common-main").mkdir(parents=True)
    applied = {"version": 4, "serial": 1, "lineage": "l", "outputs": {"contract": {"value": 1, "type": "number"}}}
    (team.root / ".tanada" / "offline" / "common-main" / state.FILE).write_text(json.dumps(applied))
    team.good("plan", "environment-test", "--offline")
    failing = {"TANADA_OFFLINE_FAULTS": "task.migrate run fails 1"}
    ran = team.run(*apply, **failing)
    assert ran.code == 1
    assert "step 2 of 3: runs migrate before web and worker change" in ran.output
    assert "migrate ended with exit code 1, so web and worker stay as they are." in " ".join(ran.errors.split())
    assert held(team) == {"aws_cloudwatch_log_group.l", "aws_ecs_task_definition.migrate"}
    ran = team.good(*apply, **failing)  # what was approved goes on, with no other plan
    assert ran.output.count("migrate ended with 0") == 1
    assert held(team) >= {"aws_ecs_service.web", "aws_ecs_service.worker", "terraform_data.done"}

    team.stacks["environment-test"] = migrated("1", desired_count=2)
    team.write()
    assert "migrate" not in team.good("plan", "environment-test", "--offline").output
    team.stacks["environment-test"] = migrated("2", desired_count=2)
    team.write()
    assert "runs migrate before" in team.good("plan", "environment-test", "--offline").output


# --- what is shown ---------------------------------------------------------------------------------------------------


GOES = ResourceChange("aws_x.gone", "aws_x", "destroy", destroys=True, reason="delete_because_no_resource_config")
WHOLE = Summary("1.11.4", (GOES, ResourceChange("aws_y.new", "aws_y", "create")), unchanged=0)


def test_comment_and_terminal_say_which_step_does_what_and_after_whom() -> None:
    shown = replace(WHOLE, steps=(Step(keeps=("aws_x.gone",)), Step(stacks=("environment-test", "review"))))
    lines = [
        "step 1 of 2: all but what is destroyed at the end",
        "step 2 of 2, after environment-test, review: destroys aws_x.gone",
    ]
    first, *_ = blocks.changes(shown, Detail.FULL)
    assert first.title == "**In 2 steps**, approved as one"
    assert all(line in first.body and f"  {line}" in render(shown).splitlines() for line in lines)
    alone = replace(WHOLE, changes=(GOES,), steps=(Step(stacks=("environment-test",)),))
    assert next(iter(blocks.changes(alone, Detail.FULL))).body.count("one step, after environment-test: destroys") == 1


def test_a_task_is_said_with_who_waits_for_it() -> None:
    apart = (Step(only=("aws_x.new",)), Step(task="migrate", before=("web", "worker")), Step())
    lines = list(in_steps(replace(WHOLE, steps=apart)))
    assert lines == [
        "step 1 of 3: what migrate needs to run",
        "step 2 of 3: runs migrate before web and worker change",
        "step 3 of 3: the rest",
    ]
    alone = (Step(task="migrate", before=("web",)), Step())
    assert next(in_steps(replace(WHOLE, steps=alone))) == "step 1 of 2: runs migrate before web changes"


def test_a_task_that_fills_a_store_and_runs_before_services_runs_once_for_all_of_them() -> None:
    said = {"task": "load", "container": "load", "definitions": {"load": "${aws_ecs_task_definition.load.arn}"}}
    notes = {"load_done": {**said, "services": ["web"]}, "db_seeded": {**said, "services": ["worker", "web"]}}
    emitted = {"resource": {"terraform_data": {name: {"input": each} for name, each in notes.items()}}}
    emitted["resource"]["aws_ecs_task_definition"] = {"load": {}}
    plan = {
        "resource_changes": [
            {
                "address": f"terraform_data.{name}",
                "type": "terraform_data",
                "change": {"actions": ["create"], "before": None, "after": {"input": each}},
            }
            for name, each in notes.items()
        ]
    }
    made = steps.in_steps(WHOLE, plan, TEST, [], emitted=emitted).steps
    assert made == (Step(task="load", before=("worker", "web")), Step())


def test_a_step_of_some_addresses_takes_what_they_need_and_no_moves_but_theirs() -> None:
    needs = {"aws_x": {"a": {"v": "${aws_x.b.id} ${local.tag}", "//": "aws_x.d"}, "b": {}, "c": {}, "d": {}, "e": {}}}
    moved = [{"from": "aws_x.old", "to": "aws_x.b"}, {"from": "aws_x.older", "to": "aws_x.c"}]
    configuration = {"resource": needs, "locals": {"tag": "${aws_x.e.id}"}, "moved": moved}
    step = Step(only=("aws_x.a",))
    assert steps.with_needs(step.only, configuration) == {"aws_x.a", "aws_x.b", "aws_x.e", "local.tag"}
    assert steps.targets(step, configuration) == ["aws_x.a", "aws_x.b", "aws_x.old"]
    assert steps.configured(step, configuration)["moved"] == moved[:1]


def test_a_report_keeps_its_steps_and_an_older_one_has_none(tmp_path: Path) -> None:
    part = Part("aws_x.gone", "destroy", (Known("", "0" * 64),), opened='{"id":true}')
    report = replace(REPORT, summary=replace(WHOLE, steps=(Step(stacks=("environment-test",)),), parts=(part,)))
    reports.write(tmp_path, report)
    assert reports.read([tmp_path]) == [report]
    file = next(tmp_path.glob("*.json"))
    held = json.loads(file.read_text())
    del held["summary"]["steps"], held["summary"]["parts"]
    file.write_text(json.dumps(held))
    (older,) = reports.read([tmp_path])
    assert older.summary
    assert (older.summary.steps, older.summary.parts) == ((), ())


# --- decisions -------------------------------------------------------------------------------------------------------


def reader(address: str, value: Any, given: Any) -> dict[str, Any]:
    type_, _, name = address.partition(".")
    return {
        "resources": [
            {
                "mode": "data",
                "type": "terraform_remote_state",
                "name": "common",
                "instances": [{"attributes": {"outputs": {"type": "dynamic", "value": given}}}],
            },
            {"mode": "managed", "type": type_, "name": name, "instances": [{"attributes": {"x": value}}]},
        ]
    }


@pytest.mark.parametrize(
    ("value", "used"),
    [
        ("repository/kakei/web", True),
        ('[{"image": "repository/kakei/web:1a2b"}]', True),
        ("repository/kakei/web-admin", False),
        ("repository/kakei/web/inner", False),
        (["subnet-0123"], False),
    ],
)
def test_what_a_reader_was_given_and_is_given_no_more_is_still_used(value: Any, used: bool) -> None:
    given = {"registries": {"web": "repository/kakei/web"}, "subnets": ["subnet-0123"]}
    now = {"subnets": {"value": ["subnet-0123"]}}
    assert still_used(reader("aws_x.y", value, given), now, set()) == (["aws_x.y"] if used else [])


def test_what_goes_is_still_used_though_no_output_named_it() -> None:
    assert still_used(reader("aws_x.y", "arn:aws:iam::1:policy/p", {}), {}, {"arn:aws:iam::1:policy/p"}) == ["aws_x.y"]
    assert still_used({}, {}, {"arn:aws:iam::1:policy/p"}) == []


def test_a_step_names_all_that_stays_and_both_ends_of_a_move() -> None:
    configuration = {
        "resource": {"aws_x": {"a": {}}, "aws_y": {"b": {}}},
        "moved": [{"from": "aws_x.c", "to": "aws_x.a"}],
    }
    assert steps.targets(Step(keeps=("aws_z.gone",)), configuration) == ["aws_x.a", "aws_x.c", "aws_y.b"]
    assert steps.targets(Step(), configuration) == []


def test_a_step_leaves_one_attribute_out_and_the_configuration_as_it_is() -> None:
    configuration = {"resource": {"aws_x": {"a": {"one": 1, "two": 2}, "b": {"one": 1}}}}
    made = steps.configured(Step(omits=(("aws_x.a", "one"),)), configuration)
    assert made == {"resource": {"aws_x": {"a": {"two": 2}, "b": {"one": 1}}}}
    assert configuration["resource"]["aws_x"]["a"] == {"one": 1, "two": 2}
