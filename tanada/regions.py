"""Regions: their partition and the zones in which all that Tanada emits can stand, as data.

Which regions there are: botocore, which a test holds this list to. How many zones they have: AWS's documentation on
regions, from general knowledge.
"""

from __future__ import annotations

from itertools import count, islice

ZONES = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-east-2": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-south-2": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ap-southeast-3": "abc",
    "ap-southeast-4": "abc",
    "ap-southeast-5": "abc",
    "ap-southeast-6": "abc",
    "ap-southeast-7": "abc",
    "ca-central-1": "abd",
    "ca-west-1": "abc",
    "cn-north-1": "ab",
    "cn-northwest-1": "abc",
    "eu-central-1": "abc",
    "eu-central-2": "abc",
    "eu-north-1": "abc",
    "eu-south-1": "abc",
    "eu-south-2": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "il-central-1": "abc",
    "me-central-1": "abc",
    "me-south-1": "abc",
    "mx-central-1": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-gov-east-1": "abc",
    "us-gov-west-1": "abc",
    "us-west-1": "ac",
    "us-west-2": "abcd",
}
"""Every region of the partitions that Tanada knows → the letters of its zones, as a new account has them."""
WITHOUT_FARGATE = {
    "ap-northeast-1": ("apne1-az3",),
    "cn-north-1": ("cnn1-az3", "cnn1-az4"),
    "us-west-1": ("usw1-az2",),
}
"""Zones that some accounts see and in which no task runs, by their ids: a letter is another zone in each account (ECS
developer guide, "Supported Regions for Amazon ECS on AWS Fargate"). apne1-az3 has no NAT gateways either
(aws/aws-cdk#5847)."""


def partition(region: str) -> str:
    """The partition of ARNs in a region (AWS General Reference, "Amazon Resource Names")."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def other_partition(region: str) -> str | None:
    """The partition of a region in none that Tanada knows (botocore's endpoints.json, `regionRegex`)."""
    others = {"eusc-": "aws-eusc", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e"}
    return next((name for start, name in {**others, "us-isof-": "aws-iso-f"}.items() if region.startswith(start)), None)


def dns_suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def zones(region: str) -> list[str]:
    """Those in which tasks run; of a region that is not known, a, b and c."""
    return [region + letter for letter in ZONES.get(region, "abc")]


def zone_ids(region: str) -> list[str]:
    """`apne1-az1`: the region's words cut short. Which letter has which id differs by account anyway."""
    area, *words, number = region.split("-")
    parts = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}
    short = "".join(
        "".join(letter for word, letter in parts.items() if word in direction) or direction[:1] for direction in words
    )
    usable = (
        zone_id
        for index in count(1)
        if (zone_id := f"{area}{short}{number}-az{index}") not in WITHOUT_FARGATE.get(region, ())
    )
    return list(islice(usable, len(zones(region))))
