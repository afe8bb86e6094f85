"""What answers no more when a zone is lost, from the emitted JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.systems.emitted import Json, System


def single(system: System, environment: str) -> set[str]:
    """What of an environment has no other one elsewhere, whichever zone is lost, in the words of a README."""
    common = system.stacks[system.common_of(environment)]["resource"]
    zones = {_zone(each) for each in common["aws_subnet"].values()}
    assert len(zones) > 1, "there is no other zone"
    return {lost for zone in zones for lost in _lost(system, environment, common, zone)}


def _lost(system: System, environment: str, common: Json, zone: str) -> Iterator[str]:
    subnets = {name for name, each in common["aws_subnet"].items() if _zone(each) != zone}
    if not _way_out(common, subnets):
        yield "the way out (`nat: single`)"
    for balancer in common.get("aws_lb", {}).values():
        assert {name for name in common["aws_subnet"] if f".{name}." in str(balancer["subnets"])} & subnets
    targets = system.of(environment, "aws_appautoscaling_target").values()
    for name, service in system.of(environment, "aws_ecs_service").items():
        scaled = [each["min_capacity"] for each in targets if f".{name}." in str(each["resource_id"])]
        if min(scaled, default=service["desired_count"]) < 2:
            yield f"`{name.removesuffix('_service')}` (one task)"
    for name, database in system.of(environment, "aws_db_instance").items():
        if not database["multi_az"]:
            yield f"`{name.removesuffix('_instance')}` (one instance)"
    instances = system.of(environment, "aws_rds_cluster_instance").values()
    for name in system.of(environment, "aws_rds_cluster"):
        if sum(f".{name}." in each["cluster_identifier"] for each in instances) < 2:
            yield f"`{name.removesuffix('_cluster')}` (one instance)"
    for name, cache in system.of(environment, "aws_elasticache_cluster").items():
        if cache["num_cache_nodes"] < 2:
            yield f"`{name.removesuffix('_cluster')}` (one node)"
    for name, cache in system.of(environment, "aws_elasticache_replication_group").items():
        if not cache["multi_az_enabled"]:
            yield f"`{name.removesuffix('_group')}` (one node)"
    for name, domain in system.of(environment, "aws_opensearch_domain").items():
        if not domain["cluster_config"]["zone_awareness_enabled"]:
            yield f"`{name.removesuffix('_domain')}` (one node)"


def _zone(subnet: Json) -> str:
    return str(subnet["availability_zone"])


def _way_out(common: Json, subnets: set[str]) -> bool:
    """Whether the private subnets that are left go out by something that is left, too."""
    tables = {
        re.findall(r"aws_subnet\.(\w+)\.", each["subnet_id"])[0]: each["route_table_id"]
        for each in common["aws_route_table_association"].values()
    }
    for name in (each for each in subnets if "private" in each):
        gateways = [each for each in common["aws_route"].values() if each["route_table_id"] == tables[name]]
        nats = [re.findall(r"aws_nat_gateway\.(\w+)\.", str(each.get("nat_gateway_id", ""))) for each in gateways]
        stands = [common["aws_nat_gateway"][found[0]]["subnet_id"] for found in nats if found]
        if not any(f".{subnet}." in where for where in stands for subnet in subnets):
            return False
    return True
