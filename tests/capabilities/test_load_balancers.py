"""What services have behind load balancers that are several, internal, or speak more than HTTP, as it is emitted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada.declarations.loader import load
from tanada.declared.system import System
from tanada.stacks.app import synthesize

Json = dict[str, Any]
VPC = "10.0.0.0/16"


@pytest.fixture(scope="module")
def common(emitted: dict[str, Json]) -> Json:
    return dict(emitted["load_balancer"]["common-main"]["resource"])


@pytest.fixture(scope="module")
def environment(emitted: dict[str, Json]) -> Json:
    return dict(emitted["load_balancer"]["environment-test"]["resource"])


def test_idle_timeout_is_of_the_load_balancer(common: Json) -> None:
    found = {name: each["idle_timeout"] for name, each in common["aws_lb"].items()}
    assert found == {
        "load_balancer_1_balancer": 60,
        "load_balancer_2_balancer": 300,
        "load_balancer_inside_balancer": 60,
        "load_balancer_private_balancer": 60,
    }


def test_clients_of_one_show_certificates_and_those_of_the_others_none(common: Json) -> None:
    """`off` is said where nobody is asked any more, and nowhere else: as one says nothing, AWS does nothing."""
    found = {name: each.get("mutual_authentication") for name, each in common["aws_lb_listener"].items()}
    store = "${aws_lb_trust_store.load_balancer_2_trust_store.arn}"
    assert found == {
        "load_balancer_1_http": None,
        "load_balancer_1_https": None,
        "load_balancer_2_http": None,
        "load_balancer_2_https": {
            "mode": "verify",
            "trust_store_arn": store,
            "ignore_client_certificate_expiry": True,
        },
        "load_balancer_inside_http": None,
        "load_balancer_inside_https": {"mode": "off"},
        "load_balancer_private_http": None,
        "load_balancer_private_https": None,
    }
    read = common["aws_lb_trust_store"]["load_balancer_2_trust_store"]
    assert read["ca_certificates_bundle_s3_bucket"] == "kakei-partners"
    assert read["ca_certificates_bundle_s3_key"] == "authorities.pem"
    assert read["ca_certificates_bundle_s3_object_version"] == "L4kqtJlcpXroDTDmpH"


def test_an_internal_one_stands_in_private_subnets_and_the_vpc_alone_gets_in(common: Json) -> None:
    inside, outside = (common["aws_lb"][f"load_balancer_{word}_balancer"] for word in ("inside", "1"))
    assert (inside["internal"], inside["ip_address_type"]) == (True, "ipv4")
    assert all("aws_subnet.network_private_" in each for each in inside["subnets"])
    assert all("aws_subnet.network_public_" in each for each in outside["subnets"])
    [group] = inside["security_groups"]
    assert group not in outside["security_groups"]
    ways = [
        (rule["from_port"], rule.get("cidr_ipv4") or rule.get("cidr_ipv6") or rule.get("referenced_security_group_id"))
        for rule in common["aws_vpc_security_group_ingress_rule"].values()
        if rule["security_group_id"] == group
    ]
    assert sorted(ways) == [(80, VPC), (443, VPC)]


def test_behind_two_a_service_has_groups_and_rules_behind_both_and_each_name_leads_to_one(environment: Json) -> None:
    blocks = environment["aws_ecs_service"]["web_service"]["load_balancer"]
    groups = {f"${{aws_lb_target_group.web_target_group_{word}.arn}}" for word in ("1", "inside")}
    assert {each["target_group_arn"] for each in blocks} == groups
    ways = {
        (rule["listener_arn"].rpartition("load_balancers")[2], rule["action"][0]["target_group_arn"])
        for rule in environment["aws_lb_listener_rule"].values()
        if "web" in rule["action"][0]["target_group_arn"]
    }
    assert {group for _, group in ways} == groups
    assert {listener for listener, _ in ways} == {'["1"].listener_arn}', ".inside.listener_arn}"}
    records = {
        (each["name"], each["type"], each["alias"]["name"].rpartition("load_balancers")[2].rpartition(".")[0])
        for each in environment["aws_route53_record"].values()
        if "apigateway" not in each["alias"]["name"]
    }
    domain = "test.example.jp"
    outside = {(name, type_, '["1"]') for name in (domain, f"files.{domain}") for type_ in ("A", "AAAA")}
    outside |= {(f"shop.{domain}", type_, ".old") for type_ in ("A", "AAAA")}
    outside |= {(f"shop-older.{domain}", type_, ".older") for type_ in ("A", "AAAA")}
    assert records == outside | {(f"{name}.{domain}", "A", ".inside") for name in ("inside", "api")}


def test_of_two_that_are_there_already_one_rule_is_made_where_they_wear_one_group(
    common: Json, environment: Json
) -> None:
    rules = environment["aws_vpc_security_group_ingress_rule"]
    of = "data.terraform_remote_state.common.outputs.load_balancers."
    assert "count" not in rules["shop_from_load_balancer_old_port_8080"]
    same = f"{of}older.security_group_id == {of}old.security_group_id"
    assert rules["shop_from_load_balancer_older_port_8080"]["count"] == f"${{{same} ? 0 : 1}}"
    shared = common["aws_vpc_security_group_ingress_rule"]
    assert "count" not in shared["load_balancer_old_to_targets"]
    old, older = (f"tolist(data.aws_lb.load_balancer_{each}_balancer.security_groups)[0]" for each in ("old", "older"))
    assert shared["load_balancer_older_to_targets"]["count"] == f"${{{older} == {old} ? 0 : 1}}"


def test_stickiness_is_a_cookie_of_the_load_balancer_and_said_where_there_is_none(environment: Json) -> None:
    found = {name: each["stickiness"] for name, each in environment["aws_lb_target_group"].items()}
    web = {"cookie_duration": 86400, "enabled": True, "type": "lb_cookie"}
    assert found["web_target_group_1"] == found["web_target_group_inside"] == web
    assert found["files_target_group_1_http2_tls"] == {"enabled": False, "type": "lb_cookie"}
    assert (
        "stickiness[0].cookie_name"
        in environment["aws_lb_target_group"]["web_target_group_1"]["lifecycle"]["ignore_changes"]
    )


def test_grpc_and_http2_reach_the_container(environment: Json) -> None:
    groups = environment["aws_lb_target_group"]
    api, files = groups["api_target_group_inside_grpc"], groups["files_target_group_1_http2_tls"]
    assert (api["protocol"], api["protocol_version"]) == ("HTTP", "GRPC")
    asked = api["health_check"]
    assert (asked["path"], asked["matcher"], asked["protocol"]) == ("/AWS.ALB/healthcheck", "12", "HTTP")
    assert files["protocol_version"] == "HTTP2"


def test_tls_to_the_container_and_its_health_check(environment: Json) -> None:
    files = environment["aws_lb_target_group"]["files_target_group_1_http2_tls"]
    assert (files["protocol"], files["health_check"]["protocol"], files["port"]) == ("HTTPS", "HTTPS", 8443)
    assert len({each["name"] for each in environment["aws_lb_target_group"].values()}) == 9


def test_of_one_that_is_there_already_only_the_listener_gets_rules_and_certificates(
    common: Json, environment: Json
) -> None:
    assert [
        name for kind in ("aws_lb", "aws_lb_listener", "aws_lb_listener_rule") for name in common[kind] if "old" in name
    ] == []
    certificates = {name for name in common["aws_lb_listener_certificate"] if name.startswith("load_balancer_old_")}
    assert certificates == {
        f"load_balancer_old_{word}_certificate" for word in ("example_jp", "example_com", "test_example_jp")
    }
    way = common["aws_vpc_security_group_ingress_rule"]["load_balancer_old_to_targets"]
    assert way["security_group_id"] == "${aws_security_group.security_targets.id}"
    assert way["referenced_security_group_id"] == "${tolist(data.aws_lb.load_balancer_old_balancer.security_groups)[0]}"
    [rule] = [
        each for each in environment["aws_lb_listener_rule"].values() if ".old.listener_arn" in each["listener_arn"]
    ]
    assert rule["priority"] in range(14501, 15001), "of the environment's block, as on any other"


def declared(folder: Path, common: str, web: str, environment: str) -> System:
    (folder / "environments").mkdir()
    (folder / "environments" / "test.yaml").write_text(f"account: main\n{environment}")
    account = "accounts: {main: {id: 111111111111, region: ap-northeast-1}}"
    (folder / "system.yaml").write_text(
        f'system: kakei\ntanada: "0.1"\n{account}\ncommon: {{images: [web], {common}}}\n'
        f"blueprint: {{services: {{web: {{image: web, port: 80{web}}}}}}}\n"
    )
    return load(folder)


def test_where_nothing_is_public_no_environment_needs_a_domain(tmp_path: Path) -> None:
    system = declared(tmp_path, "load_balancers: {}", "", "")
    synthesize(system, tmp_path / "cdktf.out")
    stacks = {
        file.parent.name: json.loads(file.read_text()) for file in tmp_path.glob("cdktf.out/stacks/*/cdk.tf.json")
    }
    common, environment = stacks["common-main"], stacks["environment-test"]
    assert [kind for kind in common["resource"] if kind.startswith(("aws_lb", "aws_vpc_security_group"))] == []
    assert environment["output"]["url"]["value"] == ""
    assert [kind for kind in environment["resource"] if kind.startswith(("aws_lb", "aws_route53"))] == []


def test_a_service_stands_behind_the_only_one_whatever_it_is_called(tmp_path: Path) -> None:
    common = "hosted_zones: [example.jp], load_balancers: {front: {}}"
    system = declared(tmp_path, common, ", http: {health_check: /up}", "domain: test.example.jp\n")
    http = system.environments["test"].services["web"].http
    assert http is not None
    assert http.load_balancer == ("front",)


def test_a_service_is_reached_over_tcp_by_a_load_balancer_of_its_own(emitted: dict[str, Json]) -> None:
    made = emitted["service"]["environment-test"]["resource"]
    (balancer,) = made["aws_lb"].values()
    group = "${aws_security_group.console_tcp_group.id}"
    assert (balancer["load_balancer_type"], balancer["security_groups"]) == ("network", [group])
    entrances = 'data.terraform_remote_state.common.outputs.entrances["public"]'
    assert balancer["subnets"] == [f"${{{entrances}.subnet_ids[{zone}]}}" for zone in range(2)]
    assert emitted["service"]["common-main"]["output"]["entrances"]["value"]["public"]["subnet_ids"]
    listeners = {each["port"]: each for each in made["aws_lb_listener"].values()}
    assert {port: each["protocol"] for port, each in listeners.items()} == {22: "TCP", 9100: "TCP"}
    let_in = {
        (each["from_port"], each.get("cidr_ipv4") or each.get("cidr_ipv6") or each["referenced_security_group_id"])
        for each in made["aws_vpc_security_group_ingress_rule"].values()
        if each["security_group_id"] == group
    }
    sources = ("203.0.113.0/24", "2001:db8::/32")
    assert let_in == {(port, source) for port in (22, 9100) for source in sources}
    tasks = "${aws_security_group.console.id}"
    doors = {
        each["from_port"]
        for each in made["aws_vpc_security_group_ingress_rule"].values()
        if each.get("referenced_security_group_id") == group and each["security_group_id"] == tasks
    }
    blocks = made["aws_ecs_service"]["console_service"]["load_balancer"]
    (definition,) = [
        each
        for each in json.loads(made["aws_ecs_task_definition"]["console_task_definition"]["container_definitions"])
        if each["name"] == "console"
    ]
    mapped = {each["containerPort"] for each in definition["portMappings"]}
    assert doors == {each["container_port"] for each in blocks} == mapped == {2222, 9100}
    records = {kind["type"] for name, kind in made["aws_route53_record"].items() if name.startswith("host_ssh")}
    assert records == {"A", "AAAA"}
    assert "aws_lb" not in emitted["service"]["review"]["resource"], "there it is private"
