"""What the provider's own code decides at plan time, type by type, beyond the tables. Pure.

Sources: the files and commits named in `tables/force_new`.
"""

from __future__ import annotations

from typing import Any

from tanada.offline.codec import UNKNOWN, Value, has_unknown

Object = dict[str, Any]

_RULE_SOURCES = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_RECOMPUTED: dict[str, dict[str, tuple[str, ...]]] = {
    "aws_dynamodb_table": {
        "stream_enabled": ("stream_arn", "stream_label"),  # general knowledge, unverified
        "stream_view_type": ("stream_arn", "stream_label"),
    },
    "aws_kms_alias": {"target_key_id": ("target_key_arn",)},
    "aws_nat_gateway": {
        "secondary_allocation_ids": ("secondary_private_ip_address_count", "secondary_private_ip_addresses")
    },
    "aws_subnet": {"ipv6_cidr_block": ("ipv6_cidr_block_association_id",)},
    "aws_vpc": {"assign_generated_ipv6_cidr_block": ("ipv6_association_id", "ipv6_cidr_block")},
    "aws_vpc_endpoint": {"subnet_ids": ("network_interface_ids",)},
}


def recomputed(kind: str, changed: list[str]) -> list[str]:
    """Computed attributes that an update in place may change."""
    table = _RECOMPUTED.get(kind, {})
    return sorted({name for cause in changed for name in table.get(cause, ())})


def normalized(kind: str, planned: Object) -> Object:
    """Configured values as the provider rewrites them: ACM adds the domain to the alternative names."""
    domain, alternatives = planned.get("domain_name"), planned.get("subject_alternative_names")
    if kind != "aws_acm_certificate" or not isinstance(domain, str) or not domain:
        return {}  # an imported certificate knows its domain after apply
    configured = [] if alternatives in (None, UNKNOWN) else alternatives
    return {} if has_unknown(configured) else {"subject_alternative_names": sorted({domain, *configured})}


def known_at_plan(kind: str, planned: Object) -> Object:
    """Computed values that the real provider tells before it makes anything.

    A certificate's names to validate are known, so that `for_each` works on them.
    """
    names = planned.get("subject_alternative_names")
    if kind != "aws_acm_certificate" or planned.get("validation_method") != "DNS" or has_unknown(names):
        return {}
    return {
        "domain_validation_options": [
            {
                "domain_name": name,
                "resource_record_name": UNKNOWN,
                "resource_record_type": UNKNOWN,
                "resource_record_value": UNKNOWN,
            }
            for name in names or []
        ]
    }


def conditional_replacements(kind: str, prior: Object, planned: Object, changed: list[str]) -> list[str]:
    """Attributes that replace under a condition only."""
    if kind == "aws_ecs_service" and "capacity_provider_strategy" in changed:
        return ["capacity_provider_strategy"] if _strategy_replaces(prior, planned) else []
    if kind == "aws_subnet" and "ipv6_cidr_block" in changed:
        return ["ipv6_cidr_block"] if prior.get("assign_ipv6_address_on_creation") else []
    if kind == "aws_vpc" and "instance_tenancy" in changed:
        eased = (prior.get("instance_tenancy"), planned.get("instance_tenancy")) == ("dedicated", "default")
        return [] if eased else ["instance_tenancy"]
    if kind == "aws_vpc_endpoint" and "private_dns_enabled" in changed:
        return [] if planned.get("vpc_endpoint_type") == "Interface" else ["private_dns_enabled"]
    if kind in ("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"):
        before, after = _rule_source(prior), _rule_source(planned)
        return [name for name in (before, after) if name] if before != after else []
    return []


def _strategy_replaces(prior: Object, planned: Object) -> bool:
    if not planned.get("force_new_deployment"):
        return True
    return bool(prior.get("capacity_provider_strategy")) != bool(planned.get("capacity_provider_strategy"))


def _rule_source(rule: Object) -> Value:
    return next((name for name in _RULE_SOURCES if rule.get(name) is not None), None)
