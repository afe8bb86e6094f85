"""What AWS calls things, for people; by resource type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tanada.graph.emitted import Json, Resource
from tanada.text import count

_ENGINES = {
    "aurora-mysql": "Aurora MySQL",
    "aurora-postgresql": "Aurora PostgreSQL",
    "mariadb": "MariaDB",
    "memcached": "Memcached",
    "mysql": "MySQL",
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "valkey": "Valkey",
}
STORES: dict[str, Callable[[Json], str]] = {
    "aws_rds_cluster": lambda body: _engine(body),
    "aws_db_instance": lambda body: f"RDS {_engine(body)}",
    "aws_elasticache_replication_group": lambda body: f"ElastiCache {_engine(body)}",
    "aws_elasticache_cluster": lambda body: f"ElastiCache {_engine(body)}",
    "aws_opensearch_domain": lambda _: "OpenSearch domain",
    "aws_mq_broker": lambda body: f"Amazon MQ {body.get('engine_type', '')}".strip(),
    "aws_dynamodb_table": lambda _: "DynamoDB table",
    "aws_efs_file_system": lambda _: "EFS file system",
    "aws_s3_bucket": lambda _: "S3 bucket",
    "aws_sns_topic": lambda body: "SNS FIFO topic" if body.get("fifo_topic") is True else "SNS topic",
    "aws_sqs_queue": lambda body: "SQS FIFO queue" if body.get("fifo_queue") is True else "SQS queue",
    "aws_efs_access_point": lambda _: "EFS file system",
}
"""The first of these that a store has says what it is."""
_SERVICES = {
    "dynamodb": "DynamoDB table",
    "elasticfilesystem": "EFS file system",
    "s3": "S3 bucket",
    "sns": "SNS topic",
    "sqs": "SQS queue",
}
"""By the third part of an ARN."""
EXISTING = "existing"
_LONGEST = 23


def store(resources: Sequence[Resource]) -> tuple[str, tuple[str, ...]]:
    """What a store is, and what else there is to say of it."""
    for type_, said in STORES.items():
        if found := [each for each in resources if each.type == type_]:
            main = next((each for each in found if "dead" not in each.name and "restored" not in each.name), found[0])
            details = [EXISTING] if type_ == "aws_efs_access_point" else list(_size(resources, main.body))
            return said(main.body), tuple(details)
    named = next((each.type for each in resources), "aws_store")
    return named.removeprefix("aws_").replace("_", " "), ()


def by_arn(arn: str) -> str:
    """What an ARN is of; nothing where that isn't known."""
    return _SERVICES.get(arn.split(":")[2] if arn.count(":") > 2 else "", "")


def tasks(service: Json, scaling: Json | None) -> str:
    """`2 tasks`, `2–10 tasks`; nothing where an expression decides."""
    if scaling is not None:
        low, high = scaling.get("min_capacity"), scaling.get("max_capacity")
        if isinstance(low, int) and isinstance(high, int):
            return f"{low}–{high} tasks"
    wanted = service.get("desired_count")
    return count(wanted, "task") if isinstance(wanted, int) else ""


def schedule(body: Json) -> list[str]:
    """`cron(0 3 * * ? *) · UTC`."""
    return _lines(
        [str(body[each]) for each in ("schedule_expression", "schedule_expression_timezone") if body.get(each)]
    )


def _engine(body: Json) -> str:
    engine = str(body.get("engine", ""))
    return _ENGINES.get(engine, engine)


def _size(resources: Sequence[Resource], body: Json) -> list[str]:
    """Class and number of servers, copies in other regions."""
    instances = [
        each.body for each in resources if each.type == "aws_rds_cluster_instance" and "restored" not in each.name
    ]
    size: Any = (
        body.get("instance_class")
        or body.get("node_type")
        or next((each.get("instance_class") for each in instances), "")
    )
    servers = len(instances) or body.get("num_cache_clusters") or body.get("num_cache_nodes") or 0
    said = [str(size)] if size and "${" not in str(size) else []
    if isinstance(servers, int) and servers > 1:
        said.append(f"{servers} nodes" if not instances else f"{servers} instances")
    if body.get("multi_az") is True:
        said.append("Multi-AZ")
    copies = body.get("replica")
    if isinstance(copies, list) and copies:
        said.append(f"copies in {len(copies)} more regions" if len(copies) > 1 else "a copy in another region")
    return _lines(said)


def _lines(said: Sequence[str]) -> list[str]:
    """One line, or a line each where that is too long for a box."""
    together = " · ".join(said)
    return list(said) if len(together) > _LONGEST else [together] if said else []
