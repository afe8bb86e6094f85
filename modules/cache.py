"""Caches on ElastiCache: replication groups of Valkey and Redis, clusters of Memcached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdktf import TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.elasticache_cluster import ElasticacheCluster
from cdktf_cdktf_provider_aws.elasticache_parameter_group import (
    ElasticacheParameterGroup,
    ElasticacheParameterGroupParameter,
)
from cdktf_cdktf_provider_aws.elasticache_replication_group import ElasticacheReplicationGroup
from cdktf_cdktf_provider_aws.elasticache_subnet_group import ElasticacheSubnetGroup
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.credentials import Credentials
from modules.here import Here, local_of, store_version
from modules.reachable import Door, Reachable
from modules.security_group import security_group
from tanada.contract.tokens import ALONE, TOKEN
from tanada.declared import cache as declared

_LONGEST = 40
"""Characters of a replication group's id (ElastiCache API reference, CreateReplicationGroup)."""


class Cache(Construct):
    """In private subnets, encrypted where it lies and, unless it says no, on the way; entered by who reaches it alone.

    Under `keep` it can't be destroyed. One that speaks without TLS has another name, so that to change one's mind makes
    another cache: AWS can't change it in one go (ElastiCache user guide, "In-transit encryption").
    """

    def __init__(self, scope: Construct, id: str, settings: declared.Cache, here: Here) -> None:
        super().__init__(scope, id)
        self._settings, self._here, self._scope = settings, here, scope
        self._called = called = here.called(id)
        self._id = here.names.identifier(called, _LONGEST, *(() if settings.encryption else ("plain",)))
        self._group = security_group(
            self,
            "security_group",
            names=here.names,
            part=called,
            description=f"Cache {called}",
            vpc_id=here.shared.vpc_id,
        )
        self._parameters = self._parameter_group()
        name = here.names.identifier(called, _LONGEST, "subnets")
        self._subnets = ElasticacheSubnetGroup(
            self,
            "subnets",
            name=name,
            description=f"Private subnets of {called}",
            subnet_ids=here.shared.private_subnet_ids,
            tags={"Name": name},
        )
        made: ElasticacheCluster | ElasticacheReplicationGroup
        if settings.engine == "memcached":
            made = cluster = self._cluster()
            host, nodes = cluster.cluster_address, [cluster.cluster_id]
        else:
            made = group = self._replication_group()
            host = group.primary_endpoint_address
            nodes = [f"{group.replication_group_id}-{number:03}" for number in range(1, settings.replicas + 2)]
        alarms(self, here, id, (each for at, node in enumerate(nodes, 1) for each in _watched(settings, node, at)))
        self.aws_name, self.beside = self._id, ()
        scheme = "" if settings.engine == "memcached" else "rediss://" if settings.encryption else "redis://"
        open_to_all = Reachable(
            words={"host": host, "port": str(settings.port), "url": f"{scheme}{host}:{settings.port}"},
            doors=(Door(self._group, settings.port),),
            places=(),
            access=(),
            narrowed={},
            secrets={},
            # Whoever only opens the way to it starts when it is there, and ends before it goes.
            ready=(made,),
        )
        self.reachable = self._with_token(open_to_all, host) if settings.auth else open_to_all

    def _with_token(self, without: Reachable, host: str) -> Reachable:
        """The same for who knows the token, which is in no configuration: the runner puts it, and then Terraform notes
        that it did (tanada/contract/tokens.py)."""
        credentials = Credentials(self, self._here, self._called)
        made = TerraformResource(self, "made", terraform_resource_type="terraform_data")
        # Another one whenever the cache is: its id and its address are the same again.
        made.add_override("triggers_replace", [host])
        note = TerraformResource(self, TOKEN, terraform_resource_type="terraform_data")
        note.add_override(
            "input",
            {
                "cache": self._called,
                "group": self._id,
                "host": host,
                "made": made.get_string_attribute("id"),
                "number": store_version(self._called),
                "port": self._settings.port,
                "secret": credentials.secret.arn,
            },
        )
        # Beside the cache, not part of it: nothing that uses it waits for this, and it keeps the first name for ever.
        alone = TerraformResource(
            self._scope,
            f"{self._called}_{ALONE}",
            terraform_resource_type="terraform_data",
        )
        alone.add_override("input", {"cache": self._called, "number": store_version(self._called)})
        words = {**without.words, "secret": credentials.arn}
        del words["url"]
        return replace(
            without,
            words=words,
            secrets={word: f"{credentials.name}:{word}" for word in ("url", "password")} | {"secret": credentials.name},
            asked={"secret": (credentials.reading,)},
            ready=(note, *without.ready),
            numbers={credentials.name: (self._called, f"${{local.{local_of(self._called)}}}")},
        )

    def _parameter_group(self) -> ElasticacheParameterGroup:
        settings = self._settings
        name = self._here.names.identifier(self._called, _LONGEST, "parameters", settings.family)
        return ElasticacheParameterGroup(
            self,
            "parameters",
            name=name,
            family=settings.family,
            description=f"Parameters of {self._called}",
            parameter=[
                ElasticacheParameterGroupParameter(name=each, value=value)
                for each, value in sorted(settings.parameters.items())
            ]
            or None,
            tags={"Name": name},
            # That of a new major version stands beside the old one until the cache has moved.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _replication_group(self) -> ElasticacheReplicationGroup:
        settings, here = self._settings, self._here
        several = settings.replicas > 0
        return ElasticacheReplicationGroup(
            self,
            "group",
            replication_group_id=self._id,
            description=f"Cache {self._called}",
            engine=settings.engine,
            engine_version=settings.engine_version,
            # Else AWS goes beyond the version that is written, and to go back makes the cache anew.
            auto_minor_version_upgrade="false",
            node_type=settings.class_,
            num_cache_clusters=settings.replicas + 1,
            automatic_failover_enabled=several,
            multi_az_enabled=several,
            port=settings.port,
            parameter_group_name=self._parameters.name,
            subnet_group_name=self._subnets.name,
            security_group_ids=[self._group],
            at_rest_encryption_enabled="true",
            transit_encryption_enabled=settings.encryption,
            # Of what is thrown away nothing is restored.
            snapshot_retention_limit=settings.backups if here.instance.permanent else 0,
            snapshot_window=settings.backup_window,
            maintenance_window=settings.maintenance,
            apply_immediately=settings.apply_immediately,
            tags={"Name": self._id},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=here.instance.keep),
        )

    def _cluster(self) -> ElasticacheCluster:
        settings, here = self._settings, self._here
        return ElasticacheCluster(
            self,
            "cluster",
            cluster_id=self._id,
            engine=settings.engine,
            engine_version=settings.engine_version,
            node_type=settings.class_,
            num_cache_nodes=1,
            az_mode="single-az",
            port=settings.port,
            parameter_group_name=self._parameters.name,
            subnet_group_name=self._subnets.name,
            security_group_ids=[self._group],
            transit_encryption_enabled=settings.encryption,
            maintenance_window=settings.maintenance,
            apply_immediately=settings.apply_immediately,
            tags={"Name": self._id},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=here.instance.keep),
        )


def _watched(settings: declared.Cache, node: str, at: int) -> Iterator[Alarm]:
    """The alarms of one node: AWS counts none of them for a whole group (ElastiCache user guide, "Metrics")."""

    def alarm(word: str, metric: str, statistic: str, above: float, why: str, periods: int = 3) -> Alarm:
        return Alarm(
            word=word if at == 1 else f"{word}-{at}",
            namespace="AWS/ElastiCache",
            metric=metric,
            dimensions={"CacheClusterId": node},
            statistic=statistic,
            above=above,
            periods=periods,
            why=why,
        )

    memcached = settings.engine == "memcached"
    yield alarm(
        "cpu",
        "CPUUtilization" if memcached else "EngineCPUUtilization",
        "Average",
        90,
        "Above 90% for a quarter of an hour: AWS's own number for when a node is full. "
        + ("A larger class." if memcached else "One core does all commands: a larger class, or fewer slow commands."),
    )
    if not memcached:
        yield alarm(
            "memory",
            "DatabaseMemoryUsagePercentage",
            "Maximum",
            80,
            "Above 80% of its memory: a backup and a new replica need some of the rest, and at 100% it evicts, or "
            "refuses to write (maxmemory-policy). A larger class, or keys that expire.",
        )
    yield alarm(
        "evictions",
        "Evictions",
        "Sum",
        100,
        "More than 100 keys in five minutes, three times in a row, had to make room for others: some are normal of a "
        "cache that is full on purpose, these are many. A larger class, or keys that expire.",
    )
    most = _connections(settings.class_)
    yield alarm(
        "connections",
        "CurrConnections",
        "Maximum",
        most * 8 // 10,
        f"Four fifths of the {most:,} clients that it takes: a program that opens connections and closes none.",
        periods=1,
    )


def _connections(node_type: str) -> int:
    """Clients that a node takes at most (ElastiCache user guide, "Engine specific parameters", maxclients; general
    knowledge: 20,000 of the classes t, 65,000 of others)."""
    return 20_000 if node_type.startswith("cache.t") else 65_000
