"""Computed attributes that take more than a template, type by type, in the order in which they depend."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from tanada import regions
from tanada.offline.seed import Seed, digest, spelled

Rule = Callable[[Seed], Any]

_DOCUMENTATION = tuple(ipaddress.ip_network(text) for text in ("198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24"))
"""Addresses that belong to nobody (RFC 5737)."""
_LOAD_BALANCERS = {"application": "app", "gateway": "gwy", "network": "net"}


def public_address(facts: Seed) -> str:
    """A documentation address that no other elastic address has; it is kept for its NAT gateway."""

    def candidates() -> Iterator[str]:
        hosts = [str(host) for network in _DOCUMENTATION for host in network.hosts()]
        start = int(facts.token[:8], 16)
        for step in range(len(hosts)):
            yield f"address {hosts[(start + step) % len(hosts)]}"

    address = facts.ledger.first_free(candidates()).removeprefix("address ")
    facts.ledger.note(f"aws_eip {facts.text('id')}", address)
    return address


def _public_dns(facts: Seed) -> str:
    return f"ec2-{facts.text('public_ip').replace('.', '-')}.{facts.region}.compute.{facts.suffix}"


def _nat_address(facts: Seed) -> str:
    return facts.ledger.get(f"aws_eip {facts.text('allocation_id')}") or ""


def _private_address(facts: Seed) -> str:
    return ".".join(["10", "0", *(str(int(facts.token[place : place + 2], 16) % 254 + 1) for place in (0, 2))])


def _name_servers(facts: Seed) -> list[str]:
    number = int(facts.token[:8], 16)
    domains = ("com", "net", "org", "co.uk")
    return sorted(
        f"ns-{(number + step * 512) % 2048}.awsdns-{number % 64:02}.{end}" for step, end in enumerate(domains)
    )


def _record_id(facts: Seed) -> str:
    parts = [facts.text("zone_id"), _record_name(facts), facts.text("type"), facts.text("set_identifier")]
    return "_".join(part for part in parts if part)


def _record_name(facts: Seed) -> str:
    return facts.text("name").removesuffix(".").lower()


def _default_security_group(vpc: str) -> str:
    return f"sg-0{digest('default security group', vpc)[:16]}"


def _vpc_ipv6(facts: Seed) -> str:
    if not facts.values.get("assign_generated_ipv6_cidr_block"):
        return ""
    return f"2001:db8:{int(facts.token[:4], 16):x}:{int(facts.token[4:6], 16) << 8:x}::/56"  # RFC 3849


def _validation_options(facts: Seed) -> list[dict[str, str]]:
    """One record per name; a wildcard and its apex share theirs."""
    options = facts.values.get("domain_validation_options")
    names = [option["domain_name"] for option in options] if isinstance(options, list) else []
    made = []
    for name in names:
        base = str(name).removeprefix("*.")
        label = digest("acm", facts.account, facts.region, base)
        made.append(
            {
                "domain_name": name,
                "resource_record_name": f"_{label[:32]}.{base}.",
                "resource_record_type": "CNAME",
                "resource_record_value": f"_{label[32:64]}.{spelled(label, 'bcdfghjklm', 10)}.acm-validations.aws.",
            }
        )
    return made


def _cluster(facts: Seed) -> str:
    return facts.text("cluster").rpartition("/")[2] or "default"


def _oidc_provider_arn(facts: Seed) -> str:
    """IAM names a provider by its URL without the scheme."""
    host = facts.text("url").removeprefix("https://")
    return facts.fill("arn:{partition}:iam::{account}:oidc-provider/") + host


def _service_arn(facts: Seed) -> str:
    return facts.fill(f"arn:{{partition}}:ecs:{{region}}:{{account}}:service/{_cluster(facts)}/{{name}}")


def _revision(facts: Seed) -> int:
    """Counted up by family, as AWS does, over the lives of a task definition."""
    return facts.ledger.next(f"revision {facts.account} {facts.region} {facts.text('family')}")


def _task_definition(facts: Seed) -> str:
    return facts.fill("arn:{partition}:ecs:{region}:{account}:task-definition/{family}")


def _task_definition_revision(facts: Seed) -> str:
    return f"{_task_definition(facts)}:{facts.values['revision']}"


def _load_balancer(facts: Seed) -> str:
    form = _LOAD_BALANCERS.get(facts.text("load_balancer_type"), "app")
    return facts.fill(f"{form}/{{name}}/{{hex16}}")


def _load_balancer_arn(facts: Seed) -> str:
    return facts.fill("arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/") + _load_balancer(facts)


def _load_balancer_name(facts: Seed) -> str:
    internal = "internal-" if facts.values.get("internal") is True else ""
    return facts.fill(f"{internal}{{name}}-{{digits10}}.{{region}}.elb.{{suffix}}").lower()


def _below(parent: str, old: str, new: str) -> Rule:
    """A listener's ARN is made of its load balancer's, a rule's of its listener's."""
    return lambda facts: facts.text(parent).replace(f":{old}/", f":{new}/", 1) + f"/{facts.token[:16]}"


def _listener_protocol(facts: Seed) -> str:
    return "HTTP" if "/app/" in facts.text("load_balancer_arn") else ""


def _tls_policy(facts: Seed) -> str:
    return "ELBSecurityPolicy-2016-08" if facts.text("protocol") in ("HTTPS", "TLS") else ""


def _key_arn(facts: Seed) -> str:
    target = facts.text("target_key_id")
    return (
        target
        if target.startswith("arn:")
        else facts.fill(f"arn:{{partition}}:kms:{{region}}:{{account}}:key/{target}")
    )


def _namespace(facts: Seed) -> str:
    config = facts.values.get("dns_config")
    return str(config[0].get("namespace_id") or "") if isinstance(config, list) and config else ""


def _stream(facts: Seed) -> str:
    return "2026-01-01T00:00:00.000" if facts.values.get("stream_enabled") else ""


def _stream_arn(facts: Seed) -> str:
    return f"{facts.text('arn')}/stream/{_stream(facts)}" if _stream(facts) else ""


def _zone_id(facts: Seed) -> str:
    ids = dict(zip(regions.zones(facts.region), regions.zone_ids(facts.region), strict=True))
    return ids.get(facts.text("availability_zone"), next(iter(ids.values())))


RULES: dict[str, dict[str, Rule]] = {
    "aws_acm_certificate": {"domain_validation_options": _validation_options},
    "aws_default_security_group": {
        "id": lambda facts: _default_security_group(facts.text("vpc_id")),
        "arn": lambda facts: facts.fill("arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
    },
    "aws_dynamodb_table": {"stream_arn": _stream_arn, "stream_label": _stream},
    "aws_ecs_service": {"cluster": _cluster, "arn": _service_arn, "id": _service_arn},
    "aws_ecs_task_definition": {
        "revision": _revision,
        "arn": _task_definition_revision,
        "arn_without_revision": _task_definition,
    },
    "aws_eip": {"public_ip": public_address, "public_dns": _public_dns},
    "aws_iam_openid_connect_provider": {"arn": _oidc_provider_arn, "id": _oidc_provider_arn},
    "aws_kms_alias": {"target_key_arn": _key_arn},
    "aws_lb": {
        "arn": _load_balancer_arn,
        "id": _load_balancer_arn,
        "arn_suffix": _load_balancer,
        "dns_name": _load_balancer_name,
        "zone_id": lambda facts: regions.LOAD_BALANCER_ZONES.get(facts.region, regions.ANY_LOAD_BALANCER_ZONE),
        "ip_address_type": lambda _facts: "ipv4",
    },
    "aws_lb_listener": {
        "arn": _below("load_balancer_arn", "loadbalancer", "listener"),
        "id": _below("load_balancer_arn", "loadbalancer", "listener"),
        "protocol": _listener_protocol,
        "ssl_policy": _tls_policy,
    },
    "aws_lb_listener_rule": {
        "arn": _below("listener_arn", "listener", "listener-rule"),
        "id": _below("listener_arn", "listener", "listener-rule"),
        "priority": lambda facts: facts.ledger.next(f"priority {facts.text('listener_arn')}"),
    },
    "aws_nat_gateway": {"public_ip": _nat_address, "private_ip": _private_address},
    "aws_route53_record": {"id": _record_id, "fqdn": _record_name},
    "aws_route53_zone": {
        "name_servers": _name_servers,
        "primary_name_server": lambda facts: _name_servers(facts)[0],
    },
    "aws_service_discovery_service": {"namespace_id": _namespace},
    "aws_subnet": {"availability_zone": lambda facts: f"{facts.region}a", "availability_zone_id": _zone_id},
    "aws_vpc": {
        "default_security_group_id": lambda facts: _default_security_group(facts.text("id")),
        "ipv6_cidr_block": _vpc_ipv6,
        "ipv6_association_id": lambda facts: facts.fill("vpc-cidr-assoc-{hex17}") if _vpc_ipv6(facts) else "",
    },
}
