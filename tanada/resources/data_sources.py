"""Data sources that read nothing but what things are: names, ids, places. No other is planned with credentials where
code that nobody has approved made the JSON: `aws_lambda_invocation` runs, `aws_secretsmanager_secret_version` tells."""

from __future__ import annotations

SAFE: dict[str, str] = {
    "aws_availability_zones": "names of zones, which AWS publishes",
    "aws_lb": "the name, the zone and the security groups of a load balancer",
    "aws_lb_listener": "the ARN of a load balancer's listener, and what it answers by itself",
    "aws_subnet": "the zone and the ranges of a subnet",
    "aws_vpc": "the ranges of a VPC, and whether it answers private names",
    "aws_route53_zone": "the id and the name servers of a hosted zone, which DNS publishes",
}
"""Type → what it reads."""
SAFE_EPHEMERAL: dict[str, str] = {
    "aws_secretsmanager_random_password": "a new random text that AWS makes for whoever asks, and keeps nowhere",
}
"""The same of ephemeral resources: of those that the provider has every other one opens a secret that there is."""
EPHEMERAL: dict[str, tuple[str, ...]] = {
    "aws_secretsmanager_random_password": ("secretsmanager:GetRandomPassword",),
}
"""What opening each that is emitted asks of IAM, in plans too."""
