"""The way of CloudFront to an internal load balancer, from inside the VPC."""

from __future__ import annotations

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudfront_vpc_origin import (
    CloudfrontVpcOrigin,
    CloudfrontVpcOriginVpcOriginEndpointConfig,
    CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols,
)
from constructs import Construct


def vpc_origin(scope: Construct, id: str, *, name: str, load_balancer_arn: str) -> str:
    """Its id. One a load balancer, for all environments: an account has 25, and one has 50 distributions (CloudFront
    developer guide, "Quotas")."""
    made = CloudfrontVpcOrigin(
        scope,
        id,
        vpc_origin_endpoint_config=[
            CloudfrontVpcOriginVpcOriginEndpointConfig(
                name=name,
                arn=load_balancer_arn,
                http_port=80,
                https_port=443,
                origin_protocol_policy="https-only",
                origin_ssl_protocols=[
                    CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols(items=["TLSv1.2"], quantity=1)
                ],
            )
        ],
        # Nothing of it can change while a distribution has it, its tags neither (aws/aws-cdk#35765).
        lifecycle=TerraformResourceLifecycle(ignore_changes=["tags"]),
    )
    return made.id
