"""The web product, which is the default system: a test for each line of what it promises."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tanada.declarations.loader import load
from tanada.stacks.app import synthesize
from tests.systems.emitted import Json, System, values

COMMON, TEST, TEST2, PRODUCTION, REVIEW = (
    "common-main",
    "environment-test",
    "environment-test2",
    "environment-production",
    "review",
)
PERMANENT = (TEST, TEST2, PRODUCTION)


@pytest.fixture
def product(systems: Mapping[str, System]) -> System:
    return systems["web-product"]


def test_its_common_layer_may_be_taken_over_from_what_is_there(tmp_path: Path, product: System) -> None:
    """`common.imports`, and a part that is `existing`."""
    for each in ("environments", "workspaces"):
        shutil.copytree(product.folder / each, tmp_path / each)
    declared = (product.folder / "system.yaml").read_text(encoding="utf-8")
    taken = declared.replace(
        "  hosted_zones: [example.jp]           #",
        "  imports: {aws_vpc.network_vpc: vpc-0123456789abcdef0}\n"
        "  hosted_zones: [{name: example.jp, existing: Z0123456789ABCDEFGHIJ}]           #",
    )
    assert taken != declared
    (tmp_path / "system.yaml").write_text(taken, encoding="utf-8")
    synthesize(load(tmp_path), tmp_path / "cdktf.out")
    common: Json = json.loads((tmp_path / f"cdktf.out/stacks/{COMMON}/cdk.tf.json").read_text())
    assert common["import"] == [{"id": "vpc-0123456789abcdef0", "to": "aws_vpc.network_vpc"}]
    assert "aws_route53_zone" not in common["resource"]


@pytest.mark.parametrize("stack", [*PERMANENT, REVIEW])
def test_web_is_public_and_backend_is_reached_by_its_private_name_alone(stack: str, product: System) -> None:
    services = product.of(stack, "aws_ecs_service")
    assert {name for name, each in services.items() if each.get("load_balancer")} == {"web_service"}
    assert all("FARGATE" in json.dumps(each["capacity_provider_strategy"]) for each in services.values())
    [web] = product.containers(stack, "web")
    address = next(each["value"] for each in web["environment"] if each["name"] == "BACKEND_URL")
    assert address.startswith("http://")
    assert address.endswith(".kakei.internal:8080")
    ways_in = product.of(stack, "aws_vpc_security_group_ingress_rule")
    assert [name for name in ways_in if name.startswith("backend_")] == ["backend_from_web"]


@pytest.mark.parametrize("stack", [*PERMANENT, REVIEW])
def test_its_table_is_billed_by_request_and_containers_hold_no_data(stack: str, product: System) -> None:
    assert product.one(stack, "aws_dynamodb_table")["billing_mode"] == "PAY_PER_REQUEST"
    for service in ("web", "backend", "mailer"):
        for container in product.containers(stack, service):
            assert container["readonlyRootFilesystem"] is True
            assert [each["containerPath"] for each in container["linuxParameters"]["tmpfs"]] == ["/tmp"]


def test_one_load_balancer_serves_all_environments_by_a_rule_a_domain(product: System) -> None:
    assert len(product.of(COMMON, "aws_lb")) == 1
    hosts = [
        values(rule, "host_header")
        for stack in (TEST, TEST2)
        for rule in product.of(stack, "aws_lb_listener_rule").values()
    ]
    assert hosts == [["test.example.jp"], ["test2.example.jp"]]
    assert values(product.one(REVIEW, "aws_lb_listener_rule"), "host_header") == ["${local.domain}"]


@pytest.mark.parametrize("stack", [TEST, REVIEW])
def test_people_sign_in_by_google_before_what_is_not_public(stack: str, product: System) -> None:
    actions = product.one(stack, "aws_lb_listener_rule")["action"]
    assert [each["type"] for each in sorted(actions, key=lambda each: each["order"])] == [
        "authenticate-cognito",
        "forward",
    ]
    client = product.one(stack, "aws_cognito_user_pool_client")
    assert client["supported_identity_providers"] == [
        "${data.terraform_remote_state.common.outputs.sign_in.google.provider}"
    ]
    assert product.stacks[COMMON]["output"]["sign_in"]


@pytest.mark.parametrize("stack", [TEST2, PRODUCTION])
def test_where_partners_and_customers_call_nobody_signs_in(stack: str, product: System) -> None:
    assert [each["type"] for each in product.one(stack, "aws_lb_listener_rule")["action"]] == ["forward"]


def test_no_mail_address_but_the_companys_signs_in(product: System) -> None:
    function = product.one(COMMON, "aws_lambda_function", "sign_in")
    assert json.loads(function["environment"]["variables"]["DOMAINS"]) == ["example.jp"]
    pool = product.one(COMMON, "aws_cognito_user_pool")
    assert "aws_lambda_function.sign_in_function" in json.dumps(pool["lambda_config"]["pre_sign_up"])


def test_the_addresses_that_partners_know_are_an_output_and_are_kept(product: System) -> None:
    for common in (COMMON, "common-production"):
        assert product.stacks[common]["output"]["outbound_addresses"]["value"]
        for address in product.of(common, "aws_eip").values():
            assert address["lifecycle"]["prevent_destroy"] is True


@pytest.mark.parametrize("name", ["test", "test2", "production"])
def test_an_environment_is_a_few_lines(name: str, product: System) -> None:
    assert len((product.folder / "environments" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()) <= 6


def test_a_workspace_is_a_review_environment_at_a_domain_of_its_own(product: System) -> None:
    local = product.stacks[REVIEW]["locals"]
    assert local["environment"] == "review-${terraform.workspace}"
    assert local["domain"] == "${terraform.workspace}.review.example.jp"


@pytest.mark.parametrize("stack", [TEST, REVIEW])
def test_a_shell_in_a_running_task_writes_where_exec_must_and_nowhere_else(stack: str, product: System) -> None:
    for service in ("web", "backend", "mailer"):
        assert product.one(stack, "aws_ecs_service", f"{service}_")["enable_execute_command"] is True
        for container in product.containers(stack, service):
            written = {each["containerPath"] for each in container["mountPoints"] if not each.get("readOnly")}
            assert written == {"/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm"}
            assert container["linuxParameters"]["initProcessEnabled"] is True


@pytest.mark.parametrize("stack", PERMANENT)
def test_alarms_are_there_by_default(stack: str, product: System) -> None:
    alarms = product.of(stack, "aws_cloudwatch_metric_alarm")
    assert {name.removeprefix("web_alarm_") for name in alarms if name.startswith("web_")} == {
        "5xx",
        "cpu",
        "latency",
        "memory",
        "missing-tasks",
        "unhealthy",
    }
    assert all(each["alarm_actions"] for each in alarms.values())
    assert product.of(REVIEW, "aws_cloudwatch_metric_alarm") == {}
