"""What stands before load balancers, as it is emitted, and what is said of rules that cost more."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.declarations.firewalls import above_the_price
from tanada.declarations.loader import load
from tests.capabilities.test_capabilities import HERE

Json = dict[str, Any]


@pytest.fixture(scope="module")
def common(emitted: dict[str, Json]) -> Json:
    return dict(emitted["waf"]["common-main"]["resource"])


def test_one_web_acl_stands_before_all_that_are_made_and_open_to_the_internet(common: Json) -> None:
    [acl] = common["aws_wafv2_web_acl"]
    associations = common["aws_wafv2_web_acl_association"].values()
    assert {each["web_acl_arn"] for each in associations} == {f"${{aws_wafv2_web_acl.{acl}.arn}}"}
    open_ = {name for name, each in common["aws_lb"].items() if not each["internal"]}
    assert len(open_) == 2
    assert {each["resource_arn"] for each in associations} == {f"${{aws_lb.{name}.arn}}" for name in open_}


def test_what_says_who_somebody_is_stands_in_no_log_and_no_sample(common: Json) -> None:
    [acl] = common["aws_wafv2_web_acl"].values()
    seen = [acl["visibility_config"], *(rule["visibility_config"] for rule in acl["rule"])]
    assert {each["sampled_requests_enabled"] for each in seen} == {False}
    [logging] = common["aws_wafv2_web_acl_logging_configuration"].values()
    hidden = {each["single_header"]["name"] for each in logging["redacted_fields"]}
    assert hidden == {"authorization", "cookie"}


def test_a_rule_keeps_its_place_whatever_others_there_are(emitted: dict[str, Json]) -> None:
    places: dict[str, set[int]] = {}
    for account in ("main", "partners"):
        [acl] = emitted["waf"][f"common-{account}"]["resource"]["aws_wafv2_web_acl"].values()
        for rule in acl["rule"]:
            places.setdefault(rule["name"], set()).add(rule["priority"])
    assert all(len(each) == 1 for each in places.values())
    assert len({each for place in places.values() for each in place}) == len(places)


def test_rules_that_take_more_than_the_price_includes_are_noted() -> None:
    [said] = above_the_price(load(HERE / "waf"))
    assert "account partners's waf take 1,775 capacity units" in said
