"""ElastiCache."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from tanada.resources.cost import HOURS, SETTING, Planned, Priced, Units
from tanada.resources.entry import Resource, Values, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, in_use, taken
from tanada.resources.request import Member, made_by


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


def _cluster_replaces(state: Values, planned: Values, changed: Sequence[str]) -> list[str]:
    """A step back to an older version; and of Memcached another class of nodes."""
    memcached = planned.get("engine") == "memcached"
    back = {"engine_version": _version(planned) < _version(state), "node_type": memcached}
    return [name for name in changed if back.get(name)]


def _family(group: Values) -> str | None:
    """The family that parameters of an engine and its version are of."""
    engine, version = group.get("engine"), _version(group)
    if not isinstance(engine, str) or not version:
        return None
    if engine == "memcached" or (engine == "redis" and version[0] < 6):
        return f"{engine}{version[0]}.{version[1]}" if len(version) > 1 else None
    return f"{engine}{version[0]}{'.x' if engine == 'redis' and version[0] == 6 else ''}"


def _other_family(call: Call, world: World) -> bool:
    name, family = call.values.get("parameter_group_name"), _family(call.values)
    return (
        call.action != "delete"
        and isinstance(name, str)
        and family is not None
        and any(
            each.get("name") == name and isinstance(each.get("family"), str) and each["family"] != family
            for each in world.living("aws_elasticache_parameter_group")
        )
    )


_OF_FAMILY = Refusal(
    code="InvalidParameterCombination",
    sentence="Expected a parameter group of another family for {engine} {engine_version}",
    source="hashicorp/terraform-provider-aws#27748, whose families are left out here",
    holds=_other_family,
    watches={"aws_elasticache_parameter_group": ("name", "family")},
)


def _fails_over_to_nobody(call: Call, _world: World) -> bool:
    nodes = call.values.get("num_cache_clusters")
    several = call.values.get("automatic_failover_enabled") is True
    return call.action != "delete" and several and isinstance(nodes, int) and nodes < 2


def _cannot_encrypt(call: Call, _world: World) -> bool:
    first = str(call.values.get("node_type")).split(".")[1:2]
    encrypts = (
        call.values.get("at_rest_encryption_enabled") == "true" or call.values.get("transit_encryption_enabled") is True
    )
    return call.action == "create" and encrypts and first in (["t1"], ["m1"], ["m2"], ["c1"])


_ENCRYPTED = Refusal(
    code="InvalidParameterCombination",
    sentence="Encryption is not supported for node type {node_type}",
    source="ElastiCache user guide, In-transit encryption, At-rest encryption; the sentence is ours",
    holds=_cannot_encrypt,
)
_TAGS = ("elasticache:AddTagsToResource", "elasticache:RemoveTagsFromResource")
_LISTED = "elasticache:ListTagsForResource"
_NAMES = {
    "maintenance_window": "PreferredMaintenanceWindow",
    "node_type": "CacheNodeType",
    "parameter_group_name": "CacheParameterGroupName",
    "subnet_group_name": "CacheSubnetGroupName",
}

RESOURCES = (
    Resource(
        type="aws_elasticache_cluster",
        lost="cache",
        kept=True,  # sessions and queues live in caches, whatever their name says
        replaces=read(
            "elasticache/cluster.go",
            "01606926",
            "availability_zone cluster_id engine network_type outpost_mode port preferred_outpost_arn "
            "replication_group_id snapshot_arns snapshot_name subnet_group_name transit_encryption_enabled",
            when=_cluster_replaces,
        ),
        cost=Priced(_cluster),
        max_items={"log_delivery_configuration": 2},
        defaults={"auto_minor_version_upgrade": "true"},
        computed={
            "id": "{cluster_id}",
            "arn": arn("elasticache", "cluster:{cluster_id}"),
            "cluster_address": "{cluster_id}.{lower13}.cfg.{region}.cache.{suffix}",
        },
        fills={},
        refusals=(
            _OF_FAMILY,
            _ENCRYPTED,
            taken(
                "aws_elasticache_cluster",
                "cluster_id",
                "CacheClusterAlreadyExists",
                "Cache cluster {cluster_id} already exists",
                "ElastiCache API reference, CreateCacheCluster; the sentence is ours",
            ),
        ),
        request=made_by(
            "elasticache",
            "CreateCacheCluster ModifyCacheCluster",
            "AWS::ElastiCache::CacheCluster",
            cluster_id="CacheClusterId",
            **_NAMES,
        ),
        reads=("elasticache:DescribeCacheClusters", _LISTED),
        changes=(
            "elasticache:CreateCacheCluster",
            "elasticache:DeleteCacheCluster",
            "elasticache:ModifyCacheCluster",
            *_TAGS,
        ),
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
        computed={
            "id": "{replication_group_id}",
            "arn": arn("elasticache", "replicationgroup:{replication_group_id}"),
            "primary_endpoint_address": "master.{replication_group_id}.{lower13}.{region}.cache.{suffix}",
            "reader_endpoint_address": "replica.{replication_group_id}.{lower13}.{region}.cache.{suffix}",
        },
        sensitive=("auth_token",),
        max_items={"log_delivery_configuration": 2},
        fills={},
        refusals=(
            _OF_FAMILY,
            _ENCRYPTED,
            Refusal(
                code="InvalidParameterCombination",
                sentence="When using automatic failover, there must be at least 2 cache clusters in the replication "
                "group.",
                source="ministryofjustice/cloud-platform-environments#5719, hashicorp/terraform#25077",
                holds=_fails_over_to_nobody,
            ),
            taken(
                "aws_elasticache_replication_group",
                "replication_group_id",
                "ReplicationGroupAlreadyExists",
                "Replication group {replication_group_id} already exists",
                "ElastiCache API reference, CreateReplicationGroup; the sentence is ours",
            ),
        ),
        request=made_by(
            "elasticache",
            "CreateReplicationGroup ModifyReplicationGroup",
            "AWS::ElastiCache::ReplicationGroup",
            description="ReplicationGroupDescription",
            at_rest_encryption_enabled=Member("AtRestEncryptionEnabled", {"true": True, "false": False}),
            auto_minor_version_upgrade=Member("AutoMinorVersionUpgrade", {"true": True, "false": False}),
            **_NAMES,
        ),
        reads=("elasticache:DescribeCacheClusters", "elasticache:DescribeReplicationGroups", _LISTED),
        changes=(
            "elasticache:CreateReplicationGroup",
            "elasticache:DecreaseReplicaCount",
            "elasticache:DeleteReplicationGroup",
            "elasticache:IncreaseReplicaCount",
            "elasticache:ModifyReplicationGroup",
            *_TAGS,
        ),
    ),
    replaceable(
        "aws_elasticache_parameter_group",
        read("elasticache/parameter_group.go", "0593466d", "description family name"),
        SETTING,
        defaults={"description": "Managed by Terraform"},
        computed={"id": "{name}", "arn": arn("elasticache", "parametergroup:{name}")},
        fills={},
        refusals=(
            in_use(
                "InvalidCacheParameterGroupState",
                "One or more cache clusters are still members of this parameter group {name}, so the group cannot be "
                "deleted",
                "ElastiCache API reference, DeleteCacheParameterGroup; the sentence is ours",
                "aws_elasticache_replication_group parameter_group_name",
                "aws_elasticache_cluster parameter_group_name",
                mine="name",
            ),
            taken(
                "aws_elasticache_parameter_group",
                "name",
                "CacheParameterGroupAlreadyExists",
                "Parameter group {name} already exists",
                "ElastiCache API reference, CreateCacheParameterGroup; the sentence is ours",
            ),
        ),
        request=made_by(
            "elasticache",
            "CreateCacheParameterGroup ModifyCacheParameterGroup",
            "AWS::ElastiCache::ParameterGroup",
            name="CacheParameterGroupName",
            family="CacheParameterGroupFamily",
            parameter="ParameterNameValues",
            parameter__name="ParameterNameValues.ParameterName",
            parameter__value="ParameterNameValues.ParameterValue",
        ),
        reads=("elasticache:DescribeCacheParameterGroups", "elasticache:DescribeCacheParameters", _LISTED),
        changes=(
            "elasticache:CreateCacheParameterGroup",
            "elasticache:DeleteCacheParameterGroup",
            "elasticache:ModifyCacheParameterGroup",
            "elasticache:ResetCacheParameterGroup",
            *_TAGS,
        ),
    ),
    replaceable(
        "aws_elasticache_subnet_group",
        read("elasticache/subnet_group.go", "01c08000", "name"),
        SETTING,
        defaults={"description": "Managed by Terraform"},
        computed={"id": "{name}", "arn": arn("elasticache", "subnetgroup:{name}")},
        fills={},
        refusals=(
            in_use(
                "CacheSubnetGroupInUse",
                "Cache subnet group {name} is currently in use by a cache cluster",
                "ElastiCache API reference, DeleteCacheSubnetGroup; the sentence is ours",
                "aws_elasticache_replication_group subnet_group_name",
                "aws_elasticache_cluster subnet_group_name",
                mine="name",
            ),
            taken(
                "aws_elasticache_subnet_group",
                "name",
                "CacheSubnetGroupAlreadyExists",
                "Cache subnet group {name} already exists",
                "ElastiCache API reference, CreateCacheSubnetGroup; the sentence is ours",
            ),
        ),
        request=made_by(
            "elasticache",
            "CreateCacheSubnetGroup",
            "AWS::ElastiCache::SubnetGroup",
            name="CacheSubnetGroupName",
            description="CacheSubnetGroupDescription",
        ),
        reads=("elasticache:DescribeCacheSubnetGroups", _LISTED),
        changes=(
            "elasticache:CreateCacheSubnetGroup",
            "elasticache:DeleteCacheSubnetGroup",
            "elasticache:ModifyCacheSubnetGroup",
            *_TAGS,
        ),
    ),
)
