"""What checkov never finds in a plan: a privileged container, an open way out, a subject with a star."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.checked.judged import policies, resources

pytestmark = pytest.mark.slow
Plans = dict[str, dict[str, Any]]
ANYWHERE = ("0.0.0.0/0", "::/0")
IN = {80, 443}
"""What anybody may reach: load balancers."""


def of(plans: Plans, type_: str) -> Iterator[tuple[str, dict[str, Any]]]:
    found = [(place, values) for place, each, values in resources(plans) if each == type_]
    assert found, f"no {type_}"
    yield from found


def statements(plans: Plans) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for place, attribute, text in policies(plans):
        for each in json.loads(text)["Statement"]:
            yield place, attribute, each


def texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def test_no_container_gets_more_of_its_host_than_its_own(plans: Plans) -> None:
    for place, task in of(plans, "aws_ecs_task_definition"):
        assert task["network_mode"] == "awsvpc", place
        assert not task["pid_mode"], place
        for container in json.loads(task["container_definitions"]):
            assert not container.get("privileged"), place
            linux = container.get("linuxParameters", {})
            # The one that Fargate gives (ECS API reference, KernelCapabilities), where the declaration asks for it.
            assert {*linux.get("capabilities", {}).get("add", ())} <= {"SYS_PTRACE"}, place
            assert not linux.get("devices"), place


def test_only_load_balancers_are_open_to_all(plans: Plans) -> None:
    for place, rule in of(plans, "aws_vpc_security_group_ingress_rule"):
        if rule["cidr_ipv4"] in ANYWHERE or rule["cidr_ipv6"] in ANYWHERE:
            assert rule["ip_protocol"] == "tcp", place
            assert rule["from_port"] == rule["to_port"], place
            assert rule["from_port"] in IN, place
            assert " aws_vpc_security_group_ingress_rule.security_port_" in place


def test_a_way_out_to_everywhere_is_one_port(plans: Plans) -> None:
    """Which, the declaration says (tests/capabilities/test_reachability.py)."""
    for place, rule in of(plans, "aws_vpc_security_group_egress_rule"):
        assert rule["ip_protocol"] in ("tcp", "udp"), place
        if rule["cidr_ipv4"] in ANYWHERE or rule["cidr_ipv6"] in ANYWHERE:
            assert rule["from_port"] == rule["to_port"], place


WITHOUT_PRIVATE = "cluster/environment-dev "
"""Its network has no private subnets: tasks leave from addresses of their own, as with `nat: none`."""


def test_nothing_but_load_balancers_has_an_address_of_the_internet(plans: Plans) -> None:
    for place, service in of(plans, "aws_ecs_service"):
        public = place.startswith(WITHOUT_PRIVATE)
        assert [each["assign_public_ip"] for each in service["network_configuration"]] == [public], place
    for place, subnet in of(plans, "aws_subnet"):
        assert not subnet["map_public_ip_on_launch"], place
    for type_ in ("aws_db_instance", "aws_rds_cluster_instance"):
        for place, server in of(plans, type_):
            assert server["publicly_accessible"] is False, place
    for place, bucket in of(plans, "aws_s3_bucket_public_access_block"):
        assert all(bucket[each] for each in bucket if each.startswith(("block_", "ignore_", "restrict_"))), place


def test_no_policy_gives_anybody_anything(plans: Plans) -> None:
    """`*` as who may: only to be denied, or under a condition."""
    for place, _, statement in statements(plans):
        who = statement.get("Principal")
        if statement["Effect"] == "Allow" and "*" in texts(who.get("AWS") if isinstance(who, dict) else who):
            assert statement.get("Condition"), place


WHOLE_SERVICES = ("aws_iam_policy.ci_boundary", "aws_kms_key.", "aws_vpc_endpoint.")
"""A boundary grants nothing; a key's policy is about that key; an endpoint's says who passes, not what they may."""
DECLARED = "permissions/"
"""The system that shows the field in which a declaration itself names actions."""


def test_no_action_has_a_star(plans: Plans) -> None:
    for place, _, statement in statements(plans):
        if statement["Effect"] == "Allow" and not any(f" {each}" in place for each in WHOLE_SERVICES):
            starred = [each for each in texts(statement["Action"]) if "*" in each]
            assert place.startswith(DECLARED) or starred == [], place
            assert not any(each == "*" or each.endswith(":*") for each in starred), place


def test_whoever_comes_from_a_forge_comes_from_one_repository(plans: Plans) -> None:
    subjects = 0
    for place, attribute, statement in statements(plans):
        if attribute != "assume_role_policy" or "Federated" not in statement["Principal"]:
            continue
        for operator, keys in statement["Condition"].items():
            for key, values in keys.items():
                if key.endswith(":sub"):
                    subjects += 1
                    for value in texts(values):
                        assert "*" not in value or (
                            operator == "StringLike" and "*" not in ":".join(value.split(":")[:2])
                        ), place
    assert subjects
