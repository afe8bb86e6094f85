"""Route 53 Resolver's DNS Firewall."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import arn, read, replaceable
from tanada.resources.refusal import in_use
from tanada.resources.request import made_by

_SERVICE, _MODEL = "route53resolver", "AWS::Route53Resolver::"
_TAGGED = (f"{_SERVICE}:TagResource", f"{_SERVICE}:UntagResource")

RESOURCES = (
    replaceable(
        "aws_route53_resolver_firewall_domain_list",
        read("route53resolver/firewall_domain_list.go", "0233cd5c", "name"),
        ByUse("names in lists, and queries"),
        computed={"id": "rslvr-fdl-{lower17}", "arn": arn(_SERVICE, "firewall-domain-list/{id}")},
        refusals=(
            in_use(
                "ConflictException",
                "The domain list is used by a rule.",
                "Route 53 Resolver API reference, DeleteFirewallDomainList; the sentence is ours",
                "aws_route53_resolver_firewall_rule firewall_domain_list_id",
            ),
        ),
        fills={},
        request=made_by(
            _SERVICE, "CreateFirewallDomainList", "AWS::Route53Resolver::FirewallDomainList", adds="CreatorRequestId"
        ),
        reads=(
            f"{_SERVICE}:GetFirewallDomainList",
            f"{_SERVICE}:ListFirewallDomains",
            f"{_SERVICE}:ListTagsForResource",
        ),
        changes=(
            f"{_SERVICE}:CreateFirewallDomainList",
            f"{_SERVICE}:DeleteFirewallDomainList",
            f"{_SERVICE}:UpdateFirewallDomains",
            *_TAGGED,
        ),
    ),
    replaceable(
        "aws_route53_resolver_firewall_rule_group",
        read("route53resolver/firewall_rule_group.go", "089809b9", "name"),
        SETTING,
        computed={
            "id": "rslvr-frg-{lower17}",
            "arn": arn(_SERVICE, "firewall-rule-group/{id}"),
            "owner_id": "{account}",
            "share_status": "NOT_SHARED",
        },
        refusals=(
            in_use(
                "ConflictException",
                "The rule group is associated with a VPC.",
                "Route 53 Resolver API reference, DeleteFirewallRuleGroup; the sentence is ours",
                "aws_route53_resolver_firewall_rule_group_association firewall_rule_group_id",
            ),
        ),
        fills={},
        request=made_by(
            _SERVICE, "CreateFirewallRuleGroup", "AWS::Route53Resolver::FirewallRuleGroup", adds="CreatorRequestId"
        ),
        reads=(f"{_SERVICE}:GetFirewallRuleGroup", f"{_SERVICE}:ListTagsForResource"),
        changes=(f"{_SERVICE}:CreateFirewallRuleGroup", f"{_SERVICE}:DeleteFirewallRuleGroup", *_TAGGED),
    ),
    replaceable(
        "aws_route53_resolver_firewall_rule",
        read("route53resolver/firewall_rule.go", "01d994cc", "firewall_domain_list_id firewall_rule_group_id"),
        SETTING,
        computed={"id": "{firewall_rule_group_id}:{firewall_domain_list_id}"},
        fills={},
        request=made_by(
            _SERVICE, "CreateFirewallRule", "AWS::Route53Resolver::FirewallRuleGroup", adds="CreatorRequestId"
        ),
        reads=(f"{_SERVICE}:ListFirewallRules",),
        changes=(
            f"{_SERVICE}:CreateFirewallRule",
            f"{_SERVICE}:DeleteFirewallRule",
            f"{_SERVICE}:UpdateFirewallRule",
        ),
    ),
    replaceable(
        "aws_route53_resolver_firewall_rule_group_association",
        read("route53resolver/firewall_rule_group_association.go", "04c79849", "firewall_rule_group_id vpc_id"),
        SETTING,
        computed={
            "id": "rslvr-frgassoc-{lower17}",
            "arn": arn(_SERVICE, "firewall-rule-group-association/{id}"),
            "mutation_protection": "DISABLED",
        },
        fills={},
        request=made_by(
            _SERVICE,
            "AssociateFirewallRuleGroup",
            "AWS::Route53Resolver::FirewallRuleGroupAssociation",
            adds="CreatorRequestId",
        ),
        reads=(f"{_SERVICE}:GetFirewallRuleGroupAssociation", f"{_SERVICE}:ListTagsForResource"),
        changes=(
            f"{_SERVICE}:AssociateFirewallRuleGroup",
            f"{_SERVICE}:DisassociateFirewallRuleGroup",
            f"{_SERVICE}:UpdateFirewallRuleGroupAssociation",
            "ec2:DescribeVpcs",
            *_TAGGED,
        ),
    ),
)
