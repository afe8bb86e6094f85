"""Answers of data sources: those in use as AWS would, any other by inventions from its schema."""

from __future__ import annotations

import copy
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from tanada import regions
from tanada.offline import policy
from tanada.offline.blocks import Block
from tanada.offline.codec import Value
from tanada.offline.computed import invented
from tanada.offline.configuration import REGION, Provider
from tanada.offline.inventing_rules import RULES
from tanada.offline.ledger import Ledger
from tanada.offline.seed import Seed, digest

Object = dict[str, Any]
_ALWAYS = ("id", "arn")
"""Whatever is found has these, also where the schema lets one look for it by them alone."""
Answer = Callable[[Seed], Object]


def read(kind: str, block: Block, config: Object, provider: Provider) -> Object:
    region = config.get("region") if isinstance(config.get("region"), str) else provider.region
    facts = Seed(
        kind,
        provider.account,
        region if isinstance(region, str) else REGION,
        config,
        digest(kind, provider.account, region, config),
        Ledger(),
    )
    answer = ANSWERS[kind](facts) if kind in ANSWERS else {}
    values = copy.deepcopy(config)
    for name, attribute in block.attributes.items():
        if name in answer:
            values[name] = answer[name]
        elif values.get(name) is None and (attribute.computed or name in _ALWAYS):
            values[name] = _invented(facts, name, attribute.type)
    return values


def _invented(facts: Seed, name: str, kind: Value) -> Value:
    if name == "region":
        return facts.region
    return invented(facts, name, kind)


def _policy_document(facts: Seed) -> Object:
    document = policy.render(facts.values)
    return {
        "id": str(zlib.crc32(document.pretty.encode())),  # as the plugin SDK hashes texts
        "json": document.pretty,
        "minified_json": document.minified,
        "version": facts.text("version") or "2012-10-17",
    }


def _caller_identity(facts: Seed) -> Object:
    return {
        "id": facts.account,
        "account_id": facts.account,
        "arn": facts.fill("arn:{partition}:sts::{account}:assumed-role/offline/offline"),
        "user_id": "AROAOFFLINEOFFLINE000:offline",
    }


def _region(facts: Seed) -> Object:
    return {
        "id": facts.region,
        "name": facts.region,
        "region": facts.region,
        "description": regions.DESCRIPTIONS.get(facts.region, facts.region),
        "endpoint": f"ec2.{facts.region}.{facts.suffix}",
    }


def _partition(facts: Seed) -> Object:
    return {
        "id": facts.partition,
        "partition": facts.partition,
        "dns_suffix": facts.suffix,
        "reverse_dns_prefix": ".".join(reversed(facts.suffix.split("."))),
    }


def _availability_zones(facts: Seed) -> Object:
    excluded = {*(facts.values.get("exclude_names") or []), *(facts.values.get("exclude_zone_ids") or [])}
    pairs = [
        (name, zone_id)
        for name, zone_id in zip(regions.zones(facts.region), regions.zone_ids(facts.region), strict=True)
        if name not in excluded and zone_id not in excluded
    ]
    return {
        "id": facts.region,
        "names": [name for name, _ in pairs],
        "zone_ids": [zone_id for _, zone_id in pairs],
        "group_names": [f"{facts.region}-zg-1"],
    }


def _route53_zone(facts: Seed) -> Object:
    zone_id = facts.text("zone_id") or f"Z{digest('zone', facts.account, facts.text('name'))[:16].upper()}"
    named = Seed(facts.kind, facts.account, facts.region, facts.values, digest(zone_id), facts.ledger)
    servers = RULES["aws_route53_zone"]["name_servers"](named)
    return {
        "id": zone_id,
        "zone_id": zone_id,
        "arn": facts.fill(f"arn:{{partition}}:route53:::hostedzone/{zone_id}"),
        "name": facts.text("name").removesuffix(".") or f"{zone_id.lower()}.example.com",
        "name_servers": servers,
        "primary_name_server": servers[0],
        "comment": "Managed by Terraform",
        "caller_reference": "terraform",
    }


def _secret(facts: Seed) -> Object:
    given = facts.text("arn")
    name = facts.text("name") or given.rpartition(":")[2][:-7]
    arn = given or facts.fill(f"arn:{{partition}}:secretsmanager:{{region}}:{{account}}:secret:{name}-{{mixed6}}")
    return {"id": arn, "arn": arn, "name": name}


def _vpc(facts: Seed) -> Object:
    vpc = facts.text("id") or facts.fill("vpc-{hex17}")
    default = facts.values.get("default") is True
    return {
        "id": vpc,
        "arn": facts.fill(f"arn:{{partition}}:ec2:{{region}}:{{account}}:vpc/{vpc}"),
        "cidr_block": facts.text("cidr_block") or ("172.31.0.0/16" if default else "10.0.0.0/16"),
        "default": default,
        "enable_dns_hostnames": True,
        "enable_dns_support": True,
        "instance_tenancy": "default",
        "state": "available",
        "main_route_table_id": facts.fill("rtb-{hex17}"),
    }


def _image(facts: Seed) -> Object:
    image = facts.fill("ami-{hex17}")
    return {
        "id": image,
        "image_id": image,
        "arn": facts.fill(f"arn:{{partition}}:ec2:{{region}}::image/{image}"),
        "architecture": "x86_64",
        "root_device_name": "/dev/xvda",
        "root_device_type": "ebs",
        "state": "available",
        "virtualization_type": "hvm",
    }


def _parameter(facts: Seed) -> Object:
    name = facts.text("name")
    value = f"offline-{facts.token[:8]}"
    return {
        "id": name,
        "arn": facts.fill(f"arn:{{partition}}:ssm:{{region}}:{{account}}:parameter/{name.removeprefix('/')}"),
        "type": "String",
        "value": value,
        "insecure_value": value,
        "version": 1,
    }


def _load_balancer_account(facts: Seed) -> Object:
    account = regions.LOAD_BALANCER_ACCOUNTS.get(facts.region, regions.ANY_LOAD_BALANCER_ACCOUNT)
    return {"id": account, "arn": f"arn:{facts.partition}:iam::{account}:root"}


ANSWERS: Mapping[str, Answer] = {
    "aws_ami": _image,
    "aws_availability_zones": _availability_zones,
    "aws_caller_identity": _caller_identity,
    "aws_elb_service_account": _load_balancer_account,
    "aws_iam_policy_document": _policy_document,
    "aws_partition": _partition,
    "aws_region": _region,
    "aws_route53_zone": _route53_zone,
    "aws_secretsmanager_secret": _secret,
    "aws_ssm_parameter": _parameter,
    "aws_vpc": _vpc,
}
