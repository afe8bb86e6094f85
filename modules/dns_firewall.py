"""Which names may be asked for inside the VPC: Route 53 Resolver's DNS Firewall."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.route53_resolver_firewall_domain_list import Route53ResolverFirewallDomainList
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule import Route53ResolverFirewallRule
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group import Route53ResolverFirewallRuleGroup
from cdktf_cdktf_provider_aws.route53_resolver_firewall_rule_group_association import (
    Route53ResolverFirewallRuleGroupAssociation,
)
from constructs import Construct

from tanada.declared.network import DnsFirewall as Settings

OF_AWS = {
    "aws": ("amazonaws.com", "api.aws"),
    "aws-cn": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "aws-us-gov": ("amazonaws.com", "api.aws"),
}
"""By partition what AWS's endpoints are called, those of both kinds of addresses too (botocore's partitions.json)."""
_OF_IMAGES = ("public.ecr.aws", "d2glxqk2uabbnd.cloudfront.net", "d5l0dvt14r5h8.cloudfront.net")
"""ECR Public and where it sends who asks for layers, by a redirection, not a CNAME (docker/sbx-releases#525). Fargate
pulls through the task's own interface: without these no task starts that has a sidecar of `logs` or `metrics`."""
_PRIORITY = 101
"""Of a VPC's rule groups: above 100, below 9900, and no other's (Route 53 Resolver API reference,
AssociateFirewallRuleGroup)."""


class DnsFirewall(Construct):
    """Names that are let through, and what becomes of all others; rules first, then the VPC that they hold for."""

    def __init__(
        self, scope: Construct, id: str, settings: Settings, *, name: str, vpc_id: str, ours: Sequence[str]
    ) -> None:
        """`ours` are names that the system needs itself, with all that lies below them."""
        super().__init__(scope, id)
        domains = sorted({*settings.allow, *_OF_IMAGES, *ours, *(f"*.{each}" for each in ours)})
        group = Route53ResolverFirewallRuleGroup(self, "group", name=name, tags={"Name": name})
        allowed = Route53ResolverFirewallRule(
            self,
            "allowed_rule",
            name="allowed",
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=_list(self, "allowed", f"{name}-allowed", domains),
            priority=100,
            action="ALLOW",
            # A name that is let through may stand for another one, which nobody declares (a CDN's).
            firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN",
        )
        others = Route53ResolverFirewallRule(
            self,
            "others_rule",
            name="others",
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=_list(self, "others", f"{name}-others", ["*"]),
            priority=200,
            action=settings.others.upper(),
            block_response="NXDOMAIN" if settings.others == "block" else None,
            depends_on=[allowed],
        )
        Route53ResolverFirewallRuleGroupAssociation(
            self,
            "association",
            name=name,
            firewall_rule_group_id=group.id,
            priority=_PRIORITY,
            vpc_id=vpc_id,
            tags={"Name": name},
            depends_on=[others],
        )


def _list(scope: Construct, id: str, name: str, domains: Sequence[str]) -> str:
    made = Route53ResolverFirewallDomainList(scope, f"{id}_list", name=name, domains=list(domains), tags={"Name": name})
    return made.id
