"""Environments, permanent and review, by what a team declares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from modules.capacity import capacity
from tanada.declarations.inputs import inputs
from tanada.declared.http import Http
from tanada.declared.load_balancer import LoadBalancer
from tanada.declared.network import Network
from tanada.declared.service import Service
from tanada.declared.spot import Spot
from tanada.declared.system import System
from tanada.declared.ways import Way
from tanada.stacks.stack import stack_of

WITHOUT_RESOURCE = {
    "ecr:GetAuthorizationToken",
    "logs:DescribeLogGroups",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
}
"""Actions that have no resource type, so that `*` is their only resource (Service Authorization Reference)."""


def environment(system: System, tmp_path: Path, **changes: Any) -> dict[str, Any]:
    """The stack of environment `test`, with other services."""
    services = {**system.environments["test"].services, **changes.pop("services", {})}
    test = system.environments["test"].model_copy(update={"services": services, **changes})
    changed = system.model_copy(update={"environments": {"test": test}})
    app = App(outdir=str(tmp_path), stack_traces=False)
    made = stack_of(app, inputs(changed)["environment-test"])
    app.synth()
    assert not made.mistakes
    return dict(made.to_terraform())


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def resources(stack: dict[str, Any], kind: str) -> dict[str, Any]:
    return dict(stack["resource"].get(kind, {}))


def container(stack: dict[str, Any], service: str) -> dict[str, Any]:
    [only] = json.loads(
        resources(stack, "aws_ecs_task_definition")[f"{service}_task_definition"]["container_definitions"]
    )
    return dict(only)


def test_a_public_service_has_a_rule_by_host_and_both_records(stacks: dict[str, Any]) -> None:
    test = stacks["environment-test"]
    [rule] = resources(test, "aws_lb_listener_rule").values()
    assert rule["condition"] == [{"host_header": {"values": ["test.example.jp"]}}]
    assert "priority" not in rule, "the provider finds a free one, also when many states apply at once"
    records = resources(test, "aws_route53_record").values()
    assert {(each["name"], each["type"]) for each in records} == {
        ("test.example.jp", "A"),
        ("test.example.jp", "AAAA"),
    }


def test_a_private_service_is_reached_by_its_callers_alone(stacks: dict[str, Any]) -> None:
    test = stacks["environment-test"]
    assert set(resources(test, "aws_lb_target_group")) == {"web_target_group_1"}
    into = {
        group: [
            (rule["referenced_security_group_id"], rule["from_port"], rule["to_port"])
            for rule in resources(test, "aws_vpc_security_group_ingress_rule").values()
            if rule["security_group_id"] == f"${{aws_security_group.{group}.id}}"
        ]
        for group in resources(test, "aws_security_group")
    }
    balancer = '${data.terraform_remote_state.common.outputs.load_balancers["1"].security_group_id}'
    assert into == {
        "backend": [("${aws_security_group.web.id}", 8080, 8080)],
        "web": [(balancer, 3000, 3000)],
        "mailer": [],
        "migrate": [],
        "report": [],
    }
    groups = resources(test, "aws_ecs_service")["backend_service"]["network_configuration"]["security_groups"]
    assert groups == ["${aws_security_group.backend.id}"]


def test_placeholders_stand_for_names_that_resolve(stacks: dict[str, Any]) -> None:
    for name, host in (("environment-test", "test"), ("review", "${local.environment}")):
        variables = {each["name"]: each["value"] for each in container(stacks[name], "web")["environment"]}
        assert variables["BACKEND_URL"] == f"http://backend.{host}.kakei.internal:8080"
        assert (
            resources(stacks[name], "aws_service_discovery_service")["backend_private_name"]["name"]
            == f"backend.{host}"
        )
        assert variables["SESSION_TABLE"] == "${aws_dynamodb_table.sessions_table.name}"


def test_a_users_text_is_never_an_expression(system: System, tmp_path: Path) -> None:
    web = system.environments["test"].services["web"]
    changed = web.model_copy(update={"command": ("sh", "-c", "echo ${{HOME}} %{{x}}"), "variables": {"A": "${{B}}"}})
    made = container(environment(system, tmp_path, services={"web": changed}), "web")
    assert made["command"][2] == "echo $${HOME} %%{x}"
    assert made["environment"] == [{"name": "A", "value": "$${B}"}]


def test_reaching_a_table_gives_its_items_and_no_more(stacks: dict[str, Any]) -> None:
    policies = resources(stacks["environment-test"], "aws_iam_role_policy")
    statements = json.loads(policies["web_task_policy"]["policy"])["Statement"]
    [table] = [each for each in statements if any(action.startswith("dynamodb:") for action in each["Action"])]
    assert "dynamodb:Scan" not in table["Action"]
    assert table["Resource"] == [
        "${aws_dynamodb_table.sessions_table.arn}",
        "${aws_dynamodb_table.sessions_table.arn}/index/*",
    ]
    assert "dynamodb:" not in policies["backend_task_policy"]["policy"]


def test_a_star_stands_only_where_iam_knows_no_resource(stacks: dict[str, Any]) -> None:
    for stack in stacks.values():
        for name, policy in resources(stack, "aws_iam_role_policy").items():
            if name.startswith("ci_"):  # tests/modules/test_ci_access.py
                continue
            for statement in json.loads(policy["policy"])["Statement"]:
                assert not any("*" in action for action in statement["Action"])
                if "*" in statement["Resource"]:
                    assert set(statement["Action"]) <= WITHOUT_RESOURCE


def test_roles_are_for_tasks_of_this_account_alone(stacks: dict[str, Any]) -> None:
    for role in resources(stacks["environment-production"], "aws_iam_role").values():
        [statement] = json.loads(role["assume_role_policy"])["Statement"]
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == "222222222222"
        assert len(role["name"]) <= 64


def test_exec_works_by_default_and_is_off_in_a_protected_account(stacks: dict[str, Any]) -> None:
    for name, on in (("environment-test", True), ("environment-production", False)):
        services = resources(stacks[name], "aws_ecs_service").values()
        assert {each["enable_execute_command"] for each in services} == {on}
        assert ("mountPoints" in container(stacks[name], "web")) == on
        assert ("ssmmessages" in str(resources(stacks[name], "aws_iam_role_policy"))) == on


def test_a_protected_account_runs_two_tasks_and_keeps_logs_for_a_year(stacks: dict[str, Any]) -> None:
    for name, tasks, days in (("environment-test", 1, 30), ("environment-production", 2, 365)):
        services = resources(stacks[name], "aws_ecs_service").items()
        counts = {service.removesuffix("_service"): each["desired_count"] for service, each in services}
        assert counts == {"backend": tasks, "mailer": 1, "web": tasks}, "what listens to nobody is one"
        logs = resources(stacks[name], "aws_cloudwatch_log_group").values()
        assert {each["retention_in_days"] for each in logs} == {days}


def test_a_failing_deployment_rolls_back_and_is_waited_for(stacks: dict[str, Any]) -> None:
    for service in resources(stacks["environment-test"], "aws_ecs_service").values():
        assert service["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
        assert service["wait_for_steady_state"] is True
        assert "launch_type" not in service


def test_a_service_goes_before_its_permissions_and_its_rule(stacks: dict[str, Any]) -> None:
    web = resources(stacks["environment-test"], "aws_ecs_service")["web_service"]
    assert {
        "aws_iam_role_policy.web_execution_policy",
        "aws_iam_role_policy.web_task_policy",
        "aws_lb_listener_rule.web_listener_rule",
        "aws_vpc_security_group_egress_rule.web_to_backend",
    } <= set(web["depends_on"])


def test_permanent_tables_are_kept_and_review_tables_go(stacks: dict[str, Any], system: System, tmp_path: Path) -> None:
    let_go = environment(system, tmp_path, removal="delete")
    for stack, keep, restores in (
        (stacks["environment-test"], True, True),
        (stacks["review"], False, False),
        (let_go, False, True),
    ):
        [table] = resources(stack, "aws_dynamodb_table").values()
        assert table["lifecycle"]["prevent_destroy"] is keep
        assert table["deletion_protection_enabled"] is keep
        assert table["point_in_time_recovery"] == {"enabled": restores}
        assert table["billing_mode"] == "PAY_PER_REQUEST"


def test_old_revisions_stay_where_a_rollback_may_want_them(stacks: dict[str, Any]) -> None:
    for name, stays in (("environment-test", True), ("review", False)):
        definitions = resources(stacks[name], "aws_ecs_task_definition").values()
        assert {each["skip_destroy"] for each in definitions} == {stays}


def test_spot_is_a_share_and_the_first_task_never_is(stacks: dict[str, Any], system: System, tmp_path: Path) -> None:
    review = resources(stacks["review"], "aws_ecs_service")["web_service"]
    assert review["capacity_provider_strategy"] == [{"capacity_provider": "FARGATE_SPOT", "weight": 1}]
    web = system.environments["test"].services["web"].model_copy(update={"spot": Spot(share=75)})
    mixed = resources(environment(system, tmp_path, services={"web": web}), "aws_ecs_service")["web_service"]
    assert mixed["capacity_provider_strategy"] == [
        {"base": 1, "capacity_provider": "FARGATE", "weight": 25},
        {"capacity_provider": "FARGATE_SPOT", "weight": 75},
    ]


@pytest.mark.parametrize(
    ("share", "base", "expected"),
    [
        (0, None, [("FARGATE", 1, None)]),
        (90, 2, [("FARGATE", 10, 2), ("FARGATE_SPOT", 90, None)]),
        (90, 0, [("FARGATE", 10, None), ("FARGATE_SPOT", 90, None)]),
        (100, 1, [("FARGATE", 0, 1), ("FARGATE_SPOT", 1, None)]),
        (100, None, [("FARGATE_SPOT", 1, None)]),
    ],
)
def test_so_many_are_on_demand_before_the_share_on_spot_counts(
    share: int, base: int | None, expected: list[tuple[str, int, int | None]]
) -> None:
    made = [(each.capacity_provider, each.weight, each.base) for each in capacity(Spot(share=share, base=base))]
    assert made == expected


def test_without_nat_tasks_leave_by_addresses_of_their_own(system: System, tmp_path: Path) -> None:
    main = system.accounts["main"]
    layer = main.common.model_copy(update={"network": Network(nat="none")})
    changed = system.model_copy(update={"accounts": {"main": main.model_copy(update={"common": layer})}})
    made = environment(changed, tmp_path)
    for service in resources(made, "aws_ecs_service").values():
        assert service["network_configuration"]["assign_public_ip"] is True


def test_a_worker_has_neither_port_nor_name(system: System, tmp_path: Path) -> None:
    made = environment(system, tmp_path, services={"worker": Service(image="backend")})
    worker = resources(made, "aws_ecs_service")["worker_service"]
    assert "service_registries" not in worker
    assert "load_balancer" not in worker
    assert "portMappings" not in container(made, "worker")


def test_a_service_may_stand_behind_another_load_balancer(system: System, tmp_path: Path) -> None:
    main = system.accounts["main"]
    layer = main.common.model_copy(update={"load_balancers": {"public": LoadBalancer(), "big": LoadBalancer()}})
    changed = system.model_copy(update={"accounts": {"main": main.model_copy(update={"common": layer})}})
    web = (
        system.environments["test"]
        .services["web"]
        .model_copy(update={"http": Http(health_check="/", load_balancer=("big",))})
    )
    [rule] = resources(environment(changed, tmp_path, services={"web": web}), "aws_lb_listener_rule").values()
    assert rule["listener_arn"].endswith(".load_balancers.big.listener_arn}")


def test_review_is_the_environment_with_expressions(stacks: dict[str, Any]) -> None:
    """The same resources at the same addresses but for alarms and old versions; names and domain follow the
    workspace."""
    test, review = stacks["environment-test"], stacks["review"]
    permanent = {"aws_cloudwatch_metric_alarm", "aws_s3_bucket_versioning"}
    made = {kind: sorted(each) for kind, each in test["resource"].items() if kind not in permanent}
    assert {kind: sorted(each) for kind, each in review["resource"].items()} == made
    assert review["locals"]["environment"] == "review-${terraform.workspace}"
    assert review["locals"]["domain"] == "${terraform.workspace}.review.example.jp"
    assert review["provider"]["aws"][0]["default_tags"][0]["tags"]["Environment"] == "review-${terraform.workspace}"


def test_every_variable_has_a_default_so_that_destroy_needs_none(stacks: dict[str, Any]) -> None:
    for name, stack in stacks.items():
        for variable in stack.get("variable", {}).values():
            assert "default" in variable, name


def test_an_environment_reads_what_common_publishes(stacks: dict[str, Any]) -> None:
    """Every output that a reader names is one that the common stack of its account has, to the last key."""
    marker = "${data.terraform_remote_state.common.outputs."
    for name, stack in stacks.items():
        if name.startswith("common-"):
            continue
        [remote] = stack["data"]["terraform_remote_state"].values()
        assert remote["workspace"] == "default"
        common = stacks[remote["config"]["key"].removeprefix("kakei/").removesuffix(".tfstate")]
        paths = {path for text in strings(stack) for path in re.findall(re.escape(marker) + r"([^}]+)}", text)}
        assert len(paths) > 8
        for path in paths:
            value: Any = {key: each["value"] for key, each in common["output"].items()}
            for quoted, plain in re.findall(r'\["([^"]+)"\]|([^.\[]+)', path):
                assert (quoted or plain) in value, f"{name} reads {path}"
                value = value[quoted or plain]


def test_whoever_has_no_common_yet_is_told_to_wait(stacks: dict[str, Any]) -> None:
    [remote] = stacks["environment-test"]["data"]["terraform_remote_state"].values()
    [condition] = remote["lifecycle"]["postcondition"]
    assert "waits for common: apply common-main first" in condition["error_message"]


def test_the_default_environment_is_a_handful_of_lines() -> None:
    for file in (Path(__file__).parents[2] / "environments").glob("*.yaml"):
        lines = [line for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
        assert 2 <= len(lines) <= 6, file.name


def test_a_service_may_be_called_what_a_rule_is_about(system: System, tmp_path: Path) -> None:
    web = (
        system.environments["test"]
        .services["web"]
        .model_copy(update={"reach": (Way(name="backend"), Way(name="https"))})
    )
    made = environment(system, tmp_path, services={"web": web, "https": Service(image="backend", port=8443)})
    rules = resources(made, "aws_vpc_security_group_egress_rule")
    assert {"web_out_https", "web_to_https"} <= set(rules)
