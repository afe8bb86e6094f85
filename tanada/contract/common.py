"""What a common stack gives to the environments of its account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tanada.contract.outputs import Contract

ENTRIES: Mapping[str, str] = {
    "certificates": "certificate for",
    "edge_certificates": "certificate in us-east-1 for",
    "entrances": "public subnets as",
    "firewalls": "firewall at the",
    "load_balancers": "load balancer",
    "registries": "image",
    "sign_in": "sign-in by",
    "vpc_origins": "way of CloudFront to load balancer",
    "zone_ids": "zone",
}
"""The outputs that hold an entry for each of something, and what people call one: an environment may need an entry that
the layer has yet to make, whatever version its contract has."""


ROLE_OF_ZONES = "role_of_zones"
"""The variable by which the runner says as whom a stack enters hosted zones of other accounts: `apply`, which it is
without, or `plan`, what may only read."""
EDGE_CERTIFICATES = "edge_certificates"
"""The output of a common stack whose environments have sites: by domain, the ARN of its certificate in us-east-1."""
CERTIFICATES = "certificates"
"""The output of a common stack whose environments have services behind API Gateway: by domain, its certificate's ARN in
the region."""
ENTRANCES = "entrances"
"""The output of a common stack whose environments have load balancers of their own: under `public`, the public subnets
and the type of their addresses."""

VPC_ORIGINS = "vpc_origins"
"""The output of a common stack that CloudFront comes into: by load balancer, as AWS has it, the id of its way in."""

FIREWALLS, AT_EDGE = "firewalls", "edge"
"""The output of a common stack with `waf` and services behind CloudFront: under `edge`, the ARN of its web ACL."""


@dataclass(frozen=True)
class LoadBalancer:
    """Where public services meet one of the shared load balancers."""

    listener_arn: str
    dns_name: str
    zone_id: str
    security_group_id: str
    """What it wears; since version 2."""


@dataclass(frozen=True)
class ExecLog:
    """Where sessions of ECS Exec are recorded."""

    group_name: str
    group_arn: str
    key_arn: str


@dataclass(frozen=True)
class Registry:
    """An image registry (ECR repository)."""

    url: str
    arn: str


@dataclass(frozen=True)
class CommonContract(Contract):
    """The common layer as an environment sees it."""

    VERSION = 2

    vpc_id: str
    task_subnet_ids: list[str]
    private_subnet_ids: list[str]
    """Where stores stand, which nothing outside reaches; since version 2."""
    load_balancers: dict[str, LoadBalancer]
    """By what each is called in AWS: its name, or what it was called first."""
    target_security_group_id: str
    """Worn by tasks of environments that were applied by 0.1.0 of November 2026, and by no other: the load balancers
    may reach every port of it. Empty where there are none."""
    behind_security_group_id: str
    """Worn by all tasks behind load balancers, which may go out to it (one rule, not one a service); nothing gets in by
    it. Since version 2; empty where there are none."""
    cluster_arn: str
    exec_log: ExecLog
    registries: dict[str, Registry]
    """By image."""
    zone_ids: dict[str, str]
    """Hosted zones by domain."""
    namespace_id: str
    """Cloud Map's private domain."""
    outbound_addresses: list[str]
    """For people: the addresses that partners let in."""
    name_servers: dict[str, list[str]]
    """For people: what parent domains delegate to, by hosted zone."""
