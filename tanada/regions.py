"""Regions: their partition and zones, as data.

Zone names: AWS's documentation on regions, from general knowledge. A region that is not listed gets the zones a, b, c.
"""

from __future__ import annotations

DEFAULT_ZONES = "abc"
ZONES = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ca-central-1": "abd",
    "eu-central-1": "abc",
    "eu-north-1": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-west-1": "ac",
    "us-west-2": "abcd",
}


def partition(region: str) -> str:
    """The partition of ARNs in a region (AWS General Reference, "Amazon Resource Names")."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def dns_suffix(region: str) -> str:
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def zones(region: str) -> list[str]:
    return [region + letter for letter in ZONES.get(region, DEFAULT_ZONES)]


def zone_ids(region: str) -> list[str]:
    """`apne1-az1`: the region's words cut short. Which letter has which id differs by account anyway."""
    area, *words, number = region.split("-")
    parts = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}
    short = "".join(
        "".join(letter for word, letter in parts.items() if word in direction) or direction[:1] for direction in words
    )
    return [f"{area}{short}{number}-az{index}" for index in range(1, len(zones(region)) + 1)]
