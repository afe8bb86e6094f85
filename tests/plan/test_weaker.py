"""What is said of a plan that holds something less strictly, and what is not said of any other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plan.test_cautions import Json, change, said

LISTENER, STORE = (
    "aws_lb_listener.load_balancer_partners_https",
    "aws_lb_trust_store.load_balancer_partners_trust_store",
)
RULE = "aws_route53_resolver_firewall_rule.dns_firewall_others_rule"
ACL = "aws_wafv2_web_acl.waf_acl"


def mutual(**said: Any) -> Json:
    return {"certificate_arn": "a", "mutual_authentication": [{"mode": "verify", **said}]}


def rate(limit: int) -> Json:
    return {
        "name": "rate",
        "action": [{"block": [{}]}],
        "statement": [{"rate_based_statement": [{"limit": limit}]}],
    }


def trusts(*arns: str) -> str:
    """As modules/site_publishers.py has it: one ARN is a text."""
    condition = {"ArnLike": {"aws:PrincipalArn": arns[0] if len(arns) == 1 else list(arns)}}
    return json.dumps({"Statement": [{"Action": "sts:AssumeRole", "Condition": condition}]})


def group(*counted: str) -> Json:
    overrides = [{"name": each, "action_to_use": [{"count": [{}]}]} for each in counted]
    return {
        "name": "common",
        "override_action": [{"none": [{}]}],
        "statement": [{"managed_rule_group_statement": [{"name": "C", "rule_action_override": overrides}]}],
    }


def updated(address: str, before: Json, after: Json) -> list[str]:
    cautions = said(change(address, "update", before, after))
    assert all(each.grave for each in cautions)
    return [each.words for each in cautions]


@pytest.mark.parametrize(
    ("address", "before", "after", "words"),
    [
        (LISTENER, mutual(), {"certificate_arn": "a"}, "clients get in without a certificate"),
        (LISTENER, mutual(), mutual(mode="off"), "clients get in without a certificate"),
        (LISTENER, mutual(), mutual(mode="passthrough"), "clients get in without a certificate"),
        (LISTENER, mutual(), mutual(ignore_client_certificate_expiry=True), "expired certificates get in"),
        (LISTENER, {"certificate_arn": "a"}, {"certificate_arn": "b"}, "whoever asks for a host that no other"),
        (LISTENER, {"ssl_policy": "a"}, {"ssl_policy": "b"}, "other versions and ciphers of TLS"),
        (
            STORE,
            {"ca_certificates_bundle_s3_key": "a", "ca_certificates_bundle_s3_bucket": "x"},
            {"ca_certificates_bundle_s3_key": "b", "ca_certificates_bundle_s3_bucket": "y"},
            "it is another bundle",
        ),
        (RULE, {"action": "BLOCK"}, {"action": "ALERT"}, "names that nobody allowed are answered"),
        (RULE, {"action": "ALERT"}, {"action": "BLOCK"}, "names that aren't allowed are answered no more"),
        (
            "aws_s3_bucket_versioning.receipts",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"versioning_configuration": [{"status": "Suspended"}]},
            "what is overwritten in its bucket is lost",
        ),
        (ACL, {"rule": [rate(1000)]}, {"rule": [rate(2000)]}, "rate lets 2000 requests pass instead of 1000"),
        (
            ACL,
            {"rule": [group()]},
            {"rule": [group("B", "A")]},
            "of common these are counted and no more stopped: A, B",
        ),
        (
            "aws_iam_role.www_publishers_role",
            {"path": "/kakei/publishers/", "assume_role_policy": trusts("a")},
            {"path": "/kakei/publishers/", "assume_role_policy": trusts("a", "b")},
            "what runs as 1 other role may write, overwrite and delete every file of its site",
        ),
    ],
)
def test_what_is_held_less_strictly_is_said_once(address: str, before: Json, after: Json, words: str) -> None:
    [sentence] = updated(address, before, after)
    assert sentence.startswith(f"{address}: {words}")


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (LISTENER, {"certificate_arn": "a"}, mutual()),
        (LISTENER, mutual(mode="off"), mutual(mode="passthrough")),
        (LISTENER, mutual(), {**mutual(), "port": 8443}),
        (LISTENER, {"certificate_arn": "a"}, {}),
        (STORE, {"ca_certificates_bundle_s3_object_version": None}, {"ca_certificates_bundle_s3_object_version": "1"}),
        (ACL, {"rule": [rate(2000)]}, {"rule": [rate(1000), group("A")]}),
        (ACL, {"rule": [group("A", "B")]}, {"rule": [group("A")]}),
    ],
)
def test_what_is_held_as_strictly_or_more_is_nothing_to_tell(address: str, before: Json, after: Json) -> None:
    assert updated(address, before, after) == []


def test_of_what_is_made_or_goes_nothing_is_said() -> None:
    assert not any(each.grave for each in said(change(LISTENER, "create", None, mutual(mode="off"))))
    assert not any("certificate" in each.words for each in said(change(LISTENER, "delete", mutual())))


VAULT = change("aws_backup_vault.backup_vault", "no-op", {"name": "v"}, {"name": "v"})
LOCK = change("aws_backup_vault_lock_configuration.backup_lock", "delete", {"backup_vault_name": "v"})


def plan(**days: int) -> Json:
    return {"rule": [{"rule_name": name, "lifecycle": [{"delete_after": each}]} for name, each in days.items()]}


def grave(*changes: Json) -> list[str]:
    return [each.words for each in said(*changes) if each.grave]


def test_copies_that_are_kept_for_less_long_or_made_no_more_are_named() -> None:
    address = "aws_backup_plan.backup_plan"
    assert grave(change(address, "update", plan(daily=35, monthly=365), plan(daily=7))) == [
        f"{address}: copies of its rule daily are kept for 7 days instead of 35",
        f"{address}: copies of its rule monthly are made no more",
    ]
    assert grave(change(address, "update", plan(daily=7), plan(daily=35, monthly=365))) == []


def test_what_is_copied_no_more_is_named() -> None:
    address, both = "aws_backup_selection.backup_stores", {"resources": ["arn:a", "arn:b"]}
    assert grave(change(address, "delete+create", both, {"resources": ["arn:b"]})) == [
        f"{address}: these are copied no more: arn:a"
    ]
    assert grave(change(address, "delete+create", {"resources": ["arn:b"]}, both)) == []
    assert grave(change(address, "delete+create", both, {})) == [], "what only the apply knows"


def test_a_vault_that_guards_its_copies_no_more_is_said_unless_it_goes() -> None:
    words = "aws_backup_vault_lock_configuration.backup_lock: copies in its vault can be ended before their time"
    assert grave(VAULT, LOCK) == [words]
    going = change("aws_backup_vault.backup_vault", "delete", {"name": "v"})
    assert not any("before their time" in each for each in grave(going, LOCK))


def test_who_writes_to_a_site_is_said_where_the_role_is_new_and_not_where_it_trusts_fewer() -> None:
    role, path = "aws_iam_role.www_publishers_role", {"path": "/kakei/publishers/"}
    both, one = ({**path, "assume_role_policy": trusts(*names)} for names in (("a", "b"), ("a",)))
    [caution] = said(change(role, "create", None, both), change("aws_s3_bucket.x", "update", {"a": 1}, {"a": 2}))
    assert "2 other roles may write" in caution.words
    assert not said(change(role, "update", both, one))
    other = [{**each, "path": "/kakei/"} for each in (one, both)]
    assert not said(change("aws_iam_role.web_task_role", "update", *other))
