"""ElastiCache."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from tanada.resources.cost import HOURS, Planned, Priced, Units
from tanada.resources.entry import NotRead, Resource, Values, read


def _nodes(cache: Planned, nodes: Decimal | None) -> Units | None:
    engine, node_type = cache.text("engine"), cache.text("node_type")
    if engine is None or node_type is None or nodes is None:
        return None
    return [(f"ElastiCache {engine} {node_type} hour", nodes * HOURS)]


def _cluster(cluster: Planned) -> Units | None:
    return _nodes(cluster, cluster.number("num_cache_nodes", default=1))


def _replication_group(group: Planned) -> Units | None:
    shards, replicas = group.number("num_node_groups"), group.number("replicas_per_node_group", default=0)
    in_shards = None if shards is None or replicas is None else shards * (1 + replicas)
    return _nodes(group, group.number("num_cache_clusters") or in_shards)


def _group_replaces(state: Values, planned: Values, changed: Sequence[str]) -> list[str]:
    """Its shards as they are declared (which of their changes don't count was not read), and a step back: from Valkey
    to Redis, or to an older version (general knowledge)."""
    back = {
        "engine": (state.get("engine"), planned.get("engine")) == ("valkey", "redis"),
        "engine_version": _version(planned) < _version(state),
        "node_group_configuration": True,
    }
    return [name for name in changed if back.get(name)]


def _version(group: Values) -> list[int]:
    text = group.get("engine_version")
    return [int(digits) for digits in re.findall(r"\d+", text)] if isinstance(text, str) else []


RESOURCES = (
    Resource(
        type="aws_elasticache_cluster",
        lost="cache",
        kept=True,  # sessions and queues live in caches, whatever their name says
        replaces=NotRead(),
        cost=Priced(_cluster),
        max_items={"log_delivery_configuration": 2},
    ),
    Resource(
        type="aws_elasticache_replication_group",
        lost="cache",
        kept=True,  # sessions and queues live in caches, whatever their name says
        replaces=read(
            "elasticache/replication_group.go",
            "001b6364",
            "at_rest_encryption_enabled data_tiering_enabled global_replication_group_id kms_key_id "
            "network_type port replication_group_id security_group_names snapshot_arns snapshot_name "
            "subnet_group_name",
            when=_group_replaces,
        ),
        cost=Priced(_replication_group),
        defaults={"automatic_failover_enabled": False, "multi_az_enabled": False},
        sensitive=("auth_token",),
        max_items={"log_delivery_configuration": 2},
    ),
)
