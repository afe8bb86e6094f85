"""The real terraform on the offline provider: plans, applies, states."""

from __future__ import annotations

import copy
import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tests.offline.terraform_runs import Stack, configuration, everything

pytestmark = pytest.mark.terraform

UNKNOWN = "(known after apply)"
SECRETS = ("hidden-client-secret", "hidden-parameter", "hidden-database")
IN_USE = 51
LOCK = """provider "registry.terraform.io/hashicorp/aws" {
  version     = "6.28.0"
  constraints = "6.28.0"
  hashes = [
    "h1:pAg//+BvaDrvVtw5xgijtsKXAYQGLn2mKl0LBUf6aO8=",
  ]
}
"""


def _service(**more: Any) -> dict[str, Any]:
    return {
        "aws_ecs_service": {
            "web": {
                "name": "web",
                "desired_count": 1,
                "capacity_provider_strategy": [{"capacity_provider": "FARGATE", "weight": 1}],
                **more,
            }
        }
    }


@pytest.fixture
def stack(tmp_path: Path, provider: offline.Running) -> Stack:
    """With its own types alone, as commands do it; all are served to what is `applied`."""
    return Stack(tmp_path, {}, provider=provider)


def test_a_second_plan_after_apply_is_empty(applied: Stack) -> None:
    result = applied.run("plan", "-detailed-exitcode", "-no-color")
    assert result.code == 0, result.output
    kinds = {resource["type"] for resource in applied.state()["resources"] if resource["mode"] == "managed"}
    assert kinds == set(everything()["resource"])
    assert len(kinds) >= IN_USE


def test_a_plan_knows_what_is_configured_and_not_what_aws_decides(stack: Stack) -> None:
    stack.write(everything("222222222222"))
    plan = stack.must("plan", "-out=plan")
    assert re.search(r'resource "aws_vpc" "main" \{[^}]*\+ id +' + re.escape(f"= {UNKNOWN}"), plan)
    assert not any(secret in plan for secret in (*SECRETS, "never-kept"))
    shown = json.loads(stack.must("show", "-json", "plan"))
    changes = {change["address"]: change["change"] for change in shown["resource_changes"]}
    assert changes["aws_vpc.main"]["after"]["region"] == "ap-northeast-1"
    assert changes["aws_vpc.main"]["after"]["tags_all"] == {"Name": "main", "System": "kakei", "ManagedBy": "Terraform"}
    assert changes["aws_ssm_parameter.virginia"]["after"]["tags_all"] == {}
    assert changes["aws_ssm_parameter.virginia"]["after"]["region"] == "us-east-1"
    assert changes["aws_ssm_parameter.virginia"]["after_sensitive"]["value"] is True
    assert 'aws_route53_record.validation["*.example.jp"]' in changes


def test_secrets_are_kept_where_aws_keeps_them_and_write_only_ones_nowhere(applied: Stack) -> None:
    state = json.dumps(applied.state())
    assert all(secret in state for secret in SECRETS)
    assert "never-kept" not in state
    shown = applied.must("show", "-no-color")
    assert not any(secret in shown for secret in SECRETS)


def test_ids_look_like_those_of_aws(applied: Stack) -> None:
    account = "111111111111"
    (vpc,) = applied.values("aws_vpc", "main")
    assert re.fullmatch(r"vpc-0[0-9a-f]{16}", vpc["id"])
    assert vpc["arn"] == f"arn:aws:ec2:ap-northeast-1:{account}:vpc/{vpc['id']}"
    assert ipaddress.IPv6Network(vpc["ipv6_cidr_block"]).subnet_of(ipaddress.IPv6Network("2001:db8::/32"))
    assert applied.values("aws_default_security_group", "main")[0]["id"] == vpc["default_security_group_id"]
    (balancer,) = applied.values("aws_lb", "main")
    assert balancer["dns_name"].endswith(".ap-northeast-1.elb.amazonaws.com")
    assert balancer["arn"].endswith(balancer["arn_suffix"])
    (listener,) = applied.values("aws_lb_listener", "https")
    assert listener["arn"].startswith(balancer["arn"].replace(":loadbalancer/", ":listener/"))
    (zone,) = applied.values("aws_route53_zone", "main")
    assert len(set(zone["name_servers"])) == 4
    (service,) = applied.values("aws_ecs_service", "web")
    assert service["id"] == f"arn:aws:ecs:ap-northeast-1:{account}:service/kakei/web"
    (task,) = applied.values("aws_ecs_task_definition", "web")
    assert task["arn"] == f"{task['arn_without_revision']}:{task['revision']}"
    (role,) = applied.values("aws_iam_role", "task")
    assert role["arn"] == f"arn:aws:iam::{account}:role/web-task"
    (issuer,) = applied.values("aws_iam_openid_connect_provider", "ci")
    assert issuer["id"] == f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
    assert issuer["arn"] == issuer["id"]
    (repository,) = applied.values("aws_ecr_repository", "web")
    assert repository["repository_url"] == f"{account}.dkr.ecr.ap-northeast-1.amazonaws.com/kakei/web"
    (parameter,) = applied.values("aws_ssm_parameter", "virginia")
    assert parameter["arn"].startswith("arn:aws:ssm:us-east-1:222222222222:")
    (pool,) = applied.values("aws_cognito_user_pool", "staff")
    assert re.fullmatch(r"ap-northeast-1_[0-9A-Za-z]{9}", pool["id"])


def test_equal_resources_have_ids_and_addresses_of_their_own(applied: Stack) -> None:
    addresses = applied.values("aws_eip", "nat")
    assert len({address["id"] for address in addresses}) == 2
    public = {address["public_ip"] for address in addresses}
    assert len(public) == 2
    documentation = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    assert all(any(ipaddress.ip_address(address) in net for net in documentation) for address in public)
    (gateway,) = applied.values("aws_nat_gateway", "main")
    assert gateway["public_ip"] == next(
        item["public_ip"] for item in addresses if item["id"] == gateway["allocation_id"]
    )
    rules = applied.values("aws_lb_listener_rule", "web")
    assert len({rule["priority"] for rule in rules}) == 2


def test_a_wildcard_and_its_apex_share_one_validation_record(applied: Stack) -> None:
    records = applied.values("aws_route53_record", "validation")
    assert len(records) == 2
    assert len({record["name"] for record in records}) == 1
    assert records[0]["type"] == "CNAME"


def test_data_sources_answer_as_aws_would(applied: Stack) -> None:
    zones = [subnet["availability_zone"] for subnet in applied.values("aws_subnet", "public")]
    assert zones == ["ap-northeast-1a", "ap-northeast-1c"]


def test_a_change_of_what_forces_replacement_replaces_and_says_why(stack: Stack) -> None:
    before = everything("333333333333")
    before["resource"]["aws_ecr_repository"]["web"]["force_delete"] = True
    stack.write(before)
    stack.apply()
    after = copy.deepcopy(before)
    after["resource"]["aws_lb_target_group"]["web"]["port"] = 8080
    after["resource"]["aws_service_discovery_service"]["web"]["dns_config"][0]["dns_records"][0]["type"] = "AAAA"
    after["resource"]["aws_ecs_task_definition"]["web"]["cpu"] = "512"
    after["resource"]["aws_vpc_security_group_ingress_rule"]["web"].pop("cidr_ipv4")
    after["resource"]["aws_vpc_security_group_ingress_rule"]["web"]["cidr_ipv6"] = "::/0"
    after["resource"]["aws_kms_key"]["main"]["description"] = "log groups"
    after["resource"]["aws_lb"]["main"]["idle_timeout"] = 120
    after["resource"]["aws_dynamodb_table"]["sessions"]["tags"] = {"Owner": "web"}
    after["resource"]["aws_lb_listener"]["https"]["default_action"][0]["fixed_response"][0]["status_code"] = "503"
    after["resource"].pop("aws_iam_role_policy")
    stack.write(after)
    plan = stack.plan()
    assert stack.replaced_for() == {
        "aws_ecs_task_definition.web": [["cpu"]],
        "aws_lb_target_group.web": [["port"]],
        "aws_service_discovery_service.web": [["dns_config", 0, "dns_records", 0, "type"]],
        "aws_vpc_security_group_ingress_rule.web": [["cidr_ipv4"], ["cidr_ipv6"]],
    }
    assert plan.pop("aws_iam_role_policy.task") == ["delete"]
    replaced = {address for address, actions in plan.items() if len(actions) == 2}
    assert replaced == set(stack.replaced_for())
    assert set(plan) - replaced == {
        "aws_dynamodb_table.sessions",
        "aws_ecs_service.web",  # its task definition, target group and registry get new ARNs
        "aws_kms_key.main",
        "aws_lb.main",
        "aws_lb_listener.https",
        "aws_lb_listener_rule.web[0]",
        "aws_lb_listener_rule.web[1]",
        "aws_appautoscaling_policy.web",
    }
    balancer, task = stack.values("aws_lb", "main")[0], stack.values("aws_ecs_task_definition", "web")[0]
    refused = stack.run("apply", "-auto-approve", "-no-color")
    assert refused.code == 1
    assert "is currently in use by a listener or a rule" in refused.output
    after["resource"]["aws_lb_target_group"] = before["resource"]["aws_lb_target_group"]
    stack.write(after).apply()
    assert stack.values("aws_lb", "main")[0]["id"] == balancer["id"]
    assert stack.values("aws_ecs_task_definition", "web")[0]["revision"] == task["revision"] + 1
    assert stack.run("plan", "-detailed-exitcode").code == 0
    stack.must("destroy", "-auto-approve")
    assert stack.state()["resources"] == []


def test_a_store_whose_name_or_encryption_changes_is_replaced(stack: Stack) -> None:
    """Each was planned as an update before its type had an entry."""
    settings: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
        "aws_db_subnet_group": ({"name": "a", "subnet_ids": ["subnet-1"]}, {"name": "b"}, "name"),
        "aws_efs_file_system": ({"creation_token": "a", "encrypted": False}, {"encrypted": True}, "encrypted"),
        "aws_elasticache_replication_group": (
            {"replication_group_id": "a", "description": "a", "at_rest_encryption_enabled": "false"},
            {"at_rest_encryption_enabled": "true"},
            "at_rest_encryption_enabled",
        ),
        "aws_sqs_queue": ({"name": "a"}, {"name": "b"}, "name"),
    }
    stack.write(configuration({type_: {"x": before} for type_, (before, _, _) in settings.items()}))
    stack.apply()
    stack.write(configuration({type_: {"x": before | after} for type_, (before, after, _) in settings.items()}))
    assert stack.plan() == {f"{type_}.x": ["delete", "create"] for type_ in settings}
    assert stack.replaced_for() == {f"{type_}.x": [[name]] for type_, (_, _, name) in settings.items()}


def test_capacity_providers_replace_a_service_unless_a_deployment_is_forced(stack: Stack) -> None:
    spot = [{"capacity_provider": "FARGATE_SPOT", "weight": 1}]
    stack.write(configuration(_service()))
    stack.apply()
    stack.write(configuration(_service(capacity_provider_strategy=spot)))
    assert stack.plan() == {"aws_ecs_service.web": ["delete", "create"]}
    stack.write(configuration(_service(capacity_provider_strategy=spot, force_new_deployment=True)))
    assert stack.plan() == {"aws_ecs_service.web": ["update"]}


def test_default_tags_and_region_are_the_provider_s(stack: Stack) -> None:
    resources = {"aws_sns_topic": {"alarms": {"name": "alarms", "tags": {"Owner": "web"}}}}
    stack.write(configuration(resources))
    stack.apply()
    moved = configuration(resources)
    moved["provider"]["aws"][0] |= {
        "region": "eu-west-1",
        "default_tags": [{"tags": {"System": "kakei", "Owner": "all"}}],
    }
    stack.write(moved)
    assert stack.plan() == {"aws_sns_topic.alarms": ["delete", "create"]}
    assert stack.replaced_for() == {"aws_sns_topic.alarms": [["region"]]}
    stack.apply()
    (topic,) = stack.values("aws_sns_topic", "alarms")
    assert topic["arn"] == "arn:aws:sns:eu-west-1:111111111111:alarms"
    assert topic["tags_all"] == {"System": "kakei", "Owner": "web"}
    assert topic["tags"] == {"Owner": "web"}


def test_a_resource_may_name_a_region_of_its_own(stack: Stack) -> None:
    stack.write(
        configuration(
            {
                "aws_acm_certificate": {
                    "edge": {"domain_name": "a.jp", "validation_method": "DNS", "region": "us-east-1"}
                }
            }
        )
    )
    stack.apply()
    assert stack.values("aws_acm_certificate", "edge")[0]["arn"].startswith("arn:aws:acm:us-east-1:111111111111:")


def test_workspaces_have_states_of_their_own(stack: Stack) -> None:
    stack.write(configuration({"aws_sqs_queue": {"jobs": {"name": "jobs-${terraform.workspace}"}}}))
    for name in ("kokuyou", "shinku"):
        stack.must("workspace", "select", "-or-create", name)
        stack.apply()
        (queue,) = stack.values("aws_sqs_queue", "jobs")
        assert queue["url"] == f"https://sqs.ap-northeast-1.amazonaws.com/111111111111/jobs-{name}"
    assert sorted(path.parent.name for path in stack.folder.glob("terraform.tfstate.d/*/*.tfstate")) == [
        "kokuyou",
        "shinku",
    ]
    stack.must("workspace", "select", "default")
    assert stack.state().get("resources", []) == []


def test_one_stack_reads_the_offline_state_of_another(stack_named: Callable[[str], Stack], tmp_path: Path) -> None:
    common = stack_named("common-main").write(everything("444444444444"))
    common.apply()
    remote = {
        "backend": "s3",
        "config": {"bucket": "states", "key": "kakei/common-main.tfstate"},
        "workspace": "default",
    }
    reading = configuration(
        {
            "aws_ssm_parameter": {
                "servers": {
                    "name": "servers",
                    "type": "String",
                    "insecure_value": '${join(",", data.terraform_remote_state.common.outputs.contract.name_servers)}',
                }
            }
        },
        data={"terraform_remote_state": {"common": remote}},
    )
    review = stack_named("review").write(reading, common_main=common.folder)
    review.must("workspace", "select", "-or-create", "kokuyou")
    review.apply()
    (parameter,) = review.values("aws_ssm_parameter", "servers")
    assert parameter["insecure_value"].count(",") == 3


def test_an_import_brings_a_resource_into_the_state(stack: Stack) -> None:
    stack.write(configuration({"aws_kms_key": {"main": {}}, "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}))
    stack.must("import", "aws_vpc.main", "vpc-0123456789abcdef0")
    (vpc,) = stack.values("aws_vpc", "main")
    assert vpc["id"] == "vpc-0123456789abcdef0"
    assert vpc["arn"].endswith(":vpc/vpc-0123456789abcdef0")
    assert stack.plan()["aws_kms_key.main"] == ["create"]


def test_a_lock_file_for_the_real_provider_is_no_hindrance(stack: Stack) -> None:
    stack.write(configuration({}))
    (stack.folder / ".terraform.lock.hcl").write_text(LOCK)
    stack.must("init", "-lockfile=readonly")
    assert (stack.folder / ".terraform.lock.hcl").read_text() == LOCK
    stack.must("plan")


def test_any_other_data_source_is_answered_from_its_schema(stack: Stack) -> None:
    data = {
        "aws_lambda_function": {"a": {"function_name": "f"}},
        "aws_cloudfront_cache_policy": {"a": {"name": "Managed-CachingOptimized"}},
        "aws_ec2_managed_prefix_list": {"a": {"name": "com.amazonaws.global.cloudfront.origin-facing"}},
        "aws_vpc": {"a": {"id": "vpc-1"}},
        "aws_caller_identity": {"a": {}},
        "aws_route53_zone": {"a": {"name": "example.jp."}, "b": {"zone_id": "Z1"}},
    }
    outputs = {
        "account": {"value": "${data.aws_caller_identity.a.account_id}"},
        "zones": {"value": ["${data.aws_route53_zone.a.name}", "${data.aws_route53_zone.b.zone_id}"]},
        "vpc": {"value": "${data.aws_vpc.a.id}"},
        "policy": {"value": "${data.aws_cloudfront_cache_policy.a.id}"},
    }
    stack.write(configuration({}, data=data, output=outputs))
    stack.apply()
    found = {name: output["value"] for name, output in stack.state()["outputs"].items()}
    assert found["account"] == "111111111111"
    assert found["zones"] == ["example.jp", "Z1"]
    assert found["vpc"] == "vpc-1"
    assert found["policy"]
    assert stack.run("plan", "-detailed-exitcode").code == 0
