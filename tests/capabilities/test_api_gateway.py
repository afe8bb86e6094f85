"""API Gateway before services, as it is emitted: the only way in, with what it asks for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

Json = dict[str, Any]


@pytest.fixture(scope="module")
def environment(emitted: dict[str, Json]) -> Json:
    return dict(emitted["load_balancer"]["environment-test"]["resource"])


def _one(environment: Json, what: str, name: str) -> Json:
    return dict(environment[f"aws_apigatewayv2_{what}"][name])


def test_a_name_leads_to_an_api_and_that_alone_to_the_internal_load_balancer(environment: Json) -> None:
    records = [each for each in environment["aws_route53_record"].values() if each["name"] == "gate.test.example.jp"]
    to = "${aws_apigatewayv2_domain_name.gate_domain_name.domain_name_configuration[0].target_domain_name}"
    assert {(each["type"], each["alias"]["name"]) for each in records} == {("A", to), ("AAAA", to)}
    assert all("aws_apigatewayv2_api_mapping.gate_mapping" in each["depends_on"] for each in records), (
        "once it leads on"
    )
    api = _one(environment, "api", "gate_api")
    assert api["disable_execute_api_endpoint"] is True, "its own name would be a way around"
    integration = _one(environment, "integration", "gate_integration")
    assert integration["integration_uri"].endswith("load_balancers.private.listener_arn}")
    assert integration["request_parameters"] == {"overwrite:header.Host": "gate.test.example.jp"}
    assert integration["tls_config"] == {"server_name_to_verify": "gate.test.example.jp"}


def test_the_load_balancer_finds_by_host_and_path_who_answers(environment: Json) -> None:
    hosts, paths = [], []
    for rule in environment["aws_lb_listener_rule"].values():
        condition = rule["condition"]
        if any(each.get("host_header", {}).get("values") == ["gate.test.example.jp"] for each in condition):
            hosts.append(rule)
            paths += [each["path_pattern"]["values"] for each in condition if "path_pattern" in each]
    assert len(hosts) == 2
    assert paths == [["/orders/*"]]


def test_the_link_goes_out_to_internal_load_balancers_alone(environment: Json) -> None:
    [link] = environment["aws_apigatewayv2_vpc_link"].values()
    assert link["security_group_ids"] == ["${aws_security_group.vpc_link_group.id}"]
    assert all("private_subnet_ids" in each for each in link["subnet_ids"])
    assert link["lifecycle"] == {"create_before_destroy": True}, "none of it can change"
    rules = [
        (kind, each)
        for kind in ("ingress", "egress")
        for each in environment[f"aws_vpc_security_group_{kind}_rule"].values()
        if each["security_group_id"] == "${aws_security_group.vpc_link_group.id}"
    ]
    [(kind, rule)] = rules
    assert (kind, rule["from_port"], rule["to_port"]) == ("egress", 443, 443)
    assert "load_balancers.private.security_group_id" in rule["referenced_security_group_id"]


def test_every_way_but_those_that_are_left_out_wants_a_token(environment: Json) -> None:
    routes = {each["route_key"]: each for each in environment["aws_apigatewayv2_route"].values() if _of_gate(each)}
    asking = {key for key, each in routes.items() if each.get("authorization_type") == "JWT"}
    assert asking == {"$default"}
    assert set(routes) == {"$default", "ANY /health", "ANY /hooks/{proxy+}", "OPTIONS /", "OPTIONS /{proxy+}"}
    paths = ("/", "/health", "/healthy", "/health/a", "/hooks", "/hooks/a/b")
    assert {each for each in paths if any(_fits(key, each) for key in routes)} == {"/health", "/hooks/a/b"}
    [plain] = [each for each in environment["aws_apigatewayv2_route"].values() if not _of_gate(each)]
    assert "authorizer_id" not in plain


def _of_gate(route: Json) -> bool:
    return "gate_api" in route["api_id"]


def _fits(key: str, path: str) -> bool:
    """Whether a route without a token takes a GET (developer guide, "Routes for HTTP APIs")."""
    method, _, pattern = key.partition(" ")
    return method == "ANY" and re.fullmatch(re.escape(pattern).replace(r"\{proxy\+\}", ".+"), path) is not None


def test_a_stage_says_both_limits_always_and_logs_no_query_and_no_header(environment: Json) -> None:
    limits = {
        name: (each["throttling_rate_limit"], each["throttling_burst_limit"])
        for name, stage in environment["aws_apigatewayv2_stage"].items()
        for each in [stage["default_route_settings"]]
    }
    assert limits == {"gate_stage": (100, 200), "plain_stage": (10_000, 5_000)}, "one left out is 0, which is nobody"
    for stage in environment["aws_apigatewayv2_stage"].values():
        logged = json.loads(stage["access_log_settings"]["format"])
        assert "$context.path" in logged.values()
        assert not [each for each in logged.values() if re.search("query|header|cookie|claims|body", each)]


def test_it_rings_for_what_the_load_balancer_never_heard_of(environment: Json) -> None:
    named = {each["alarm_name"]: each for each in environment["aws_cloudwatch_metric_alarm"].values()}
    alarm = named["test_gate_gateway-5xx_kakei"]
    metrics = [each["metric"] for each in alarm["metric_query"] if "metric" in each]
    assert {(each["namespace"], each["metric_name"]) for each in metrics} == {
        ("AWS/ApiGateway", "5xx"),
        ("AWS/ApiGateway", "Count"),
    }
    assert all(each["dimensions"] == {"ApiId": "${aws_apigatewayv2_api.gate_api.id}"} for each in metrics)
