"""Estimates what a stack costs a month before and after a plan, from the plan's JSON and dated prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Literal

from tanada.plan.configuration import without_keys
from tanada.plan.model import Cost
from tanada.plan.prices import BY_USE, FREE, PRICES

HOURS = Decimal(730)
"""A month, as AWS reckons it."""

_Json = Mapping[str, Any]
_Side = Literal["before", "after"]
_Units = list[tuple[str, Decimal]]
"""What is paid for in a month: an item of `PRICES`, and how many of its units."""

_FREE = frozenset(kind for kinds in FREE.values() for kind in kinds)
_BY_USE = frozenset(kind for kinds in BY_USE.values() for kind in kinds)
_STORAGE_OF_A_TASK = 20
"""GiB that a task on Fargate has without paying (AWS, Fargate pricing)."""


def cost(plan: _Json, region: str | None) -> Cost | None:
    """What the plan's stack costs a month, in US dollars; None where no prices of `region` are known.

    `plan` is the output of `terraform show -json`. Resources that stay as they are count too, so that the two sums are
    the stack's. A resource is priced whole or not at all: one with a part that has no price, or that only apply can
    tell, is in neither sum, and in `unknown` if it changes. A value that is known after apply is taken to be what it
    was. What a priced resource costs by use beside its hours (traffic through a NAT gateway, capacity units of a load
    balancer, requests) is in no sum. A resource that Terraform forgets leaves the stack, and so the sum, although AWS
    goes on asking for it.
    """
    if region is None or region not in PRICES:
        return None
    stack = _Stack(plan)
    sum_before, sum_after = Decimal(0), Decimal(0)
    dates: set[str] = set()
    unknown: Counter[str] = Counter(stack.deferred)
    by_use: Counter[str] = Counter()
    for entry in stack.entries:
        kind = entry["type"]
        if kind in _FREE:
            continue
        before = _amount(stack.object(entry, "before"), region)
        after = _amount(stack.object(entry, "after"), region)
        if before is not None and after is not None:
            sum_before += before.usd
            sum_after += after.usd
            dates |= before.dates | after.dates
        elif entry["change"]["actions"] != ["no-op"]:
            unknown[kind] += 1
            if _paid_by_use(kind, entry["change"]):
                by_use[kind] += 1
    return Cost(
        before=_cents(sum_before),
        after=_cents(sum_after),
        unknown=tuple(sorted(unknown.items())),
        dated=min(dates, default=max(price.dated for price in PRICES[region].values())),
        by_use=tuple(sorted(by_use.items())),
    )


def _paid_by_use(kind: str, change: _Json) -> bool:
    values = change.get("after") or change.get("before") or {}
    if kind == "aws_dynamodb_table":
        return bool(values.get("billing_mode") == "PAY_PER_REQUEST")
    if kind == "aws_rds_cluster":
        return not values.get("db_cluster_instance_class")  # else it is one of instances, not of Aurora
    return kind in _BY_USE


def _cents(usd: Decimal) -> float:
    return float(usd.quantize(Decimal("0.01"), ROUND_HALF_UP))


@dataclass(frozen=True)
class _Amount:
    usd: Decimal = Decimal(0)
    dates: frozenset[str] = frozenset()


def _amount(resource: _Resource | None, region: str) -> _Amount | None:
    """None: no price for it, or for a part of it."""
    if resource is None:
        return _Amount()
    rule = _RULES.get(resource.entry["type"])
    units = rule(resource) if rule else None
    prices = PRICES.get(resource.text("region") or region, {})
    if units is None or any(item not in prices for item, _ in units):
        return None
    return _Amount(
        sum((prices[item].usd * number for item, number in units), Decimal(0)),
        frozenset(prices[item].dated for item, _ in units),
    )


@dataclass(frozen=True)
class _Resource:
    """A resource as it is before or after the plan."""

    stack: _Stack
    entry: _Json
    side: _Side
    values: _Json
    """Without what only apply can tell, unless it has a value before."""
    unknown: frozenset[str]
    """Names of attributes that only apply can tell."""

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) and value else None

    def number(self, name: str, default: int | None = None) -> Decimal | None:
        """`default` is the provider's: it holds where nothing is declared, not where the value isn't known yet."""
        value = self.values.get(name)
        if value is None and name not in self.unknown:
            return None if default is None else Decimal(default)
        return _number(value)

    def blocks(self, name: str) -> list[_Json]:
        return _mappings(self.values.get(name))

    def how_many(self, name: str, kind: str) -> Decimal | None:
        """Elements of a list or set, if need be by the resources of type `kind` that the configuration puts there."""
        value = self.values.get(name)
        if isinstance(value, list) and value:
            return Decimal(len(value))
        return Decimal(len(self.stack.referenced(self, name, kind))) or None

    def linked(self, name: str, kind: str, is_it: Callable[[_Resource, str], bool]) -> _Resource | None:
        """The resource of type `kind` that attribute `name` points to, by its value or by the configuration."""
        by_reference = self.stack.referenced(self, name, kind)
        if by_reference and name in self.unknown:
            return by_reference[0]
        value = self.text(name)
        resources = (self.stack.object(entry, self.side) for entry in self.stack.of_type(kind))
        by_value = next((found for found in resources if found and value and is_it(found, value)), None)
        return by_value or next(iter(by_reference), None)


class _Stack:
    """The plan's resources, and which of them the configuration puts where."""

    def __init__(self, plan: _Json) -> None:
        self.entries: Sequence[_Json] = [
            entry
            for entry in plan.get("resource_changes") or ()
            if entry.get("mode") != "data" and entry["change"]["actions"] != ["read"]
        ]
        self.deferred: Sequence[str] = [
            entry["resource_change"]["type"]
            for entry in plan.get("deferred_changes") or ()
            if "resource_change" in entry
        ]
        self._configuration: _Json = plan.get("configuration") or {}

    def of_type(self, kind: str) -> Sequence[_Json]:
        return self._by_type.get(kind, ())

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[_Json]]:
        found: dict[str, list[_Json]] = {}
        for entry in self.entries:
            if not entry.get("deposed"):
                found.setdefault(entry["type"], []).append(entry)
        return found

    def object(self, entry: _Json, side: _Side) -> _Resource | None:
        """None where there is none on this side."""
        change = entry["change"]
        values = change.get(side)
        if not isinstance(values, Mapping):
            return None
        if side == "before":
            return _Resource(self, entry, side, values, frozenset())
        marks = change.get("after_unknown")
        unknown = frozenset(name for name, mark in (marks or {}).items() if mark is True)
        before = change.get("before") or {}
        kept = {name: before[name] for name in unknown if before.get(name) is not None}
        return _Resource(self, entry, side, {**values, **kept}, unknown)

    def referenced(self, resource: _Resource, attribute: str, kind: str) -> list[_Resource]:
        """Resources of type `kind` in the expression of `attribute`; the one with the same key, if there is one."""
        entry = resource.entry
        module = entry.get("module_address") or ""
        names = self._references.get((without_keys(module), entry["type"], entry.get("name"), attribute))
        if not names:
            return []
        found = [
            other
            for candidate in self.of_type(kind)
            if (candidate.get("module_address") or "") == module
            and f"{kind}.{candidate.get('name')}" in names
            and (other := self.object(candidate, resource.side))
        ]
        key = entry.get("index")
        return [other for other in found if key is not None and other.entry.get("index") == key] or found

    @cached_property
    def _references(self) -> Mapping[tuple[str, Any, Any, str], frozenset[str]]:
        return dict(_references(self._configuration.get("root_module") or {}, ""))


def _references(module: _Json, address: str) -> Iterator[tuple[tuple[str, Any, Any, str], frozenset[str]]]:
    """Module, type, name and attribute → `TYPE.NAME` of each resource that its expression names."""
    for resource in module.get("resources") or ():
        for attribute, expression in (resource.get("expressions") or {}).items():
            if isinstance(expression, Mapping):
                names = frozenset(
                    ".".join(without_keys(reference).split(".")[:2]) for reference in expression.get("references") or ()
                )
                yield (address, resource.get("type"), resource.get("name"), attribute), names
    for name, call in (module.get("module_calls") or {}).items():
        yield from _references(call.get("module") or {}, f"{address}.module.{name}" if address else f"module.{name}")


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _mappings(value: object) -> list[_Json]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _each(item: str, units: Decimal = Decimal(1)) -> Callable[[_Resource], _Units]:
    """A resource that costs the same a month, whatever its settings."""
    return lambda _: [(item, units)]


def _service(service: _Resource) -> _Units | None:
    """Tasks on Fargate, all of them all the time: autoscaling's maximum and deployments aren't in it."""
    count = service.number("desired_count", default=0)
    tasks = None if count is None else _tasks(service, count)
    if tasks is None:
        return None
    if not tasks:
        return []
    task = service.linked("task_definition", "aws_ecs_task_definition", _is_task_definition)
    size = _size(task) if task else None
    if size is None:
        return None
    units: _Units = []
    for kind, number in tasks.items():
        units += [(f"{kind} {item}", number * each * HOURS) for item, each in size.items()]
    storage = _storage(task) if task else None
    if storage is None:
        return None
    total = sum(tasks.values(), Decimal(0))
    if storage:
        units.append(("Fargate storage GB hour", total * storage * HOURS))
    if any(network.get("assign_public_ip") is True for network in service.blocks("network_configuration")):
        units.append(("public IPv4 hour", total * HOURS))
    return units


_KINDS = {"FARGATE": "Fargate", "FARGATE_SPOT": "Fargate Spot"}


def _tasks(service: _Resource, count: Decimal) -> dict[str, Decimal] | None:
    """Tasks by the way they are paid: `base` first, the rest by weight, in fractions. Tasks on EC2 cost nothing."""
    strategy = service.blocks("capacity_provider_strategy")
    if not strategy:
        launch_type = service.text("launch_type")
        if launch_type in ("EC2", "EXTERNAL"):
            return {}
        # Without a launch type, the cluster's own strategy decides, which may stand in another stack.
        return {_KINDS[launch_type]: count} if launch_type in _KINDS else None
    tasks: dict[str, Decimal] = {}
    rest = count
    weights: list[tuple[str, Decimal]] = []
    for item in strategy:
        kind = _KINDS.get(str(item.get("capacity_provider")))
        if kind is None:
            return None
        base = min(rest, _number(item.get("base")) or Decimal(0))
        tasks[kind] = tasks.get(kind, Decimal(0)) + base
        rest -= base
        weights.append((kind, _number(item.get("weight")) or Decimal(0)))
    total = sum((weight for _, weight in weights), Decimal(0))
    if rest and not total:
        return None
    for kind, weight in weights if rest else ():
        tasks[kind] += rest * weight / total
    return tasks


def _is_task_definition(task: _Resource, value: str) -> bool:
    """By ARN, or by family: revisions that something else registered have the same size until this stack says so."""
    family = value.rpartition("/")[2].partition(":")[0]
    return task.text("arn") == value or task.text("family") == family


def _size(task: _Resource) -> dict[str, Decimal] | None:
    """vCPUs and GB of a task on Linux, by their item."""
    cpu, memory = task.number("cpu"), task.number("memory")
    platform = (task.blocks("runtime_platform") or [{}])[0]
    if cpu is None or memory is None or (platform.get("operating_system_family") or "LINUX") != "LINUX":
        return None
    architecture = platform.get("cpu_architecture") or "X86_64"
    return {f"{architecture} vCPU hour": cpu / 1024, f"{architecture} GB hour": memory / 1024}


def _storage(task: _Resource) -> Decimal | None:
    """GiB of a task's own disk that are paid for."""
    if "ephemeral_storage" in task.unknown:
        return None
    sizes = [_number(block.get("size_in_gib")) for block in task.blocks("ephemeral_storage")]
    if not sizes:
        return Decimal(0)
    return None if sizes[0] is None else max(sizes[0] - _STORAGE_OF_A_TASK, Decimal(0))


def _nat_gateway(gateway: _Resource) -> _Units | None:
    # A regional one is paid by the zone, and AWS decides in how many it stands.
    return None if gateway.text("availability_mode") == "regional" else [("NAT gateway hour", HOURS)]


def _load_balancer(balancer: _Resource) -> _Units | None:
    if balancer.values.get("load_balancer_type") not in (None, "application"):
        return None
    units = [("ALB hour", HOURS)]
    internal = balancer.values.get("internal") is True
    if internal or balancer.text("ip_address_type") == "dualstack-without-public-ipv4":
        return units
    mapped = balancer.blocks("subnet_mapping")
    zones = Decimal(len(mapped)) if mapped else balancer.how_many("subnets", "aws_subnet")
    # One address a zone.
    return None if zones is None else [*units, ("public IPv4 hour", zones * HOURS)]


def _endpoint(endpoint: _Resource) -> _Units | None:
    kind = endpoint.values.get("vpc_endpoint_type")
    if kind in (None, "Gateway"):
        return []
    zones = endpoint.how_many("subnet_ids", "aws_subnet")
    return [("interface endpoint hour", zones * HOURS)] if kind == "Interface" and zones else None


def _alarm(alarm: _Resource) -> _Units | None:
    """Each metric is an alarm to AWS. Periods below a minute have another price, and so have queries by SQL."""
    queries = alarm.blocks("metric_query")
    metrics = [metric for query in queries for metric in _mappings(query.get("metric"))] if queries else [alarm.values]
    periods = [_number(metric.get("period")) for metric in metrics]
    if not metrics or any(period is not None and period < 60 for period in periods):
        return None
    return [("alarm month", Decimal(len(metrics)))]


def _secret(secret: _Resource) -> _Units:
    return [("secret month", Decimal(1 + len(secret.blocks("replica"))))]


def _parameter(parameter: _Resource) -> _Units | None:
    return [] if parameter.values.get("tier") in (None, "Standard") else None


def _web_acl(acl: _Resource) -> _Units | None:
    if acl.text("rule_json") or {"rule", "rule_json"} & acl.unknown:
        return None
    return [("web ACL month", Decimal(1)), ("web ACL rule month", Decimal(len(acl.blocks("rule"))))]


def _volume(volume: _Resource) -> _Units | None:
    size = volume.number("size")
    iops, throughput = volume.number("iops", default=0), volume.number("throughput", default=0)
    more_than_included = (iops or 0) > 3000 or (throughput or 0) > 125
    if size is None or more_than_included:
        return None
    return [(f"EBS {volume.text('type')} GB-month", size)]


def _database(database: _Resource) -> _Units | None:
    """The instance and its disk; backups are paid by use."""
    engine, kind = database.text("engine"), database.text("instance_class")
    disk, size = database.text("storage_type"), database.number("allocated_storage")
    if (
        engine is None
        or kind is None
        or disk is None
        or size is None
        or (database.number("iops", default=0) or 0) > 3000
    ):
        return None
    zones = 2 if database.values.get("multi_az") is True else 1
    units = [(f"RDS {engine} {kind} hour", zones * HOURS), (f"RDS {engine} {disk} GB-month", zones * size)]
    if database.values.get("manage_master_user_password") is True:
        units.append(("secret month", Decimal(1)))
    return units


def _cluster_instance(instance: _Resource) -> _Units | None:
    """Of Aurora: by its class, or the least capacity that Serverless v2 is let down to."""
    cluster = instance.linked("cluster_identifier", "aws_rds_cluster", _is_cluster)
    if cluster is None or not (cluster.text("engine") or "").startswith("aurora"):
        return None
    optimized = cluster.text("storage_type") == "aurora-iopt1"
    kind = instance.text("instance_class")
    if kind != "db.serverless":
        return None if optimized else [(f"Aurora {kind} hour", HOURS)]
    scaling = (cluster.blocks("serverlessv2_scaling_configuration") or [{}])[0]
    least = _number(scaling.get("min_capacity"))
    item = "Aurora I/O-Optimized ACU hour" if optimized else "Aurora ACU hour"
    return None if least is None else [(item, least * HOURS)]


def _is_cluster(cluster: _Resource, value: str) -> bool:
    return value in (cluster.text("cluster_identifier"), cluster.text("id"))


def _nodes(item: _Resource, number: Decimal | None) -> _Units | None:
    engine, kind = item.text("engine"), item.text("node_type")
    if engine is None or kind is None or number is None:
        return None
    return [(f"ElastiCache {engine} {kind} hour", number * HOURS)]


def _cache(cache: _Resource) -> _Units | None:
    return _nodes(cache, cache.number("num_cache_nodes", default=1))


def _replication_group(group: _Resource) -> _Units | None:
    shards, replicas = group.number("num_node_groups"), group.number("replicas_per_node_group", default=0)
    in_shards = None if shards is None or replicas is None else shards * (1 + replicas)
    return _nodes(group, group.number("num_cache_clusters") or in_shards)


_RULES: Mapping[str, Callable[[_Resource], _Units | None]] = {
    "aws_alb": _load_balancer,
    "aws_cloudwatch_metric_alarm": _alarm,
    "aws_db_instance": _database,
    "aws_ebs_volume": _volume,
    "aws_ecs_service": _service,
    # In use or idle, an address costs the same.
    "aws_eip": _each("public IPv4 hour", HOURS),
    "aws_elasticache_cluster": _cache,
    "aws_elasticache_replication_group": _replication_group,
    "aws_kms_key": _each("KMS key month"),
    "aws_kms_replica_key": _each("KMS key month"),
    "aws_lb": _load_balancer,
    "aws_nat_gateway": _nat_gateway,
    "aws_rds_cluster_instance": _cluster_instance,
    "aws_route53_zone": _each("hosted zone month"),
    "aws_secretsmanager_secret": _secret,
    # Cloud Map makes a hosted zone for it.
    "aws_service_discovery_private_dns_namespace": _each("hosted zone month"),
    "aws_service_discovery_public_dns_namespace": _each("hosted zone month"),
    "aws_ssm_parameter": _parameter,
    "aws_vpc_endpoint": _endpoint,
    "aws_wafv2_web_acl": _web_acl,
}
