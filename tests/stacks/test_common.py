"""The common layer, by what a team declares."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from modules.cluster import key_policy
from tanada import offline
from tanada.declarations.inputs import inputs
from tanada.declared.hosted_zone import Certificate as ExistingCertificate
from tanada.declared.hosted_zone import Zone
from tanada.declared.load_balancer import LoadBalancer
from tanada.declared.network import Network
from tanada.declared.sites import Site
from tanada.declared.system import System
from tanada.provider import VERSION
from tanada.stacks.base import TERRAFORM_VERSION
from tanada.stacks.common import identifier
from tanada.stacks.stack import stack_of

ROOT = Path(__file__).parents[2]


def common(system: System, tmp_path: Path, **changes: Any) -> dict[str, Any]:
    """The common stack of account `main`, with another common layer."""
    account = system.accounts["main"]
    layer = account.common.model_copy(update=changes)
    changed = system.model_copy(
        update={"accounts": {**system.accounts, "main": account.model_copy(update={"common": layer})}}
    )
    app = App(outdir=str(tmp_path), stack_traces=False)
    made = stack_of(app, inputs(changed)["common-main"])
    app.synth()
    assert not made.mistakes
    return dict(made.to_terraform())


def count(stack: dict[str, Any], kind: str) -> int:
    return len(stack["resource"].get(kind, {}))


@pytest.mark.parametrize(
    ("nat", "zones", "gateways"), [("none", 2, 0), ("single", 2, 1), ("per_zone", 2, 2), ("per_zone", 3, 3)]
)
def test_nat_and_its_fixed_addresses(nat: Any, zones: int, gateways: int, system: System, tmp_path: Path) -> None:
    stack = common(system, tmp_path, network=Network(nat=nat, availability_zones=zones))
    assert count(stack, "aws_nat_gateway") == count(stack, "aws_eip") == gateways
    assert count(stack, "aws_subnet") == 2 * zones
    assert len(stack["output"]["outbound_addresses"]["value"]) == gateways
    tasks = stack["output"]["task_subnet_ids"]["value"]
    assert all(("public" if nat == "none" else "private") in subnet for subnet in tasks)


def test_a_single_nat_serves_every_private_subnet(stacks: dict[str, Any]) -> None:
    routes = stacks["common-main"]["resource"]["aws_route"]
    assert {routes[f"network_private_{index}_out"]["nat_gateway_id"] for index in (0, 1)} == {
        "${aws_nat_gateway.network_nat_0.id}"
    }


def test_nat_per_zone_keeps_traffic_in_its_zone(stacks: dict[str, Any]) -> None:
    routes = stacks["common-production"]["resource"]["aws_route"]
    assert [routes[f"network_private_{index}_out"]["nat_gateway_id"] for index in (0, 1)] == [
        "${aws_nat_gateway.network_nat_0.id}",
        "${aws_nat_gateway.network_nat_1.id}",
    ]


def test_gateway_endpoints_stand_in_every_route_table(stacks: dict[str, Any]) -> None:
    resources = stacks["common-main"]["resource"]
    endpoints = resources["aws_vpc_endpoint"]
    assert {each["service_name"] for each in endpoints.values()} == {
        "com.amazonaws.ap-northeast-1.s3",
        "com.amazonaws.ap-northeast-1.dynamodb",
    }
    for endpoint in endpoints.values():
        assert len(endpoint["route_table_ids"]) == len(resources["aws_route_table"])


def test_nothing_gets_a_public_address_by_itself(stacks: dict[str, Any]) -> None:
    subnets = stacks["common-main"]["resource"]["aws_subnet"].values()
    assert {each["map_public_ip_on_launch"] for each in subnets} == {False}


def test_fixed_addresses_and_zones_are_kept_until_the_word_changes(
    stacks: dict[str, Any], system: System, tmp_path: Path
) -> None:
    for stack, keep in ((stacks["common-main"], True), (common(system, tmp_path, removal="delete"), False)):
        kinds = ("eip", "route53_zone", "vpc", "subnet", "ecs_cluster", "ecr_repository")
        guarded = [each for kind in kinds for each in stack["resource"][f"aws_{kind}"].values()]
        guarded += stack["resource"]["aws_service_discovery_private_dns_namespace"].values()
        assert {each["lifecycle"]["prevent_destroy"] for each in guarded} == {keep}
        assert {each["enable_deletion_protection"] for each in stack["resource"]["aws_lb"].values()} == {keep}


def test_https_alone_reaches_environments(stacks: dict[str, Any]) -> None:
    listeners = stacks["common-main"]["resource"]["aws_lb_listener"]
    http, https = listeners["load_balancer_1_http"], listeners["load_balancer_1_https"]
    assert http["default_action"][0]["redirect"] == {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}
    assert https["default_action"][0]["fixed_response"]["status_code"] == "404"
    assert https["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-2")


def test_certificates_cover_the_zone_and_the_review_domain(stacks: dict[str, Any]) -> None:
    resources = stacks["common-main"]["resource"]
    names = {
        each["domain_name"]: each["subject_alternative_names"] for each in resources["aws_acm_certificate"].values()
    }
    assert names == {"example.jp": ["*.example.jp"], "review.example.jp": ["*.review.example.jp"]}
    assert len(resources["aws_lb_listener_certificate"]) == 1, "the first one is the listener's own"
    assert "review_example_jp" not in str(stacks["common-production"])


def test_an_existing_zone_is_looked_up_and_never_made(system: System, tmp_path: Path) -> None:
    stack = common(system, tmp_path, hosted_zones=(Zone(name="example.jp", existing="Z0123456789"),))
    assert count(stack, "aws_route53_zone") == 0
    assert stack["data"]["aws_route53_zone"]["example_jp_zone"]["zone_id"] == "Z0123456789"
    assert "data.aws_route53_zone" in stack["output"]["zone_ids"]["value"]["example.jp"]


@pytest.mark.terraform
@pytest.mark.parametrize(("name", "well"), [("z0123456789.example.com", True), ("example.com", False)])
def test_an_existing_zone_is_held_to_its_name(name: str, well: bool, system: System, tmp_path: Path) -> None:
    """The offline provider calls a zone that is looked up by its id like the id."""
    stack = common(system, tmp_path, hosted_zones=(Zone(name=name, existing="Z0123456789"),))
    [zone] = stack["data"]["aws_route53_zone"].values()
    folder = tmp_path / "alone"
    folder.mkdir()
    alone = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "6.28.0"}}},
        "provider": {"aws": [{"region": "ap-northeast-1", "allowed_account_ids": ["111111111111"]}]},
        "data": {"aws_route53_zone": {"zone": zone}},
    }
    (folder / "cdk.tf.json").write_text(json.dumps(alone))
    with offline.start(tmp_path / "ids", container=False) as provider:
        environment = {**os.environ, **provider.environment_for(folder), "CHECKPOINT_DISABLE": "1"}
        for command in ("init", "plan"):
            done = subprocess.run(
                ["terraform", f"-chdir={folder}", command, "-no-color"], env=environment, capture_output=True, text=True
            )
            assert command == "plan" or done.returncode == 0, done.stderr
    assert (done.returncode == 0) is well, done.stderr
    assert well or "The zone Z0123456789 is z0123456789.example.com, or a private one, and not" in done.stderr


def test_in_china_logs_have_a_principal_of_their_own() -> None:
    made: Any
    for region, service in (
        ("cn-north-1", "logs.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "logs.us-gov-west-1.amazonaws.com"),
        ("ap-northeast-1", "logs.ap-northeast-1.amazonaws.com"),
    ):
        made = key_policy("arn", "1", region)
        assert service in {each["Principal"].get("Service") for each in made["Statement"]}


def test_load_balancers_by_name_and_public_stands_where_number_1_stood(system: System, tmp_path: Path) -> None:
    two = {"public": LoadBalancer(), "big": LoadBalancer(renamed_from=("2",), idle_timeout=300)}
    stack = common(system, tmp_path, load_balancers=two)
    assert count(stack, "aws_lb") == 2
    assert sorted(stack["output"]["load_balancers"]["value"]) == ["1", "2"]
    names = [each["name"] for each in stack["resource"]["aws_lb"].values()]
    assert len(set(names)) == 2
    assert max(map(len, names)) <= 32


def test_without_a_zone_there_is_no_load_balancer(system: System, tmp_path: Path) -> None:
    lonely = system.model_copy(update={"review": None, "environments": {}})
    assert count(common(lonely, tmp_path, hosted_zones=()), "aws_lb") == 0


def test_registries_keep_their_tags_and_are_scanned(stacks: dict[str, Any]) -> None:
    for repository in stacks["common-main"]["resource"]["aws_ecr_repository"].values():
        assert repository["image_tag_mutability"] == "IMMUTABLE"
        assert repository["image_scanning_configuration"] == {"scan_on_push": True}


def test_both_kinds_of_fargate_and_no_default(stacks: dict[str, Any]) -> None:
    [providers] = stacks["common-main"]["resource"]["aws_ecs_cluster_capacity_providers"].values()
    assert providers["capacity_providers"] == ["FARGATE", "FARGATE_SPOT"]
    assert "default_capacity_provider_strategy" not in providers


def test_every_rule_of_a_security_group_says_what_it_is_for(stacks: dict[str, Any]) -> None:
    for stack in stacks.values():
        for kind in ("aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"):
            assert all(each["description"] for each in stack["resource"][kind].values())


def test_only_the_load_balancers_are_open_to_the_internet(stacks: dict[str, Any]) -> None:
    open_rules = {
        (name, address, rule["from_port"])
        for name, stack in stacks.items()
        for address, rule in stack["resource"].get("aws_vpc_security_group_ingress_rule", {}).items()
        if "cidr_ipv4" in rule or "cidr_ipv6" in rule
    }
    assert {(stack, port) for stack, _, port in open_rules} == {
        ("common-main", 443),
        ("common-main", 80),
        ("common-production", 443),
        ("common-production", 80),
    }


def test_every_stack_names_its_account_its_state_and_its_terraform(stacks: dict[str, Any]) -> None:
    for name, stack in stacks.items():
        [provider] = stack["provider"]["aws"]
        account = "222222222222" if "production" in name else "111111111111"
        assert provider["allowed_account_ids"] == [account]
        assert set(provider["default_tags"][0]["tags"]) == {"System", "Environment", "ManagedBy"}
        backend = stack["terraform"]["backend"]["s3"]
        assert backend["key"] == f"kakei/{name}.tfstate"
        assert backend["use_lockfile"] is True
        assert "encrypt" not in backend, "the bucket's own key"
        assert account in backend["bucket"]
        assert stack["terraform"]["required_version"] == f"= {TERRAFORM_VERSION}"
        assert stack["terraform"]["required_providers"]["aws"] == {"source": "hashicorp/aws", "version": VERSION}
        role = provider.get("assume_role", [{}])[0].get("role_arn")
        assert role == backend.get("assume_role", {}).get("role_arn")
        assert (role is not None) == ("production" in name)


def test_the_stacks_ask_for_the_pinned_terraform() -> None:
    assert (ROOT / ".terraform-version").read_text().strip() == TERRAFORM_VERSION


def test_a_domain_becomes_a_word() -> None:
    assert identifier("example.co.jp") == "example_co_jp"
    assert identifier("1password.com") == "zone_1password_com"


def test_one_more_zone_moves_no_certificate(system: System, tmp_path: Path) -> None:
    """Terraform orders neither the listener's certificates nor their removal: an address must keep its certificate."""

    def attached(stack: dict[str, Any]) -> dict[str, str]:
        return {
            name: each["certificate_arn"] for name, each in stack["resource"]["aws_lb_listener_certificate"].items()
        }

    before = attached(common(system, tmp_path / "before"))
    more = common(system, tmp_path / "more", hosted_zones=(Zone(name="example.jp"), Zone(name="example.net")))
    assert before.items() <= attached(more).items()
    assert len(attached(more)) == len(before) + 1


def test_a_zone_in_another_is_delegated_by_it(system: System, tmp_path: Path) -> None:
    stack = common(system, tmp_path, hosted_zones=(Zone(name="review.example.jp"), Zone(name="example.jp")))
    record = stack["resource"]["aws_route53_record"]["review_example_jp_delegation"]
    assert (record["type"], record["name"]) == ("NS", "review.example.jp")
    assert record["zone_id"] == "${aws_route53_zone.example_jp_zone.zone_id}"
    assert "example_jp_delegation" not in stack["resource"]["aws_route53_record"]


def test_a_protected_account_is_applied_to_by_its_environment_alone(stacks: dict[str, Any]) -> None:
    for name, role, environment in (
        ("common-main", "ci_role_apply_role", "tanada-apply"),
        ("common-production", "ci_role_apply_production_role", "production"),
    ):
        [trust] = json.loads(stacks[name]["resource"]["aws_iam_role"][role]["assume_role_policy"])["Statement"]
        subject = trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
        assert subject == f"repo:example/kakei:environment:{environment}"


def test_without_ci_there_is_neither_provider_nor_role(system: System, tmp_path: Path) -> None:
    stack = common(system, tmp_path, ci=None, sign_in=None)
    assert count(stack, "aws_iam_openid_connect_provider") == count(stack, "aws_iam_role") == 0


def test_two_regions_of_an_aws_account_share_the_roles_of_the_first(system: System, tmp_path: Path) -> None:
    declared = system.accounts["main"]
    main = declared.model_copy(update={"common": declared.common.model_copy(update={"sign_in": None})})
    osaka = main.model_copy(update={"region": "ap-northeast-3"})
    both = system.model_copy(update={"accounts": {**system.accounts, "main": main, "osaka": osaka}})
    made = {}
    for name in ("common-main", "common-osaka"):
        app = App(outdir=str(tmp_path), stack_traces=False)
        made[name] = stack_of(app, inputs(both)[name]).to_terraform()
    assert "aws_iam_role" not in made["common-osaka"]["resource"]
    states = made["common-main"]["resource"]["aws_iam_role_policy"]["ci_role_plan_policy"]["policy"]
    assert "terraform-state-111111111111-ap-northeast-3/kakei/*" in states


def test_a_network_that_is_there_already_is_read_and_nothing_of_it_made(system: System, tmp_path: Path) -> None:
    public = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
    there = Network(existing="vpc-0123456789abcdef0", public=public)
    stack = common(system, tmp_path, network=there)
    for kind in ("aws_vpc", "aws_subnet", "aws_route", "aws_route_table", "aws_eip", "aws_nat_gateway", "aws_flow_log"):
        assert count(stack, kind) == 0, kind
    assert stack["output"]["vpc_id"]["value"] == "vpc-0123456789abcdef0"
    assert stack["output"]["task_subnet_ids"]["value"] == list(public)
    assert stack["output"]["private_subnet_ids"]["value"] == list(public)
    found = stack["data"]["aws_subnet"].values()
    assert {(each["id"], each["vpc_id"]) for each in found} == {(each, "vpc-0123456789abcdef0") for each in public}
    [balancer] = stack["resource"]["aws_lb"].values()
    assert balancer["subnets"] == list(public)
    assert balancer["ip_address_type"].endswith('? "dualstack" : "ipv4"}')
    assert all(
        f"data.aws_subnet.{name}.ipv6_cidr_block" in balancer["ip_address_type"] for name in stack["data"]["aws_subnet"]
    )


def test_what_cloudfront_alone_needs_is_shown_by_no_load_balancer(system: System, tmp_path: Path) -> None:
    """Beside a certificate that is there and covers the names: it would become the listeners' default one."""
    there = ExistingCertificate(
        existing="arn:aws:acm:ap-northeast-1:111111111111:certificate/1", names=("test.example.jp", "*.test.example.jp")
    )
    test = system.environments["test"]
    shown = {**system.environments, "test": test.model_copy(update={"sites": {"press": Site(hosts=("press",))}})}
    layer = {"certificates": (there,)}
    before = common(system, tmp_path / "before", **layer)["resource"]
    after = common(system.model_copy(update={"environments": shown}), tmp_path / "after", **layer)["resource"]
    assert "test_example_jp_edge" in str([*after["aws_acm_certificate"]])
    for type_ in ("aws_lb_listener", "aws_lb_listener_certificate"):
        assert attached(after, type_) == attached(before, type_)


def attached(resources: dict[str, Any], type_: str) -> dict[str, str]:
    return {name: each.get("certificate_arn", "") for name, each in resources.get(type_, {}).items()}
