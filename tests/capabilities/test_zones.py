"""The guide's table of what the loss of a zone does, `docs/zones.md`: of everything that golden files hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tanada.resources import entries
from tests.capabilities.test_capabilities import GOLDENS, HERE, ROOT
from tests.golden import held

Json = dict[str, Any]
PAGE = ROOT / "docs" / "zones.md"
_SEVERAL = "nothing: AWS keeps it in several zones of the region"


def _service(service: Json, _: Json) -> tuple[str, str]:
    if service["desired_count"] > 1:
        return "two tasks or more", "those in other zones answer, and ECS starts the missing ones there"
    return "one task", "nobody answers until ECS has started it in another zone: some minutes"


def _nat(_: Json, resources: Json) -> tuple[str, str]:
    tables = len(resources["aws_route_table"]) - 1  # the public subnets share one
    if len(resources["aws_nat_gateway"]) >= tables:
        return "`nat: per_zone`", "tasks in other zones go out as before, each zone from its own address"
    return "`nat: single`", "where it is that of the NAT, no task goes out to images, AWS or partners until it is back"


def _balancer(balancer: Json, _: Json) -> tuple[str, str]:
    subnets = balancer["subnets"]
    assert isinstance(subnets, str) or len(subnets) > 1
    return "in all zones of the network", "its nodes in other zones answer, and DNS names them alone"


def _database(database: Json, _: Json) -> tuple[str, str]:
    if database["multi_az"]:
        return "`multi_zone: true`", "the one that stands by takes over in a minute or two, with all that was written"
    return "`multi_zone: false`", "it answers no more until the zone is back, or somebody restores it in another"


def _cluster(cluster: Json, resources: Json) -> tuple[str, str]:
    (name,) = (name for name, each in resources["aws_rds_cluster"].items() if each is cluster)
    instances = [
        each for each in resources["aws_rds_cluster_instance"].values() if f".{name}." in each["cluster_identifier"]
    ]
    assert instances
    if len(instances) > 1:
        return "`instances: 2` or more", "another takes over in about a minute: what is stored is in three zones"
    return "`instances: 1`", "Aurora makes another elsewhere: some ten minutes; what is stored is in three zones"


def _replicated(group: Json, _: Json) -> tuple[str, str]:
    if group["multi_az_enabled"]:
        return "`replicas: 1` or more", "a replica takes over in a minute; writes of the last moment may be lost"
    return "`replicas: 0`", "what it holds is gone; ElastiCache makes an empty node once the zone is back"


def _cache(_: Json, __: Json) -> tuple[str, str]:
    return "`memcached`", "what is on that node is gone; ElastiCache makes an empty one once the zone is back"


def _search(domain: Json, _: Json) -> tuple[str, str]:
    if domain["cluster_config"]["zone_awareness_enabled"]:
        return (
            "`nodes: 2` or more",
            "nodes in other zones answer, with all of which each index has replicas (one, by itself)",
        )
    return "`nodes: 1`", "nobody answers until the zone is back; was its disk lost, it begins empty or from a snapshot"


def _file_system(system: Json, resources: Json) -> tuple[str, str]:
    assert not system.get("availability_zone_name")
    assert len(resources["aws_efs_mount_target"]) > 1
    return "a mount target in each zone", "tasks in other zones read and write on"


def _several(_: Json, __: Json) -> tuple[str, str]:
    return "always", _SEVERAL


RULES: Mapping[str, tuple[str, Callable[[Json, Json], tuple[str, str]]]] = {
    "aws_ecs_service": ("a service", _service),
    "aws_nat_gateway": ("the way out", _nat),
    "aws_lb": ("a load balancer", _balancer),
    "aws_db_instance": ("a database", _database),
    "aws_rds_cluster": ("an aurora", _cluster),
    "aws_elasticache_replication_group": ("a cache (Valkey, Redis)", _replicated),
    "aws_elasticache_cluster": ("a cache (Memcached)", _cache),
    "aws_opensearch_domain": ("a search", _search),
    "aws_efs_file_system": ("a file system", _file_system),
    "aws_backup_vault": ("the copies of `backup`", _several),
    "aws_dynamodb_table": ("a table", _several),
    "aws_s3_bucket": ("a bucket", _several),
    "aws_sqs_queue": ("a queue", _several),
    "aws_sns_topic": ("a topic", _several),
    "aws_scheduler_schedule": ("a job's schedule", _several),
    "aws_secretsmanager_secret": ("a secret", _several),
}
"""Sources: each service's user guide on its resilience; Amazon RDS, "Multi-AZ DB instance deployments", and Aurora,
"High availability"; ElastiCache, "Minimizing downtime with Multi-AZ"; Amazon ECS, "Availability Zone rebalancing"."""
ELSEWHERE = {
    "aws_acm_certificate": "of the region",
    "aws_cloudfront_distribution": "global",
    "aws_cloudwatch_log_group": "of the region",
    "aws_db_cluster_snapshot": "kept in S3",
    "aws_cognito_user_pool": "of the region",
    "aws_db_snapshot": "kept in S3",
    "aws_ecr_repository": "of the region",
    "aws_eip": "of its NAT",
    "aws_iam_openid_connect_provider": "global",
    "aws_iam_role": "global",
    "aws_iam_user": "global",
    "aws_internet_gateway": "of the region",
    "aws_lb_listener": "of its load balancer",
    "aws_rds_cluster_instance": "of its cluster",
    "aws_route53_zone": "global",
    "aws_route_table": "of the region",
    "aws_subnet": "of its zone: what stands in it has a row",
    "aws_vpc": "of the region",
}
"""What would be missed, and has no row of its own."""


def every() -> Iterator[tuple[str, Json, Json]]:
    """Type, resource, and all that stands beside it."""
    for golden in GOLDENS:
        resources = json.loads((HERE / golden).read_text(encoding="utf-8"))["resource"]
        yield from ((type_, each, resources) for type_, named in resources.items() for each in named.values())


def test_the_guide_says_of_each_part_what_the_loss_of_a_zone_does() -> None:
    rows: dict[str, dict[str, str]] = {type_: {} for type_ in RULES}
    for type_, resource, beside in every():
        if type_ in RULES:
            case, happens = RULES[type_][1](resource, beside)
            rows[type_][case] = happens
    assert [type_ for type_, found in rows.items() if not found] == [], "no golden file holds one"
    text = PAGE.read_text(encoding="utf-8")
    head, rule, _ = text.partition("| --- | --- | --- |\n")
    made = [
        f"| {RULES[type_][0]} | {case} | {happens} |\n"
        for type_, found in rows.items()
        for case, happens in sorted(found.items())
    ]
    held(PAGE, head + rule + "".join(made))


def test_whatever_would_be_missed_has_a_row_or_a_reason() -> None:
    emitted = {type_ for type_, _, _ in every()}
    kept = {type_ for type_ in emitted if (entry := entries().get(type_)) is not None and entry.lost is not None}
    assert kept - {*RULES, *ELSEWHERE} == set()
    assert {*ELSEWHERE} - kept == set(), "a reason that nothing needs"
