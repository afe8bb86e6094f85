"""OpenSearch Service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tanada.resources.cost import NoPrice
from tanada.resources.entry import Resource, Values, arn, read
from tanada.resources.refusal import Call, Refusal, World, at, taken
from tanada.resources.request import made_by


def _version(domain: Values) -> list[int]:
    text = domain.get("engine_version")
    return [int(digits) for digits in re.findall(r"\d+", text)] if isinstance(text, str) else []


def _block(domain: Values, name: str) -> list[Any]:
    value = domain.get(name)
    return value if isinstance(value, list) else []


def _off(state: Values, planned: Values, block: str) -> bool:
    """What was on and is no more."""
    return True in at(state, f"{block}.enabled") and True not in at(planned, f"{block}.enabled")


def _replaces(state: Values, planned: Values, changed: Sequence[str]) -> list[str]:
    """A step back to an older version (the provider asks AWS which versions it could have instead); encryption that is
    switched off; to leave a VPC or to come into one: of `vpc_options` the block itself forces it, not what stands in
    it."""
    back = {
        "engine_version": _version(planned) < _version(state),
        "vpc_options": len(_block(state, "vpc_options")) != len(_block(planned, "vpc_options")),
        "ip_address_type": state.get("ip_address_type") == "dualstack",
        **{
            block: _off(state, planned, block)
            for block in ("advanced_security_options", "encrypt_at_rest", "node_to_node_encryption")
        },
    }
    return [name for name in changed if back.get(name)]


def _nodes(call: Call) -> tuple[int, int]:
    """How many nodes and over how many zones; one where they stand in one."""
    zones = next(iter(at(call.values, "cluster_config.zone_awareness_config.availability_zone_count")), 2)
    aware = True in at(call.values, "cluster_config.zone_awareness_enabled")
    nodes = next(iter(at(call.values, "cluster_config.instance_count")), 1)
    return (nodes if isinstance(nodes, int) else 0), (zones if isinstance(zones, int) else 2) if aware else 1


def _odd(call: Call, _world: World) -> bool:
    nodes, zones = _nodes(call)
    return call.action != "delete" and zones == 2 and nodes % 2 == 1


def _other_subnets(call: Call, _world: World) -> bool:
    """As many subnets as zones: "exactly one" for a domain without zone awareness."""
    subnets = {each for each in at(call.values, "vpc_options.subnet_ids") if isinstance(each, str)}
    return call.action != "delete" and bool(subnets) and len(subnets) != _nodes(call)[1]


RESOURCES = (
    Resource(
        type="aws_opensearch_domain",
        lost="search domain",
        kept=True,  # what is in it is often made of other data, but not always
        # The commit is of a fork, tabito-hara/terraform-provider-aws: an older text says the same.
        replaces=read(
            "opensearch/domain.go",
            "b10fe48e",
            "domain_name encrypt_at_rest.kms_key_id",
            when=_replaces,
        ),
        cost=NoPrice(),
        defaults={
            "auto_tune_options.use_off_peak_window": False,
            "cluster_config.dedicated_master_enabled": False,
            "cluster_config.instance_count": 1,
            "cluster_config.instance_type": "m3.medium.search",
            "cluster_config.zone_awareness_config.availability_zone_count": 2,
            "cognito_options.enabled": False,
            "domain_endpoint_options.custom_endpoint_enabled": False,
            "domain_endpoint_options.enforce_https": True,
            "log_publishing_options.enabled": True,
        },
        computed={
            "arn": arn("es", "domain/{domain_name}"),
            "id": "{arn}",
            "domain_id": "{account}/{domain_name}",
            "endpoint": "vpc-{domain_name}-{hex17}.{region}.es.{suffix}",
            "dashboard_endpoint": "{endpoint}/_dashboards",
        },
        sensitive=("advanced_security_options.master_user_options.master_user_password",),
        fills={},
        refusals=(
            taken(
                "aws_opensearch_domain",
                "domain_name",
                "ResourceAlreadyExistsException",
                "OpenSearch Domain {domain_name} already exists",
                "OpenSearch Service API reference, CreateDomain; the sentence is ours",
            ),
            Refusal(
                code="ValidationException",
                sentence="You must choose an even number of data nodes for a two Availability Zone deployment",
                source="cloudposse/terraform-aws-elasticsearch#192, hashicorp/terraform-provider-aws#22059",
                holds=_odd,
            ),
            Refusal(
                code="ValidationException",
                sentence="You must specify exactly as many subnets as the domain has Availability Zones.",
                source="OpenSearch Service developer guide, VPC support; the sentence is ours",
                holds=_other_subnets,
            ),
        ),
        request=made_by(
            "opensearch",
            "CreateDomain UpdateDomainConfig",
            "AWS::OpenSearchService::Domain",
            encrypt_at_rest="EncryptionAtRestOptions",
            node_to_node_encryption="NodeToNodeEncryptionOptions",
            tags="TagList",
        ),
        reads=(
            "es:DescribeDomain",
            "es:DescribeDomainConfig",
            "es:GetCompatibleVersions",
            "es:ListTags",
        ),
        changes=(
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "es:AddTags",
            "es:CreateDomain",
            "es:DeleteDomain",
            "es:GetUpgradeStatus",
            "es:RemoveTags",
            "es:UpdateDomainConfig",
            "es:UpgradeDomain",
        ),
        data_actions=("es:ESHttp*",),
    ),
)
