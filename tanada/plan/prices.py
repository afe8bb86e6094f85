"""What AWS asks for what Tanada's stacks consist of, each price with its date and source; nothing here is guessed.

Prices are of the public AWS Price List: on demand, without tax, free allowances, savings plans and credits. `source`
names the file of the Price List (its service code and publication date where that is known) and the usage type, as
quoted by public repositories, which is where they were read. A price that nobody could be found to have read from the
Price List is left out: what needs it is counted as unknown.

Two ratios stand in for rows that are all alike: RDS in several zones costs twice one zone (usage types
`Multi-AZUsage:…` and `RDS:Multi-AZ-GP3-Storage` against `InstanceUsage:…` and `RDS:GP3-Storage`), and nodes of Valkey
cost four fifths of nodes of Redis (AWS's page of ElastiCache prices, read 2026-10-01; London's Price List has 0.018
and 0.0144 for cache.t4g.micro).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Price:
    """What one unit of an item costs."""

    usd: Decimal
    """For one unit of what the item's name says: an hour, a month, a GB-month."""
    dated: str
    """When AWS published it, else when it was read (ISO 8601; the year alone where no more is known)."""
    source: str


def _price(usd: str, dated: str, source: str) -> Price:
    return Price(Decimal(usd), dated, source)


def _spot(on_demand: Price, share: str) -> Price:
    """Fargate Spot moves daily; the share of the price on demand is what was read."""
    return Price(on_demand.usd * Decimal(share), _SPOT_DATED, f"{share} of {on_demand.source}; {_SPOT}")


def _nodes(dated: str, source: str, **usd: str) -> dict[str, Price]:
    """Hours of ElastiCache's nodes by class (`t4g_micro`), as Redis and, a fifth cheaper, as Valkey."""
    redis = {f"cache.{name.replace('_', '.')}": _price(each, dated, source) for name, each in usd.items()}
    valkey = {name: Price(each.usd * 4 / 5, dated, f"{source}; four fifths for Valkey") for name, each in redis.items()}
    return {
        f"ElastiCache {engine} {name} hour": each
        for engine, prices in (("redis", redis), ("valkey", valkey))
        for name, each in prices.items()
    }


_SPOT_DATED = "2026"
_SPOT = "share read from fortem's comparison of 2026: about 0.30 in Tokyo, 0.01291 for a vCPU hour in us-east-1"

_TOKYO_ECS = "AmazonECS, 2026-07-07; the same on 2026-09-25"
_TOKYO_X86_CPU = _price("0.05056", "2026-07-07", f"{_TOKYO_ECS}: APN1-Fargate-vCPU-Hours:perCPU")
_TOKYO_X86_MEMORY = _price("0.00553", "2026-07-07", f"{_TOKYO_ECS}: APN1-Fargate-GB-Hours")
_TOKYO_ARM_CPU = _price("0.04045", "2026-07-07", "AmazonECS, 2026-07-07: APN1-Fargate-ARM-vCPU-Hours:perCPU")
_TOKYO_ARM_MEMORY = _price("0.00442", "2026-07-07", "AmazonECS, 2026-07-07: APN1-Fargate-ARM-GB-Hours")

_VIRGINIA_ECS = "AmazonECS, 2026-08-12"
_VIRGINIA_X86_CPU = _price("0.04048", "2026-08-12", f"{_VIRGINIA_ECS}: USE1-Fargate-vCPU-Hours:perCPU")
_VIRGINIA_X86_MEMORY = _price("0.004445", "2026-08-12", f"{_VIRGINIA_ECS}: USE1-Fargate-GB-Hours")
_VIRGINIA_ARM_CPU = _price("0.03238", "2026-08-12", f"{_VIRGINIA_ECS}: USE1-Fargate-ARM-vCPU-Hours:perCPU")
_VIRGINIA_ARM_MEMORY = _price("0.00356", "2026-08-12", f"{_VIRGINIA_ECS}: USE1-Fargate-ARM-GB-Hours")

_DASHBOARD = _price(
    "3.00",
    "2026",
    "AmazonCloudWatch (all regions), 2026: DashboardsUsageHour and -Basic; an account's first three are free",
)
_HEALTH_CHECK = _price("1.00", "2026-10-01", "AmazonRoute53 (all regions), 2026-10-01: Health-Check-Option-AWS")
_HOSTED_ZONE = _price("0.50", "2026-09-11", "AmazonRoute53 (all regions), 2026-09-11: HostedZone, the first 25")

PRICES: Mapping[str, Mapping[str, Price]] = {
    "ap-northeast-1": {
        "Fargate X86_64 vCPU hour": _TOKYO_X86_CPU,
        "Fargate X86_64 GB hour": _TOKYO_X86_MEMORY,
        "Fargate ARM64 vCPU hour": _TOKYO_ARM_CPU,
        "Fargate ARM64 GB hour": _TOKYO_ARM_MEMORY,
        "Fargate Spot X86_64 vCPU hour": _spot(_TOKYO_X86_CPU, "0.30"),
        "Fargate Spot X86_64 GB hour": _spot(_TOKYO_X86_MEMORY, "0.30"),
        "Fargate Spot ARM64 vCPU hour": _spot(_TOKYO_ARM_CPU, "0.30"),
        "Fargate Spot ARM64 GB hour": _spot(_TOKYO_ARM_MEMORY, "0.30"),
        "NAT gateway hour": _price("0.062", "2026-09-25", "AmazonEC2, read 2026-09-25: APN1-NatGateway-Hours"),
        "ALB hour": _price("0.0243", "2026-08-27", "AWSELB, read 2026-08-27: APN1-LoadBalancerUsage"),
        "public IPv4 hour": _price(
            "0.005", "2026-09-25", "AmazonVPC, read 2026-09-25: APN1-PublicIPv4:InUseAddress; IdleAddress the same"
        ),
        "interface endpoint hour": _price("0.014", "2026-09-25", "AmazonVPC, read 2026-09-25: APN1-VpcEndpoint-Hours"),
        "health check option month": _HEALTH_CHECK,
        "hosted zone month": _HOSTED_ZONE,
        "dashboard month": _DASHBOARD,
        "KMS key month": _price("1.00", "2026-09-23", "awskms, read 2026-09-23: ap-northeast-1-KMS-Keys"),
        "secret month": _price("0.40", "2026-09-23", "AWSSecretsManager, read 2026-09-23: APN1-…-Secrets"),
        "alarm month": _price("0.10", "2026-09-23", "AmazonCloudWatch, read 2026-09-23: APN1-CW:AlarmMonitorUsage"),
        "web ACL month": _price("5.00", "2026-09-23", "awswaf, read 2026-09-23: APN1-WebACL"),
        "web ACL rule month": _price("1.00", "2026-09-23", "awswaf, read 2026-09-23: APN1-Rule"),
        "RDS postgres db.t4g.micro hour": _price(
            "0.025", "2026-10-08", "AmazonRDS, read 2026-10-08: APN1-InstanceUsage:db.t4g.micro, PostgreSQL"
        ),
        "RDS postgres gp3 GB-month": _price(
            "0.138", "2026-10-08", "AmazonRDS, read 2026-10-08: APN1-RDS:GP3-Storage, PostgreSQL"
        ),
        "Aurora ACU hour": _price("0.15", "2025-12-01", "kenzo0107's table of 2025-12-01: Serverless v2, standard"),
        "Aurora I/O-Optimized ACU hour": _price(
            "0.20", "2025-12-01", "kenzo0107's table of 2025-12-01: Serverless v2, I/O-Optimized"
        ),
        "Aurora db.t4g.medium hour": _price("0.113", "2025-12-01", "kenzo0107's table of 2025-12-01: standard"),
        "ElastiCache redis cache.t4g.micro hour": _price(
            "0.025", "2026", "AmazonElastiCache, read 2026: APN1-NodeUsage:cache.t4g.micro"
        ),
        "ElastiCache valkey cache.t4g.micro hour": _price("0.020", "2026", "four fifths of the price for Redis"),
        **_nodes("2026-07-23", "AmazonElastiCache, read 2026-07-23: APN1-NodeUsage:cache.r7g.large", r7g_large="0.263"),
        "EBS gp3 GB-month": _price("0.096", "2026-09-10", "AmazonEC2, 2026-09-10: APN1-EBS:VolumeUsage.gp3"),
    },
    "us-east-1": {
        "Fargate X86_64 vCPU hour": _VIRGINIA_X86_CPU,
        "Fargate X86_64 GB hour": _VIRGINIA_X86_MEMORY,
        "Fargate ARM64 vCPU hour": _VIRGINIA_ARM_CPU,
        "Fargate ARM64 GB hour": _VIRGINIA_ARM_MEMORY,
        "Fargate Spot X86_64 vCPU hour": _spot(_VIRGINIA_X86_CPU, "0.32"),
        "Fargate Spot X86_64 GB hour": _spot(_VIRGINIA_X86_MEMORY, "0.32"),
        "Fargate Spot ARM64 vCPU hour": _spot(_VIRGINIA_ARM_CPU, "0.32"),
        "Fargate Spot ARM64 GB hour": _spot(_VIRGINIA_ARM_MEMORY, "0.32"),
        "Fargate storage GB hour": _price(
            "0.000111", "2026-08-12", f"{_VIRGINIA_ECS}: USE1-Fargate-EphemeralStorage-GB-Hours"
        ),
        "NAT gateway hour": _price("0.045", "2026-09-10", "AmazonEC2, read 2026-09-10: NatGateway-Hours"),
        "ALB hour": _price("0.0225", "2026-09-11", "AWSELB, 2026-09-11: LoadBalancerUsage"),
        "public IPv4 hour": _price("0.005", "2026-09-10", "AmazonVPC, read 2026-09-10: USE1-PublicIPv4:InUseAddress"),
        "interface endpoint hour": _price("0.01", "2026-08-12", "AmazonVPC, 2026-08-12: USE1-VpcEndpoint-Hours"),
        "health check option month": _HEALTH_CHECK,
        "hosted zone month": _HOSTED_ZONE,
        "dashboard month": _DASHBOARD,
        "KMS key month": _price("1.00", "2026-07", "awskms, read 2026-07: us-east-1-KMS-Keys"),
        "secret month": _price("0.40", "2026-09-24", "AWSSecretsManager, read 2026-09-24: USE1-…-Secrets"),
        "alarm month": _price("0.10", "2026", "fortem's comparison of 2026: CW:AlarmMonitorUsage"),
        "web ACL month": _price("5.00", "2025", "awswaf, published 2025 or 2026: USE1-WebACLV2"),
        "web ACL rule month": _price("1.00", "2025", "awswaf, published 2025 or 2026: USE1-RuleV2"),
        "RDS postgres db.t4g.micro hour": _price(
            "0.016", "2026-09-24", "AmazonRDS, read 2026-09-24: InstanceUsage:db.t4g.micro, PostgreSQL"
        ),
        "RDS postgres db.t3.micro hour": _price(
            "0.018", "2026-08-12", "AmazonRDS, 2026-08-12: InstanceUsage:db.t3.micro, PostgreSQL"
        ),
        "RDS postgres gp3 GB-month": _price(
            "0.115", "2026-09-24", "AmazonRDS, read 2026-09-24: RDS:GP3-Storage, PostgreSQL"
        ),
        "RDS postgres db.r6g.large hour": _price(
            "0.225", "2026-10-08", "AmazonRDS, read 2026-10-08: InstanceUsage:db.r6g.large, PostgreSQL"
        ),
        "RDS mysql db.t3.micro hour": _price(
            "0.017", "2026-10-08", "AmazonRDS, read 2026-10-08: InstanceUsage:db.t3.micro, MySQL"
        ),
        "RDS mysql db.r6g.large hour": _price(
            "0.215", "2026-10-08", "AmazonRDS, read 2026-10-08: InstanceUsage:db.r6g.large, MySQL"
        ),
        "RDS mysql gp3 GB-month": _price("0.115", "2026-10-08", "AmazonRDS, read 2026-10-08: RDS:GP3-Storage, MySQL"),
        "EBS gp3 GB-month": _price("0.08", "2026-09-10", "AmazonEC2, read 2026-09-10: EBS:VolumeUsage.gp3"),
        **_nodes(
            "2026-10-02",
            "AmazonElastiCache, read 2026-10-02: NodeUsage:cache.…",
            t3_micro="0.017",
            t3_small="0.034",
            t3_medium="0.068",
            t4g_micro="0.016",
            t4g_small="0.032",
            t4g_medium="0.065",
            m6g_large="0.149",
            m6g_xlarge="0.297",
            m6g_2xlarge="0.593",
            m7g_large="0.158",
            m7g_xlarge="0.315",
            m7g_2xlarge="0.629",
            r6g_large="0.206",
            r6g_xlarge="0.411",
            r6g_2xlarge="0.821",
            r7g_large="0.219",
            r7g_xlarge="0.437",
            r7g_2xlarge="0.873",
        ),
    },
    "eu-west-2": {
        "Fargate X86_64 vCPU hour": _price("0.04656", "2026-09-11", "AmazonECS, 2026-09-11: EUW2-Fargate-vCPU-Hours"),
        "Fargate X86_64 GB hour": _price("0.00511", "2026-09-11", "AmazonECS, 2026-09-11: EUW2-Fargate-GB-Hours"),
        "Fargate ARM64 vCPU hour": _price("0.03725", "2026-09-11", "AmazonECS, 2026-09-11: EUW2-Fargate-ARM-…"),
        "Fargate ARM64 GB hour": _price("0.00409", "2026-09-11", "AmazonECS, 2026-09-11: EUW2-Fargate-ARM-…"),
        "Fargate storage GB hour": _price(
            "0.000129", "2026-09-11", "AmazonECS, 2026-09-11: EUW2-Fargate-EphemeralStorage-GB-Hours"
        ),
        "NAT gateway hour": _price("0.05", "2026-09-25", "AmazonEC2, 2026-09-25: NAT gateway of eu-west-2"),
        "ALB hour": _price("0.02646", "2026-09-11", "AWSELB, 2026-09-11: EUW2-LoadBalancerUsage"),
        "public IPv4 hour": _price(
            "0.005", "2026-09-17", "AmazonVPC, 2026-09-17: EUW2-PublicIPv4:InUseAddress and IdleAddress"
        ),
        "interface endpoint hour": _price("0.011", "2026-09-17", "AmazonVPC, 2026-09-17: EUW2-VpcEndpoint-Hours"),
        "health check option month": _HEALTH_CHECK,
        "hosted zone month": _HOSTED_ZONE,
        "dashboard month": _DASHBOARD,
        "KMS key month": _price("1.00", "2026-09-11", "awskms, 2026-09-11: eu-west-2-KMS-Keys"),
        "secret month": _price("0.40", "2026-09-11", "AWSSecretsManager, 2026-09-11: EUW2-…-Secrets"),
        "alarm month": _price("0.10", "2026-09-22", "AmazonCloudWatch, 2026-09-22: EUW2-CW:AlarmMonitorUsage"),
        "RDS postgres db.t4g.micro hour": _price(
            "0.018", "2026-10-06", "AmazonRDS, 2026-10-06: EUW2-InstanceUsage:db.t4g.micro, PostgreSQL"
        ),
        "RDS postgres db.t3.micro hour": _price(
            "0.021", "2026-10-06", "AmazonRDS, 2026-10-06: EUW2-InstanceUsage:db.t3.micro, PostgreSQL"
        ),
        "RDS postgres db.t4g.small hour": _price(
            "0.036", "2026-10-06", "AmazonRDS, 2026-10-06: EUW2-InstanceUsage:db.t4g.small, PostgreSQL"
        ),
        "RDS postgres gp3 GB-month": _price(
            "0.133", "2026-10-06", "AmazonRDS, 2026-10-06: EUW2-RDS:GP3-Storage, PostgreSQL"
        ),
        "Aurora ACU hour": _price("0.14", "2026-10-06", "AmazonRDS, 2026-10-06: EUW2-Aurora:ServerlessV2Usage"),
        "Aurora I/O-Optimized ACU hour": _price(
            "0.19", "2026-10-06", "AmazonRDS, 2026-10-06: EUW2-Aurora:ServerlessV2IOOptimizedUsage"
        ),
    },
}
"""Region → item → price. A region that isn't here has no prices."""
