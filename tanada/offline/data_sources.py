"""Answers of data sources: those in use as AWS would, any other by inventions from its schema."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from tanada import regions
from tanada.offline.blocks import Block
from tanada.offline.codec import Value
from tanada.offline.computed import invented
from tanada.offline.configuration import REGION, Provider
from tanada.offline.ledger import Ledger
from tanada.resources.elb import ZONES
from tanada.resources.route53 import name_servers
from tanada.resources.seed import Seed, digest

Object = dict[str, Any]
_ALWAYS = ("id", "arn")
"""Whatever is found has these, also where the schema lets one look for it by them alone."""
Answer = Callable[[Seed], Object]


def read(kind: str, block: Block, config: Object, provider: Provider) -> Object:
    region = config.get("region") if isinstance(config.get("region"), str) else provider.region
    seed = Seed(
        kind,
        provider.account,
        region if isinstance(region, str) else REGION,
        config,
        digest(kind, provider.account, region, config),
        Ledger(),
    )
    answer = ANSWERS[kind](seed) if kind in ANSWERS else {}
    values = copy.deepcopy(config)
    for name, attribute in block.attributes.items():
        if name in answer:
            values[name] = answer[name]
        elif values.get(name) is None and (attribute.computed or name in _ALWAYS):
            values[name] = _invented(seed, name, attribute.type)
    return values


def _invented(seed: Seed, name: str, kind: Value) -> Value:
    if name == "region":
        return seed.region
    return invented(seed, name, kind)


def _availability_zones(seed: Seed) -> Object:
    excluded = {*(seed.values.get("exclude_names") or []), *(seed.values.get("exclude_zone_ids") or [])}
    pairs = [
        (name, zone_id)
        for name, zone_id in zip(regions.zones(seed.region), regions.zone_ids(seed.region), strict=True)
        if name not in excluded and zone_id not in excluded
    ]
    return {
        "id": seed.region,
        "names": [name for name, _ in pairs],
        "zone_ids": [zone_id for _, zone_id in pairs],
        "group_names": [f"{seed.region}-zg-1"],
    }


def _route53_zone(seed: Seed) -> Object:
    zone_id = seed.text("zone_id") or f"Z{digest('zone', seed.account, seed.text('name'))[:16].upper()}"
    named = Seed(seed.kind, seed.account, seed.region, seed.values, digest(zone_id), seed.ledger)
    servers = name_servers(named)
    return {
        "id": zone_id,
        "zone_id": zone_id,
        "arn": seed.fill(f"arn:{{partition}}:route53:::hostedzone/{zone_id}"),
        "name": seed.text("name").removesuffix(".") or f"{zone_id.lower()}.example.com",
        "private_zone": seed.values.get("private_zone") is True,
        "name_servers": servers,
        "primary_name_server": servers[0],
        "comment": "Managed by Terraform",
        "caller_reference": "terraform",
    }


def _lb(seed: Seed) -> Object:
    arn = seed.text("arn")
    name = arn.split("/")[2] if arn.count("/") == 3 else "there-already"
    return {
        "id": arn,
        "name": name,
        "dns_name": f"{name}-{digest(arn)[:10]}.{seed.region}.elb.amazonaws.com",
        "zone_id": ZONES.get(seed.region, "Z00000000EXAMPLE"),
        "internal": False,
        "load_balancer_type": "application",
        "security_groups": [f"sg-{digest(arn, 'group')[:17]}"],
    }


def _lb_listener(seed: Seed) -> Object:
    arn = seed.text("load_balancer_arn").replace(":loadbalancer/", ":listener/", 1)
    arn = f"{arn}/{digest(arn, seed.values.get('port'))[:16]}"
    return {"id": arn, "arn": arn, "protocol": "HTTPS"}


def _vpc(seed: Seed) -> Object:
    vpc = seed.text("id")
    return {
        "id": vpc,
        "arn": seed.fill(f"arn:{{partition}}:ec2:{{region}}:{{account}}:vpc/{vpc}"),
        "cidr_block": "10.200.0.0/16",
        "enable_dns_support": True,
        "enable_dns_hostnames": True,
        "default": False,
        "state": "available",
    }


def _subnet(seed: Seed) -> Object:
    subnet, zones = seed.text("id"), regions.zones(seed.region)
    place = int(digest(subnet), 16)
    return {
        "id": subnet,
        "vpc_id": seed.text("vpc_id"),
        "arn": seed.fill(f"arn:{{partition}}:ec2:{{region}}:{{account}}:subnet/{subnet}"),
        "cidr_block": f"10.200.{place % 256}.0/24",
        "ipv6_cidr_block": "",
        "availability_zone": zones[place % len(zones)],
        "state": "available",
    }


ANSWERS: Mapping[str, Answer] = {
    "aws_availability_zones": _availability_zones,
    "aws_lb": _lb,
    "aws_lb_listener": _lb_listener,
    "aws_route53_zone": _route53_zone,
    "aws_subnet": _subnet,
    "aws_vpc": _vpc,
}
