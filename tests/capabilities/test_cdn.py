"""CloudFront before services, as it is emitted: the only way in, at each name once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.waf import passes

Json = dict[str, Any]


@pytest.fixture(scope="module")
def environment(emitted: dict[str, Json]) -> Json:
    return dict(emitted["cdn"]["environment-test"]["resource"])


@pytest.fixture(scope="module")
def common(emitted: dict[str, Json]) -> Json:
    return dict(emitted["cdn"]["common-main"]["resource"])


def test_each_name_behind_cloudfront_leads_there_and_nowhere_else(environment: Json) -> None:
    distributions = environment["aws_cloudfront_distribution"]
    names = {alias: name for name, each in distributions.items() for alias in each["aliases"]}
    records: dict[str, set[tuple[str, str]]] = {}
    for each in environment["aws_route53_record"].values():
        records.setdefault(each["name"], set()).add((each["type"], each["alias"]["name"]))
    assert set(names) == {"test.example.jp", "shop.test.example.jp", "desk.test.example.jp"}
    for host, name in names.items():
        to = f"${{aws_cloudfront_distribution.{name}.domain_name}}"
        assert records[host] == {("A", to), ("AAAA", to)}
    assert not any("cloudfront" in to for _, to in records["api.test.example.jp"])


def test_cloudfront_comes_to_an_internal_load_balancer_without_a_secret(environment: Json, common: Json) -> None:
    [origin] = common["aws_cloudfront_vpc_origin"].values()
    [config] = origin["vpc_origin_endpoint_config"]
    balancer = config["arn"].removeprefix("${aws_lb.").removesuffix(".arn}")
    assert common["aws_lb"][balancer]["internal"] is True
    assert config["origin_protocol_policy"] == "https-only"
    for each in environment["aws_cloudfront_distribution"].values():
        [origin] = each["origin"]
        assert "vpc_origins" in origin["vpc_origin_config"]["vpc_origin_id"]
        assert "custom_header" not in origin


def test_nothing_is_kept_but_what_is_declared(environment: Json) -> None:
    [web] = [each for name, each in environment["aws_cloudfront_distribution"].items() if "web" in name]
    kept = {each["path_pattern"]: each.get("default_ttl") for each in web["ordered_cache_behavior"]}
    assert kept == {"/assets/live/*": None, "/assets/*": 365 * 86400, "/wp-admin*": None}
    assert [*kept].index("/assets/live/*") < [*kept].index("/assets/*"), "the first that fits is taken"
    assert "default_ttl" not in web["default_cache_behavior"]
    [assets] = [each for each in web["ordered_cache_behavior"] if each["path_pattern"] == "/assets/*"]
    assert assets["forwarded_values"]["cookies"] == {"forward": "whitelist", "whitelisted_names": ["wordpress_*"]}


def test_another_service_at_one_of_its_names_is_found_by_path_behind_it(environment: Json) -> None:
    rules = environment["aws_lb_listener_rule"].values()
    conditions = [each["condition"] for each in rules]
    found = [
        each
        for each in conditions
        if any(one.get("path_pattern", {}).get("values") == ["/news/*"] for one in each)
        and any(one.get("host_header", {}).get("values") == ["shop.test.example.jp"] for one in each)
    ]
    assert len(found) == 1


def test_the_firewall_stands_before_cloudfront_where_the_addresses_are_that_ask(
    environment: Json, common: Json
) -> None:
    [edge] = [each for each in common["aws_wafv2_web_acl"].values() if each["scope"] == "CLOUDFRONT"]
    [regional] = [each for each in common["aws_wafv2_web_acl"].values() if each["scope"] == "REGIONAL"]
    assert edge["rule"] == regional["rule"]
    assert edge["region"] == "us-east-1"
    logs = [each for each in common["aws_cloudwatch_log_group"].values() if each["name"].startswith("aws-waf-logs-")]
    assert {each.get("region") for each in logs} == {None, "us-east-1"}
    before = {name: each["web_acl_id"] for name, each in environment["aws_cloudfront_distribution"].items()}
    assert before == {
        "web_distribution": "${data.terraform_remote_state.common.outputs.firewalls.edge}",
        "shop_distribution": "${aws_wafv2_web_acl.shop_waf_acl.arn}",
        "desk_distribution": "${aws_wafv2_web_acl.desk_waf_acl.arn}",
    }
    for own in environment["aws_wafv2_web_acl"].values():
        assert [each for each in own["rule"] if not each["name"].startswith("allow-")] == edge["rule"]
        assert (own["scope"], own["region"]) == ("CLOUDFRONT", "us-east-1")


OFFICE, OFFICE_6, PARTNER, OTHER, OTHER_6 = (
    "203.0.113.9",
    "2001:db8:1::9",
    "198.51.100.7",
    "192.0.2.1",
    "2001:db8:2::1",
)


def gets_in(environment: Json, service: str, path: str) -> set[str]:
    sets = {
        f"${{aws_wafv2_ip_set.{name}.arn}}": each["addresses"] for name, each in environment["aws_wafv2_ip_set"].items()
    }
    acl = environment["aws_wafv2_web_acl"][f"{service}_waf_acl"]
    return {each for each in (OFFICE, OFFICE_6, PARTNER, OTHER, OTHER_6) if passes(acl, sets, path, each)}


EVERYBODY = {OFFICE, OFFICE_6, PARTNER, OTHER, OTHER_6}
FROM_OFFICE = {OFFICE, OFFICE_6}


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/", EVERYBODY),
        ("/shop/admin", EVERYBODY),
        ("/admin", FROM_OFFICE),
        ("/administration", FROM_OFFICE),
        ("/admin/hooks/one", EVERYBODY),
        ("/admin/hooks", FROM_OFFICE),
        ("/login.php", {PARTNER}),
        ("/login.phpx", EVERYBODY),
        ("/a/x/y/b", FROM_OFFICE),
        ("/a/x/y/c", EVERYBODY),
    ],
)
def test_a_path_lets_in_its_list_alone_and_the_most_specific_one_counts(
    environment: Json, path: str, who: set[str]
) -> None:
    assert gets_in(environment, "shop", path) == who


@pytest.mark.parametrize(
    "path",
    [
        "//admin",
        "/./admin",
        "/x/../admin",
        "/%61dmin",
        "/ADMIN",
        "/%41dmin/",
        "/x/%2e%2e/admin",
        "/admin%2f",
        "/admin;x=1",
        "/admin/hooks/../users",
        "/admin/hooks/%2e%2e/users",
        "/admin/../shop",
        "/ADMIN/../shop",
        "/x\\..\\admin",
        # Servers that read no %2f as a slash, or tell cases apart, answer /admin:
        "/admin/users/..%2fhooks/one",
        "/admin/HOOKS/one",
        "/admin/users/../hooks/one",
        "/shop/../admin/hooks/one",
    ],
)
def test_no_other_way_to_write_a_path_leads_around_its_list(environment: Json, path: str) -> None:
    assert gets_in(environment, "shop", path) == FROM_OFFICE


@pytest.mark.parametrize("path", ["/x/..;/admin", "/;x/admin", "/.;/admin", "/x/..%3b/admin"])
def test_what_a_server_may_leave_out_leads_around_no_list(environment: Json, path: str) -> None:
    assert not gets_in(environment, "shop", path) & {OTHER, OTHER_6}


@pytest.mark.parametrize("path", ["/login.php/x", "/LOGIN.PHP", "/login.php;a", "//login.php", "/login%2ephp"])
def test_what_a_server_hands_to_the_same_program_is_the_same_path(environment: Json, path: str) -> None:
    assert gets_in(environment, "shop", path) == {PARTNER}


def test_a_list_of_all_is_of_the_whole_name_but_for_what_says_its_own(environment: Json) -> None:
    assert gets_in(environment, "desk", "/") == gets_in(environment, "desk", "/%68ooks") == FROM_OFFICE
    assert gets_in(environment, "desk", "/hooks/a") == {PARTNER}


def test_all_addresses_of_one_version_are_two_ranges_as_aws_waf_takes_none_of_all(environment: Json) -> None:
    assert gets_in(environment, "desk", "/ping") == {OFFICE, PARTNER, OTHER}


def test_no_set_becomes_another_paths(environment: Json) -> None:
    """While lists come and go, each rule asks a set that holds its own addresses."""
    rules = environment["aws_wafv2_web_acl"]["shop_waf_acl"]["rule"]
    asked = {
        each["name"]: re.findall(r"aws_wafv2_ip_set\.shop_allow_(\w+)_ipv[46]\.arn", str(each["statement"]))
        for each in rules
        if each["name"].startswith("allow-")
    }
    assert len(asked) == 3
    for name, sets in asked.items():
        assert {f"allow-{each}" for each in sets} == {name}
    for each in environment["aws_wafv2_ip_set"].values():
        assert each["lifecycle"] == {"create_before_destroy": True}


def test_the_load_balancer_asks_for_no_address_that_it_never_sees(environment: Json) -> None:
    rules = environment["aws_lb_listener_rule"].values()
    assert not [each for each in rules if any("source_ip" in one for one in each["condition"])]
