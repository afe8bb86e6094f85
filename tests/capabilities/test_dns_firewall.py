"""Which names are answered inside the VPC, as it is emitted."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def test_names_that_are_not_allowed_are_counted_or_refused(emitted: dict[str, Json]) -> None:
    common = emitted["network"]["common-main"]["resource"]
    rules = common["aws_route53_resolver_firewall_rule"]
    assert {name: (each["action"], each["priority"]) for name, each in rules.items()} == {
        "dns_firewall_allowed_rule": ("ALLOW", 100),
        "dns_firewall_others_rule": ("ALERT", 200),
    }
    lists = common["aws_route53_resolver_firewall_domain_list"]
    assert lists["dns_firewall_others_list"]["domains"] == ["*"]
    allowed = set(lists["dns_firewall_allowed_list"]["domains"])
    assert {"api.example.com", "*.example.org"} <= allowed
    assert {"*.amazonaws.com", "*.kakei.internal", "example.jp", "*.example.jp"} <= allowed, "what the system needs"
    assert {"public.ecr.aws", "d5l0dvt14r5h8.cloudfront.net"} <= allowed, "the images of its own sidecars"
    assert "*.cloudfront.net" not in allowed, "anybody's distribution"
    assert rules["dns_firewall_allowed_rule"]["firewall_domain_redirection_action"] == "TRUST_REDIRECTION_DOMAIN"


def test_rules_come_first_and_then_the_vpc_that_they_hold_for(emitted: dict[str, Json]) -> None:
    common = emitted["network"]["common-main"]["resource"]
    [association] = common["aws_route53_resolver_firewall_rule_group_association"].values()
    assert association["vpc_id"] == "${aws_vpc.network_vpc.id}"
    assert association["depends_on"] == ["aws_route53_resolver_firewall_rule.dns_firewall_others_rule"]
    others = common["aws_route53_resolver_firewall_rule"]["dns_firewall_others_rule"]
    assert others["depends_on"] == ["aws_route53_resolver_firewall_rule.dns_firewall_allowed_rule"]


def test_it_guards_a_network_that_is_there_already(emitted: dict[str, Json]) -> None:
    common = emitted["network"]["common-nagoya"]["resource"]
    [association] = common["aws_route53_resolver_firewall_rule_group_association"].values()
    assert "vpc" in association["vpc_id"]
