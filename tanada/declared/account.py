"""AWS accounts and regions that a system uses, and what AWS allows there."""

from __future__ import annotations

from typing import Annotated

from tanada.declared.common import CommonLayer
from tanada.declared.fields import Flag, RoleArn, Text, Whole
from tanada.declared.model import Model
from tanada.declared.tags import Tags


class Quotas(Model):
    """What AWS allows the account, where it has raised its default for you; `tanada check` counts against it."""

    listener_rules: Annotated[int, Whole(1, 1000)] = 100
    """Rules a load balancer."""
    load_balancers: Annotated[int, Whole(1, 1000)] = 50
    """Application Load Balancers a region, others' too."""
    iam_roles: Annotated[int, Whole(1, 10000)] = 1000
    """Roles an account; AWS raises it up to 10,000."""
    elastic_addresses: Annotated[int, Whole(1, 1000)] = 5
    """Elastic IP addresses a region."""
    security_groups: Annotated[int, Whole(1, 10000)] = 2500
    """Security groups a region."""
    security_group_rules: Annotated[int, Whole(1, 1000)] = 60
    """Rules a security group, each way."""
    certificates: Annotated[int, Whole(1, 1000)] = 25
    """Certificates a load balancer, beside its default one."""
    targets: Annotated[int, Whole(1, 100000)] = 1000
    """Tasks behind a load balancer."""
    namespace_instances: Annotated[int, Whole(1, 100000)] = 2000
    """Tasks with a port, all environments together: all register in one Cloud Map namespace."""
    distributions: Annotated[int, Whole(1, 10000)] = 500
    """Distributions of CloudFront an account."""
    cloudfront_functions: Annotated[int, Whole(1, 1000)] = 100
    """Functions of CloudFront an account; each site has one."""
    response_headers_policies: Annotated[int, Whole(1, 1000)] = 20
    """Response headers policies an account; a site that says `headers` has one."""
    ip_sets: Annotated[int, Whole(1, 10000)] = 100
    """Sets of addresses of AWS WAF before CloudFront, an account."""
    tables: Annotated[int, Whole(1, 10000)] = 2500
    """DynamoDB tables a region; AWS raises it up to 10,000."""


class Account(Model):
    """An AWS account and region that the system uses."""

    id: Annotated[str, Text(r"^\d{12}$", "the account's id, 12 digits", also="integer")]
    """The AWS account's id, 12 digits; Terraform refuses to work in any other."""
    region: Annotated[str, Text(r"^[a-z]{2,}(-[a-z]+)+-\d$", "a region such as ap-northeast-1")]
    """The AWS region; a second region is a second entry."""
    role: RoleArn | None = None
    """Assumed by provider, backend and remote state."""
    protected: Flag = False
    """Destroying anything here needs a second word; services get safer defaults."""
    tags: Tags = {}
    """AWS tags of all that stands in it, laid over the system's."""
    common: CommonLayer = CommonLayer()
    """What differs from the common layer."""
    quotas: Quotas = Quotas()
    """What AWS allows this account, where that is more than its default."""
