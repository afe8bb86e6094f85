"""What a stack costs a month: plans that the real terraform made (make_cost_plans.py), and edge cases by hand."""

from __future__ import annotations

import copy
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanada.plan import Cost
from tanada.plan.cost import cost
from tanada.plan.prices import PRICES

PLANS = Path(__file__).parent / "cost_plans"
NAMES = sorted(file.stem for file in PLANS.glob("*.json"))
TOKYO = "ap-northeast-1"
Json = dict[str, Any]


def plan(name: str) -> Json:
    loaded: Json = json.loads((PLANS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def summed(made: Json, region: str = TOKYO) -> Cost:
    found = cost(made, region)
    assert found is not None
    return found


def change(kind: str, *, before: Json | None = None, after: Json | None = None, name: str = "x", **more: Any) -> Json:
    if before is None:
        actions = ["create"]
    elif after is None:
        actions = ["delete"]
    else:
        actions = ["no-op"] if before == after else ["update"]
    actions = more.pop("actions", actions)
    unknown = dict.fromkeys(more.pop("unknown", ()), True)
    inner = {"actions": actions, "before": before, "after": after, "after_unknown": unknown}
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "change": inner, **more}


def made(*changes: Json, references: dict[str, list[str]] | None = None, **top: Any) -> Json:
    """A plan; `references`: `TYPE.NAME.ATTRIBUTE` → what its expression names."""
    resources = [
        dict(zip(("type", "name"), path.split("."), strict=False))
        | {"expressions": {path.split(".")[2]: {"references": names}}}
        for path, names in (references or {}).items()
    ]
    return {"resource_changes": list(changes), "configuration": {"root_module": {"resources": resources}}, **top}


def created(kind: str, **values: Any) -> Cost:
    return summed(made(change(kind, after=values)))


def task(**values: Any) -> Json:
    return change("aws_ecs_task_definition", after={"family": "web", "cpu": "1024", "memory": "2048", **values})


def service(**values: Any) -> Json:
    settings = {"task_definition": "web", "desired_count": 1, "launch_type": "FARGATE", **values}
    return change("aws_ecs_service", after=settings)


def scaled(least: int, most: int, hour: Json | None = None, before: tuple[int, int] | None = None) -> Cost:
    """A service that has two tasks, and its bounds."""
    references = {
        "aws_appautoscaling_target.x.resource_id": ["aws_ecs_service.x.id", "aws_ecs_service.x"],
        "aws_appautoscaling_scheduled_action.x.resource_id": ["aws_appautoscaling_target.x"],
    }
    runs = {"task_definition": "web", "desired_count": 2, "launch_type": "FARGATE"}
    size = {"family": "web", "cpu": "1024", "memory": "2048"}
    was = {"min_capacity": before[0], "max_capacity": before[1]} if before else None
    changes = [
        change("aws_ecs_service", before=runs, after=runs),
        change("aws_ecs_task_definition", before=size, after=size),
        change("aws_appautoscaling_target", before=was, after={"min_capacity": least, "max_capacity": most}),
    ]
    if hour is not None:
        changes.append(change("aws_appautoscaling_scheduled_action", after={"scalable_target_action": [hour]}))
    return summed(made(*changes, references=references))


def test_between_the_bounds_of_a_service_that_scales_is_what_it_may_cost() -> None:
    """A task of 1 vCPU and 2 GB is 0.05056 × 730 + 2 × 0.00553 × 730 = 44.9826 a month."""
    assert (scaled(1, 4).after, scaled(1, 4).scaled) == (89.97, (44.98, 179.93))
    assert scaled(0, 4, {"min_capacity": "1", "max_capacity": "10"}).scaled == (0, 449.83)
    assert scaled(2, 4, {"min_capacity": "1", "max_capacity": None}).scaled == (44.98, 179.93)
    assert scaled(1, 4).scaled_before is None
    assert scaled(1, 4, before=(1, 3)).scaled_before == (44.98, 134.95)
    assert created("aws_eip", public_ipv4_pool="amazon").scaled is None


def test_the_common_layer_of_the_default_system() -> None:
    # NAT gateway 0.062 × 730 = 45.26, its address 0.005 × 730 = 3.65, load balancer 0.0243 × 730 = 17.739, its
    # addresses in two zones 2 × 3.65 = 7.30, hosted zones of example.jp and of the private names 2 × 0.50 = 1.00,
    # key of ECS Exec 1.00; two gateway endpoints are free: 75.949.
    found = summed(plan("common-main-new"))
    assert (found.before, found.after) == (0, 75.95)


def test_the_test_environment_of_the_default_system() -> None:
    # Two tasks of 0.25 vCPU and 0.5 GB: 2 × (0.25 × 0.05056 + 0.5 × 0.00553) × 730 = 2 × 0.015405 × 730 = 22.4913.
    found = summed(plan("environment-test-new"))
    assert (found.before, found.after) == (0, 22.49)


def test_the_production_environment_of_the_default_system() -> None:
    # Web 2 × (0.5 × 0.05056 + 1 × 0.00553) × 730 = 44.9826, backend 2 × 0.015405 × 730 = 22.4913: 67.4739.
    found = summed(plan("environment-production-new"))
    assert (found.before, found.after) == (0, 67.47)


def test_a_larger_service_costs_more_and_what_stays_counts_on_both_sides() -> None:
    # Before as above. After: backend 11.24565; web three tasks of 0.030810 an hour, one as base and half of the other
    # two on demand, the fourth part on Spot at 30 %: (2 + 1 × 0.30) × 0.03081 × 730 = 51.72999. Together 62.97564.
    found = summed(plan("environment-test-larger"))
    assert (found.before, found.after) == (22.49, 62.98)


@pytest.mark.parametrize("name", ["common-main-same", "environment-test-same"])
def test_a_plan_that_changes_nothing_costs_the_same_before_and_after(name: str) -> None:
    found = summed(plan(name))
    assert found.before == found.after == summed(plan(name.replace("same", "new"))).after
    assert found.unknown == ()


def test_what_is_paid_by_use_is_counted_apart_and_what_is_free_not_at_all() -> None:
    found = summed(plan("environment-test-new"))
    assert found.unknown == found.by_use == (("aws_cloudwatch_log_group", 2), ("aws_dynamodb_table", 1))


def test_destroying_a_stack_saves_what_it_costs() -> None:
    destroyed = plan("common-main-same")
    for entry in destroyed["resource_changes"]:
        if entry["mode"] == "managed":
            entry["change"] = {**entry["change"], "actions": ["delete"], "after": None}
    assert (summed(destroyed).before, summed(destroyed).after) == (75.95, 0)


def test_a_region_without_prices_has_no_estimate() -> None:
    assert cost(plan("common-main-new"), "af-south-1") is None
    assert cost(plan("common-main-new"), None) is None


def test_a_resource_in_another_region_has_that_regions_price() -> None:
    assert created("aws_nat_gateway", region="us-east-1").after == 32.85  # 0.045 × 730
    assert created("aws_nat_gateway", region="af-south-1").unknown == (("aws_nat_gateway", 1),)


def test_the_date_is_that_of_the_oldest_price_in_the_sum() -> None:
    assert summed(plan("common-main-new")).dated == "2026-08-27"
    assert summed(plan("environment-test-larger")).dated == "2026"


def test_a_type_without_an_entry_is_unknown_if_it_changes() -> None:
    values: Json = {"name": "x"}
    same = change("aws_msk_cluster", before=values, after=values)
    assert summed(made(same)).unknown == ()
    assert summed(made(change("aws_msk_cluster", after=values), change("aws_msk_cluster", before=values))).unknown == (
        ("aws_msk_cluster", 2),
    )


def test_what_a_later_plan_will_do_is_unknown() -> None:
    deferred = [{"reason": "provider_config_unknown", "resource_change": change("aws_nat_gateway", after={})}]
    assert summed(made(deferred_changes=deferred)).unknown == (("aws_nat_gateway", 1),)


def test_data_sources_cost_nothing() -> None:
    found = summed(made({**change("aws_nat_gateway", after={}), "mode": "data"}))
    assert (found.after, found.unknown) == (0, ())


def test_a_resource_that_cannot_be_priced_on_one_side_is_in_neither_sum() -> None:
    volume = change("aws_ebs_volume", before={"type": "gp3", "size": 100}, after={"type": "io2", "size": 100})
    found = summed(made(volume))
    assert (found.before, found.after, found.unknown) == (0, 0, (("aws_ebs_volume", 1),))


def test_a_forgotten_resource_leaves_the_sum() -> None:
    found = summed(made(change("aws_nat_gateway", before={}, actions=["forget"])))
    assert (found.before, found.after) == (45.26, 0)


def test_an_imported_resource_costs_what_it_did() -> None:
    found = summed(made(change("aws_nat_gateway", before={}, after={}, actions=["no-op"])))
    assert (found.before, found.after) == (45.26, 45.26)


def test_an_object_left_over_from_a_replace_costs_until_it_goes() -> None:
    left = change("aws_nat_gateway", before={}, deposed="a1b2c3d4")
    found = summed(made(change("aws_nat_gateway", before={}, after={}), left))
    assert (found.before, found.after) == (90.52, 45.26)


def test_each_instance_of_a_resource_counts() -> None:
    instances = [change("aws_eip", after={}, index=index) for index in range(3)]
    assert summed(made(*instances)).after == 10.95  # 3 × 0.005 × 730


@pytest.mark.parametrize(
    ("settings", "vcpu", "memory"),
    [
        ({"capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT", "weight": 1}]}, "0.015168", "0.001659"),
        ({"launch_type": "FARGATE"}, "0.05056", "0.00553"),
    ],
)
def test_tasks_have_the_price_of_their_capacity_provider(settings: Json, vcpu: str, memory: str) -> None:
    found = summed(made(task(), service(desired_count=2, **settings)))
    assert found.after == round(2 * (float(vcpu) + 2 * float(memory)) * 730, 2)


def test_tasks_on_arm_have_their_own_price() -> None:
    arm = task(runtime_platform=[{"cpu_architecture": "ARM64", "operating_system_family": "LINUX"}])
    assert summed(made(arm, service())).after == 35.98  # (0.04045 + 2 × 0.00442) × 730


def test_tasks_beyond_the_base_go_by_weight() -> None:
    strategy = [
        {"capacity_provider": "FARGATE", "base": 1, "weight": 1},
        {"capacity_provider": "FARGATE_SPOT", "weight": 3},
    ]
    # 1 + 4 × 1/4 on demand, 4 × 3/4 on Spot: (2 + 3 × 0.30) × (0.05056 + 2 × 0.00553) × 730.
    assert summed(made(task(), service(desired_count=5, capacity_provider_strategy=strategy))).after == 130.45


def test_tasks_with_public_addresses_pay_for_them() -> None:
    with_addresses = service(desired_count=2, network_configuration=[{"assign_public_ip": True}])
    without = service(desired_count=2, network_configuration=[{"assign_public_ip": False}])
    assert summed(made(task(), with_addresses)).after == round(summed(made(task(), without)).after + 7.30, 2)


def test_a_service_without_tasks_costs_nothing() -> None:
    assert summed(made(task(), service(desired_count=0))).after == 0
    assert summed(made(task(), service(desired_count=None))).after == 0


def test_a_count_that_is_not_known_yet_is_what_it_was() -> None:
    before = {"task_definition": "web", "desired_count": 2, "launch_type": "FARGATE"}
    after = {"task_definition": "web", "launch_type": "FARGATE"}
    updated = change("aws_ecs_service", before=before, after=after, unknown=["desired_count"])
    sizes = {"family": "web", "cpu": "1024", "memory": "2048"}
    found = summed(made(change("aws_ecs_task_definition", before=sizes, after=sizes), updated))
    assert found.before == found.after > 0
    new = change("aws_ecs_service", after=after, unknown=["desired_count"])
    assert summed(made(task(), new)).unknown == (("aws_ecs_service", 1),)


@pytest.mark.parametrize("launch_type", ["EC2", "EXTERNAL"])
def test_tasks_on_instances_cost_nothing_more(launch_type: str) -> None:
    found = summed(made(task(), service(launch_type=launch_type)))
    assert (found.after, found.unknown) == (0, ())


@pytest.mark.parametrize(
    ("definition", "settings"),
    [
        ({"runtime_platform": [{"operating_system_family": "WINDOWS_SERVER_2022_CORE"}]}, {}),
        ({"cpu": None}, {}),
        ({"ephemeral_storage": [{"size_in_gib": 100}]}, {}),  # Tokyo's price of it isn't known
        ({}, {"task_definition": "another"}),
        ({}, {"launch_type": None}),
        ({}, {"capacity_provider_strategy": [{"capacity_provider": "instances", "weight": 1}]}),
        ({}, {"capacity_provider_strategy": [{"capacity_provider": "FARGATE", "weight": 0}]}),
    ],
)
def test_a_service_that_cannot_be_priced_is_unknown(definition: Json, settings: Json) -> None:
    found = summed(made(task(**definition), service(**settings)))
    assert (found.after, found.unknown) == (0, (("aws_ecs_service", 1),))


def test_disk_of_tasks_beyond_what_is_included_has_a_price() -> None:
    larger = made(task(ephemeral_storage=[{"size_in_gib": 120}]), service())
    smaller = made(task(ephemeral_storage=[{"size_in_gib": 20}]), service())
    # 100 GB × 0.000111 × 730
    assert round(summed(larger, "us-east-1").after - summed(smaller, "us-east-1").after, 2) == 8.10


def test_a_service_whose_revision_is_not_known_yet_is_found_by_reference_and_key() -> None:
    sizes = {"small": "256", "large": "1024"}
    tasks = [
        change(
            "aws_ecs_task_definition",
            after={"family": key, "cpu": cpu, "memory": "2048"},
            unknown=["arn"],
            name="each",
            index=key,
            module_address='module.app["a"]',
        )
        for key, cpu in sizes.items()
    ]
    large = change(
        "aws_ecs_service",
        after={"desired_count": 1, "launch_type": "FARGATE"},
        unknown=["task_definition"],
        name="each",
        index="large",
        module_address='module.app["a"]',
    )
    names = ["aws_ecs_task_definition.each[each.key].arn", "aws_ecs_task_definition.each"]
    resource = {"type": "aws_ecs_service", "name": "each", "expressions": {"task_definition": {"references": names}}}
    calls = {"app": {"module": {"resources": [resource]}}}
    found = summed({"resource_changes": [*tasks, large], "configuration": {"root_module": {"module_calls": calls}}})
    assert found.after == 44.98  # (0.05056 + 2 × 0.00553) × 730


def test_a_revision_that_something_else_registered_has_its_familys_size() -> None:
    prefix = "arn:aws:ecs:ap-northeast-1:111111111111:task-definition/web"
    deployed = service(task_definition=f"{prefix}:7")
    assert summed(made(task(arn=f"{prefix}:3"), deployed)).after == 44.98
    assert summed(made(task(family="website", arn=f"{prefix}site:3"), deployed)).unknown == (("aws_ecs_service", 1),)


def test_a_load_balancer_has_an_address_in_each_subnet_even_before_they_exist() -> None:
    balancer = change("aws_lb", after={"internal": False}, unknown=["subnets"])
    subnets = [change("aws_subnet", after={}, name=name) for name in ("a", "b", "c")]
    names = ["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.b.id", "aws_subnet.b"]
    found = summed(made(balancer, *subnets, references={"aws_lb.x.subnets": names}))
    assert found.after == 25.04  # 0.0243 × 730 + 2 × 3.65
    assert summed(made(balancer)).unknown == (("aws_lb", 1),)


def test_an_internal_load_balancer_has_no_public_address() -> None:
    assert created("aws_lb", internal=True, subnets=["a", "b"]).after == 17.74


def test_a_load_balancer_of_another_kind_is_unknown() -> None:
    assert created("aws_lb", load_balancer_type="network").unknown == (("aws_lb", 1),)


def test_interface_endpoints_are_paid_by_the_zone_and_gateway_endpoints_not() -> None:
    assert created("aws_vpc_endpoint", vpc_endpoint_type="Interface", subnet_ids=["a", "b"]).after == 20.44
    gateway = created("aws_vpc_endpoint", vpc_endpoint_type="Gateway")
    assert (gateway.after, gateway.unknown) == (0, ())
    assert created("aws_vpc_endpoint", vpc_endpoint_type="GatewayLoadBalancer").unknown


def test_databases() -> None:
    settings = {"engine": "postgres", "instance_class": "db.t4g.micro", "storage_type": "gp3", "allocated_storage": 20}
    one = created("aws_db_instance", **settings)
    assert one.after == 21.01  # 0.025 × 730 + 20 × 0.138
    assert created("aws_db_instance", **settings, multi_az=True).after == 42.02
    assert created("aws_db_instance", **settings, manage_master_user_password=True).after == 21.41
    assert created("aws_db_instance", **settings | {"engine": "mysql"}).unknown == (("aws_db_instance", 1),)
    assert created("aws_db_instance", **settings | {"instance_class": "db.r7g.large"}).unknown


def test_aurora_serverless_costs_at_least_its_least_capacity() -> None:
    scaling = [{"min_capacity": 0.5, "max_capacity": 8}]
    cluster = {"cluster_identifier": "db", "engine": "aurora-postgresql", "serverlessv2_scaling_configuration": scaling}
    instance = change("aws_rds_cluster_instance", after={"cluster_identifier": "db", "instance_class": "db.serverless"})
    found = summed(made(change("aws_rds_cluster", after=cluster), instance))
    assert (found.after, found.by_use) == (54.75, (("aws_rds_cluster", 1),))  # 0.5 × 0.15 × 730
    optimized = change("aws_rds_cluster", after={**cluster, "storage_type": "aurora-iopt1"})
    assert summed(made(optimized, instance)).after == 73.00
    assert summed(made(instance)).unknown == (("aws_rds_cluster_instance", 1),)


def test_caches() -> None:
    assert created("aws_elasticache_cluster", engine="redis", node_type="cache.t4g.micro").after == 18.25
    shards = {"engine": "valkey", "node_type": "cache.t4g.micro", "num_node_groups": 2, "replicas_per_node_group": 1}
    assert created("aws_elasticache_replication_group", **shards).after == 58.40  # 4 × 0.020 × 730
    nodes = {"engine": "valkey", "node_type": "cache.t4g.micro", "num_cache_clusters": 2}
    assert created("aws_elasticache_replication_group", **nodes).after == 29.20
    virginia = PRICES["us-east-1"]
    assert [str(virginia[f"ElastiCache {each} cache.m6g.large hour"].usd) for each in ("redis", "valkey")] == [
        "0.149",
        "0.1192",
    ]


def test_small_things_by_the_month() -> None:
    assert created("aws_kms_key").after == 1.00
    assert created("aws_secretsmanager_secret", replica=[{"region": "us-east-1"}]).after == 0.80
    assert created("aws_wafv2_web_acl", rule=[{"name": "a"}, {"name": "b"}]).after == 7.00
    assert created("aws_cloudwatch_metric_alarm", period=60).after == 0.10
    assert created("aws_cloudwatch_metric_alarm", period=10).unknown
    queries = [{"metric": [{"period": 60}]}, {"metric": [{"period": 60}]}, {"expression": "a / b", "metric": []}]
    assert created("aws_cloudwatch_metric_alarm", metric_query=queries).after == 0.20


def test_a_dashboard_costs_the_same_whatever_is_on_it() -> None:
    assert created("aws_cloudwatch_dashboard", dashboard_name="test", dashboard_body="{}").after == 3.00
    assert created("aws_ebs_volume", type="gp3", size=100).after == 9.60
    assert created("aws_ssm_parameter", tier="Advanced").unknown


def test_capacity_that_is_provisioned_is_not_paid_by_use() -> None:
    found = created("aws_dynamodb_table", billing_mode="PROVISIONED")
    assert (found.unknown, found.by_use) == ((("aws_dynamodb_table", 1),), ())


def test_every_price_has_a_date_and_a_source() -> None:
    for prices in PRICES.values():
        for item, price in prices.items():
            assert price.usd > 0, item
            assert price.source, item
            assert re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", price.dated), item
            date.fromisoformat((price.dated + "-01-01")[:10])


@given(st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_the_order_of_resources_does_not_matter(name: str, random: Any) -> None:
    shuffled = plan(name)
    random.shuffle(shuffled["resource_changes"])
    random.shuffle(shuffled["configuration"]["root_module"]["resources"])
    assert cost(shuffled, TOKYO) == cost(plan(name), TOKYO)


@given(st.sampled_from(NAMES), st.sampled_from(sorted(PRICES)))
def test_a_plan_whose_values_stay_never_changes_the_cost(name: str, region: str) -> None:
    same = plan(name)
    for entry in same["resource_changes"]:
        after = entry["change"]["after"]
        entry["change"] = {"actions": ["no-op"], "before": after, "after": after, "after_unknown": {}}
    found = summed(same, region)
    assert (found.before, found.unknown) == (found.after, ())


@given(st.sampled_from(NAMES), st.data())
@settings(deadline=None)
def test_values_that_are_not_known_yet_never_stop_the_estimate(name: str, data: st.DataObject) -> None:
    vague = copy.deepcopy(plan(name))
    for entry in vague["resource_changes"]:
        after = entry["change"]["after"]
        if entry["mode"] == "managed" and after:
            for attribute in data.draw(st.sets(st.sampled_from(sorted(after)))):
                after[attribute] = None
                entry["change"]["after_unknown"][attribute] = True
    found = summed(vague)
    assert 0 <= found.after <= 100
    changed = [entry for entry in vague["resource_changes"] if entry["change"]["actions"] != ["no-op"]]
    assert sum(number for _, number in found.unknown) <= len(changed)
