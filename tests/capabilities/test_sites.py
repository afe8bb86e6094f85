"""Proof of who reaches a site's files and what its names lead to, from what stacks emit alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from modules.bucket import named_apart
from tanada.declarations.loader import load
from tanada.declared.paths import meet
from tanada.declared.sites import FILES, HTML

Json = dict[str, Any]
Emitted = dict[str, dict[str, Json]]
STACKS = ("environment-test", "review")


def _all(emitted: Emitted, stack: str, type_: str) -> dict[str, Json]:
    found: dict[str, Json] = emitted["sites"][stack]["resource"][type_]
    return found


def _behaviors(distribution: Json) -> list[Json]:
    return [*distribution["ordered_cache_behavior"], distribution["default_cache_behavior"]]


@pytest.mark.parametrize("stack", STACKS)
def test_a_bucket_lets_in_the_distributions_that_show_it_and_nobody_else(stack: str, emitted: Emitted) -> None:
    distributions = _all(emitted, stack, "aws_cloudfront_distribution")
    shown: dict[str, set[str]] = {}
    for name, each in distributions.items():
        (files,) = [origin for origin in each["origin"] if "origin_access_control_id" in origin]
        bucket = files["domain_name"].removeprefix("${aws_s3_bucket.").removesuffix(".bucket_regional_domain_name}")
        shown.setdefault(bucket, set()).add(f"${{aws_cloudfront_distribution.{name}.arn}}")
    policies = _all(emitted, stack, "aws_s3_bucket_policy").values()
    for policy in policies:
        bucket = policy["bucket"].removeprefix("${aws_s3_bucket.").removesuffix(".id}")
        own = f"arn:aws:s3:::${{aws_s3_bucket.{bucket}.bucket}}"
        allowed = [each for each in json.loads(policy["policy"])["Statement"] if each["Effect"] == "Allow"]
        assert {each["Condition"]["StringEquals"]["aws:SourceArn"] for each in allowed} == shown.get(bucket, set())
        for each in allowed:
            assert each["Principal"] == {"Service": "cloudfront.amazonaws.com"}
            assert (each["Action"], each["Resource"]) in (("s3:GetObject", f"{own}/*"), ("s3:ListBucket", own))
            assert each["Condition"].keys() == {"StringEquals"}
    assert set(shown) <= {
        each["bucket"].split(".")[1] for each in _all(emitted, stack, "aws_s3_bucket_policy").values()
    }


@pytest.mark.parametrize("stack", STACKS)
def test_a_path_of_a_service_meets_a_rule_that_leads_to_it(stack: str, emitted: Emitted) -> None:
    rules = _all(emitted, stack, "aws_lb_listener_rule").values()
    led = 0
    for distribution in _all(emitted, stack, "aws_cloudfront_distribution").values():
        balancers = {each["origin_id"] for each in distribution["origin"] if "custom_origin_config" in each}
        for behavior in (each for each in _behaviors(distribution) if each["target_origin_id"] in balancers):
            for host in distribution["aliases"]:
                fitting = [
                    path
                    for rule in rules
                    for path in [
                        pattern
                        for condition in rule["condition"]
                        for pattern in condition.get("path_pattern", {}).get("values", ())
                    ]
                    if any(host in each.get("host_header", {}).get("values", ()) for each in rule["condition"])
                    and meet(path, behavior["path_pattern"])
                ]
                assert fitting, (host, behavior["path_pattern"])
                led += 1
    assert led == 2


@pytest.mark.parametrize("stack", STACKS)
def test_each_name_of_a_distribution_leads_there_and_nowhere_else(stack: str, emitted: Emitted) -> None:
    records = _all(emitted, stack, "aws_route53_record").values()
    for name, distribution in _all(emitted, stack, "aws_cloudfront_distribution").items():
        for host in distribution["aliases"]:
            there = [each for each in records if each["name"] == host]
            assert sorted(each["type"] for each in there) == ["A", "AAAA"]
            led = {each["alias"]["name"] for each in there}
            assert led == {f"${{aws_cloudfront_distribution.{name}.domain_name}}"}


@pytest.mark.parametrize("stack", STACKS)
def test_a_page_is_kept_no_longer_than_declared_and_a_service_is_never_kept(stack: str, emitted: Emitted) -> None:
    """CloudFront takes the first pattern that fits: services before files, pages before other files."""
    site = _all(emitted, stack, "aws_cloudfront_distribution")["www_distribution"]
    patterns = [each.get("path_pattern", "*") for each in _behaviors(site)]
    assert patterns == ["/contact*", "/api/*", *HTML, FILES, "*"]
    *_, files, rest = _behaviors(site)
    assert {each["max_ttl"] for each in _behaviors(site) if each.get("path_pattern") in HTML} == {30}
    assert (rest["max_ttl"], files["default_ttl"], files["max_ttl"]) == (30, 3600, 31536000)
    for each in _behaviors(site)[:2]:
        assert each["cache_policy_id"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        assert "function_association" not in each


def test_one_record_validates_both_certificates_of_a_domain(emitted: Emitted) -> None:
    certificates = _all(emitted, "common-main", "aws_acm_certificate")
    edge = {name: each for name, each in certificates.items() if name.endswith("_edge")}
    assert {each["domain_name"] for each in edge.values()} == {"example.com", "test.example.jp", "review.example.jp"}
    validations = _all(emitted, "common-main", "aws_acm_certificate_validation")
    for name, each in edge.items():
        word = name.removesuffix("_edge")
        own, other = validations[f"{word}_edge_validated"], validations[f"{word}_validated"]
        assert own["validation_record_fqdns"] == other["validation_record_fqdns"]
        assert (each["region"], own["region"]) == ("us-east-1", "us-east-1")
        assert "region" not in certificates[f"{word}_certificate"]


def test_two_sites_of_nearly_one_name_have_statements_of_their_own_before_one_bucket() -> None:
    """`page-1` and `page1`; whoever comes alone keeps the name."""
    one, other = {"Sid": "ReadsPage1", "Resource": "a"}, {"Sid": "ReadsPage1", "Resource": "b"}
    assert named_apart([one]) == [one]
    assert named_apart([one, other]) == [one, {"Sid": "ReadsPage1x2", "Resource": "b"}]
    assert [each["Sid"] for each in named_apart(named_apart([one, other]))] == ["ReadsPage1", "ReadsPage1x2"]


def test_a_path_may_lead_to_a_public_sidecar_of_the_service(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent / "sites", tmp_path, dirs_exist_ok=True)
    http = "{health_check: /up, hosts: [www], paths: [/metrics*]}"
    (tmp_path / "environments" / "test.yaml").write_text(
        "account: main\ndomain: test.example.jp\nsites: {www: {paths: {/metrics*: web}}}\nservices: {web: {sidecars: "
        f'{{meter: {{image: {{from: "public.ecr.aws/nginx/nginx:1.27"}}, port: 9000, http: {http}}}}}}}}}\n'
    )
    assert load(tmp_path).environments["test"].sites["www"].paths["/metrics*"] == "web"
