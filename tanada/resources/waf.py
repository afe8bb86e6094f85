"""AWS WAF."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tanada.resources.cost import SETTING, ByUse, Planned, Priced, Units
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, taken
from tanada.resources.request import made_by
from tanada.resources.seed import Seed

CAPACITY = {
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
}
"""Capacity units of AWS's own rule groups (AWS WAF developer guide, "AWS Managed Rules rule groups list":
awsdocs/aws-waf-and-shield-advanced-developer-guide at 245b66aa)."""
OF_PATTERN, OF_READING, OF_SET = 3, 10, 1
"""… of a regular expression, of each text transformation before it, and of a set of addresses (the same, "Regex match
rule statement", "Text transformation options", "IP set match rule statement")."""
OF_RATE = 2
"""… and of a rule that counts requests by address, without what narrows it (the same, "Rate-based rule statement")."""
INCLUDED, MOST = 1_500, 5_000
"""Units that a web ACL's price includes, and that it may have (the same, "Web ACL capacity units (WCUs)")."""
LOG_PREFIX = "aws-waf-logs-"
"""How log groups are called that take requests (the same, "Sending web ACL traffic logs to a CloudWatch Logs log
group")."""
EDGE = "us-east-1"
"""Where all that is CloudFront's own is asked for (AWS WAF API reference, "Scope")."""


def _within(held: Any, *way: str) -> Iterator[Mapping[str, Any]]:
    """The blocks at the end of a way; a block with an attribute of any type in it comes in a list, with its type."""
    if isinstance(held, list | tuple):
        for each in held:
            yield from _within(each, *way)
    elif isinstance(held, Mapping):
        if way:
            yield from _within(held.get(way[0]), *way[1:])
        else:
            yield held


def _statements(values: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """The statements of a kind in a web ACL's rules; nothing of what only an apply can tell."""
    return _within(values, "rule", "statement", kind)


def capacity(values: Mapping[str, Any]) -> int:
    """The units that AWS's groups, the rules by address, and those by path and set take."""
    groups = _statements(values, "managed_rule_group_statement")
    rates = _statements(values, "rate_based_statement")
    asked = [each for rule in _within(values, "rule", "statement") for each in _asking(rule)]
    patterns = [each for one in asked for each in _within(one, "regex_match_statement")]
    readings = [each for one in patterns for each in _within(one, "text_transformation")]
    sets = [each for one in asked for each in _within(one, "ip_set_reference_statement")]
    return (
        sum(CAPACITY.get(str(each.get("name")), 0) for each in groups)
        + OF_RATE * len(list(rates))
        + OF_PATTERN * len(patterns)
        + OF_READING * len(readings)
        + OF_SET * len(sets)
    )


def _asking(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A statement, and those that it puts together."""
    yield statement
    for together in ("and_statement", "or_statement", "not_statement"):
        for each in _within(statement, together, "statement"):
            yield from _asking(each)


def _asked_set(call: Call, world: World) -> bool:
    """Whether a rule that is there asks the set."""
    own = call.values.get("arn")
    return call.action == "delete" and any(
        each.get("arn") == own
        for acl in world.living("aws_wafv2_web_acl")
        for rule in _within(acl, "rule", "statement")
        for one in _asking(rule)
        for each in _within(one, "ip_set_reference_statement")
    )


def _no_range(call: Call, _world: World) -> bool:
    """Whether one of its addresses is of the other version, is a range of all, or begins elsewhere than its range."""
    version = call.values.get("ip_address_version")
    addresses = [each for each in at(call.values, "addresses") if isinstance(each, str)]
    return call.action != "delete" and any(
        (":" in each) != (version == "IPV6") or each.endswith("/0") or not _begins(each) for each in addresses
    )


def _begins(address: str) -> bool:
    try:
        ipaddress.ip_network(address)
    except ValueError:
        return False
    return True


def _web_acl(acl: Planned) -> Units | None:
    if acl.text("rule_json") or {"rule", "rule_json"} & acl.unknown:
        return None
    return [("web ACL month", Decimal(1)), ("web ACL rule month", Decimal(len(acl.blocks("rule"))))]


def _arn(seed: Seed) -> str:
    of = "global" if seed.text("scope") == "CLOUDFRONT" else "regional"
    return seed.fill(arn("wafv2", f"{of}/webacl/{{name}}/{{uuid}}"))


def _too_many_units(call: Call, _world: World) -> bool:
    return call.action != "delete" and capacity(call.values) > MOST


def _elsewhere(call: Call, _world: World) -> bool:
    values = call.values
    return call.action == "create" and values.get("scope") == "CLOUDFRONT" and values.get("region") != EDGE


def _scope_elsewhere(source: str) -> Refusal:
    return Refusal(
        code="WAFInvalidParameterException",
        sentence="Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT",
        source=source,
        holds=_elsewhere,
    )


def _not_called_so(call: Call, _world: World) -> bool:
    """Whether it leads to a log group whose name begins otherwise; of one that isn't known yet nobody can tell."""
    targets = [each for each in at(call.values, "log_destination_configs") if isinstance(each, str)]
    return call.action != "delete" and any(
        ":log-group:" in each and not each.partition(":log-group:")[2].startswith(LOG_PREFIX) for each in targets
    )


RESOURCES = (
    Resource(
        type="aws_wafv2_web_acl",
        lost=None,
        kept=False,
        replaces=read("wafv2/web_acl.go", "0073593e", "name name_prefix scope"),
        cost=Priced(_web_acl),
        computed={
            "id": "{uuid}",
            "arn": _arn,
            "application_integration_url": "",
            "capacity": lambda seed: capacity(seed.values),
            "lock_token": "{uuid}",
        },
        recomputed={"rule": ("capacity", "lock_token"), "visibility_config": ("lock_token",)},
        refusals=(
            in_use(
                "WAFAssociatedItemException",
                "AWS WAF couldn’t perform the operation because your resource is being used by another resource or "
                "it’s associated with another resource",
                "AWS WAF API reference, DeleteWebACL; hashicorp/terraform-provider-aws#37229",
                "aws_wafv2_web_acl_association web_acl_arn",
                "aws_cloudfront_distribution web_acl_id",
                mine="arn",
            ),
            taken(
                "aws_wafv2_web_acl",
                "name scope",
                "WAFDuplicateItemException",
                "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an "
                "existing one",
                "AWS WAF API reference, CreateWebACL; of rule groups hashicorp/terraform-provider-aws#21577",
            ),
            Refusal(
                code="WAFInvalidParameterException",
                sentence="Error reason: You exceeded the capacity limit for a rule group or web ACL., field: WEB_ACL",
                source="AWS WAF API reference, CreateWebACL; trussworks/terraform-aws-wafv2#87",
                holds=_too_many_units,
            ),
            _scope_elsewhere("AWS WAF API reference, CreateWebACL; aws-solutions/aws-waf-security-automations#300"),
        ),
        fills={},
        request=made_by("wafv2", "CreateWebACL", "AWS::WAFv2::WebACL"),
        reads=("wafv2:GetWebACL", "wafv2:ListTagsForResource"),
        changes=(
            "wafv2:CreateWebACL",
            "wafv2:DeleteWebACL",
            "wafv2:TagResource",
            "wafv2:UntagResource",
            "wafv2:UpdateWebACL",
        ),
        data_actions=("wafv2:GetSampledRequests",),
    ),
    replaceable(
        "aws_wafv2_ip_set",
        read("wafv2/ip_set.go", "00a35305", "ip_address_version name name_prefix scope"),
        SETTING,
        computed={
            "id": "{uuid}",
            "arn": lambda seed: seed.fill(
                arn(
                    "wafv2", f"{'global' if seed.text('scope') == 'CLOUDFRONT' else 'regional'}/ipset/{{name}}/{{uuid}}"
                )
            ),
            "lock_token": "{uuid}",
        },
        recomputed={"addresses": ("lock_token",)},
        refusals=(
            Refusal(
                code="WAFAssociatedItemException",
                sentence="AWS WAF couldn’t perform the operation because your resource is being used by another "
                "resource or it’s associated with another resource",
                source="AWS WAF API reference, DeleteIPSet; of rule groups hashicorp/terraform-provider-aws#28331",
                holds=_asked_set,
                watches={"aws_wafv2_web_acl": ("rule",)},
            ),
            taken(
                "aws_wafv2_ip_set",
                "name scope",
                "WAFDuplicateItemException",
                "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an "
                "existing one",
                "AWS WAF API reference, CreateIPSet; of rule groups hashicorp/terraform-provider-aws#21577",
            ),
            Refusal(
                code="WAFInvalidParameterException",
                sentence="Error reason: The parameter contains formatting that is not valid., field: IP_ADDRESS, "
                "parameter: {addresses}",
                source="AWS WAF API reference, CreateIPSet; aws-samples/dcv-web-portal#10, aws/aws-cdk#20003",
                holds=_no_range,
            ),
            _scope_elsewhere(
                "AWS WAF API reference, CreateIPSet; aws-samples/aws-waf-rate-based-rule-customized-block-period#1"
            ),
        ),
        fills={},
        request=made_by("wafv2", "CreateIPSet", "AWS::WAFv2::IPSet"),
        reads=("wafv2:GetIPSet", "wafv2:ListTagsForResource"),
        changes=(
            "wafv2:CreateIPSet",
            "wafv2:DeleteIPSet",
            "wafv2:TagResource",
            "wafv2:UntagResource",
            "wafv2:UpdateIPSet",
        ),
    ),
    replaceable(
        "aws_wafv2_web_acl_association",
        read("wafv2/web_acl_association.go", "011a8eed", "resource_arn web_acl_arn"),
        SETTING,
        computed={"id": "{web_acl_arn},{resource_arn}"},
        fills={},
        request=made_by(
            "wafv2",
            "AssociateWebACL",
            "AWS::WAFv2::WebACLAssociation",
        ),
        reads=(
            "elasticloadbalancing:DescribeWebACLAssociation",
            "elasticloadbalancing:GetLoadBalancerWebACL",
            "wafv2:GetWebACL",
            "wafv2:GetWebACLForResource",
        ),
        changes=(
            "elasticloadbalancing:CreateWebACLAssociation",
            "elasticloadbalancing:DeleteWebACLAssociation",
            "elasticloadbalancing:SetWebAcl",
            "wafv2:AssociateWebACL",
            "wafv2:DisassociateWebACL",
        ),
    ),
    replaceable(
        "aws_wafv2_web_acl_logging_configuration",
        read("wafv2/web_acl_logging_configuration.go", "012f18cf", "log_destination_configs resource_arn"),
        ByUse("bytes of logs, taken in and stored"),
        computed={"id": "{resource_arn}"},
        refusals=(
            Refusal(
                code="WAFInvalidParameterException",
                sentence="Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other "
                "information separated by colons or slashes., field: LOG_DESTINATION",
                source="AWS WAF API reference, PutLoggingConfiguration; hashicorp/terraform-provider-aws#23934, "
                "pulumi/pulumi-aws#1214",
                holds=_not_called_so,
            ),
        ),
        fills={},
        request=made_by(
            "wafv2",
            "PutLoggingConfiguration",
            "AWS::WAFv2::LoggingConfiguration",
            log_destination_configs="LoggingConfiguration.LogDestinationConfigs",
            logging_filter="LoggingConfiguration.LoggingFilter",
            redacted_fields="LoggingConfiguration.RedactedFields",
            resource_arn="LoggingConfiguration.ResourceArn",
        ),
        reads=("wafv2:GetLoggingConfiguration",),
        # AWS WAF writes the log group's policy in the caller's name (AWS WAF developer guide, "Sending web ACL traffic
        # logs to a CloudWatch Logs log group", Permissions).
        changes=(
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:PutResourcePolicy",
            "wafv2:DeleteLoggingConfiguration",
            "wafv2:PutLoggingConfiguration",
        ),
    ),
)
