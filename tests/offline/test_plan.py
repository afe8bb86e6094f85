"""Decisions of a plan and inventions of an apply, without terraform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tanada.offline import computed, configuration, data_sources, schema
from tanada.offline.blocks import Attribute, Block, Nested
from tanada.offline.codec import decode, encode, from_message
from tanada.offline.configuration import Provider
from tanada.offline.ledger import Ledger
from tanada.offline.plan import Plan, changed_names, plan, same
from tanada.offline.protocol import tfplugin6_pb2 as pb
from tanada.resources.seed import UNKNOWN, has_unknown

PROVIDER = Provider("111111111111", "ap-northeast-1", {"System": "kakei"})
TEXT = Attribute("string", optional=True)


@pytest.fixture(scope="module")
def schemas() -> pb.GetProviderSchema.Response:
    return schema.load()


def _null(block: Block) -> dict[str, Any]:
    """A configuration of a block in which nothing is set."""
    empty: dict[str, Any] = dict.fromkeys(block.attributes)
    for name, nested in block.blocks.items():
        empty[name] = {"single": None, "map": {}}.get(nested.nesting, [])
    return empty


def _one(block: Block) -> dict[str, Any]:
    """A configuration with every block once, at every depth."""
    filled = _null(block)
    for name, nested in block.blocks.items():
        inner = _one(nested.block)
        filled[name] = {"single": inner, "map": {"a": inner}}.get(nested.nesting, [inner])
    return filled


def test_every_type_is_planned_and_made_whole_by_its_schema_alone(schemas: pb.GetProviderSchema.Response) -> None:
    for kind, message in schemas.resource_schemas.items():
        block = from_message(message.block)
        config = _one(block)
        planned = plan(kind, block, None, config, config, PROVIDER)
        made = computed.create(kind, block, planned.planned, PROVIDER, Ledger())
        assert not has_unknown(made), kind
        if "id" in block.attributes:
            assert isinstance(made["id"], str), kind
        kept = decode(encode(made))
        again = plan(kind, block, kept, _merged(block, config, kept), config, PROVIDER)
        assert changed_names(block, kept, again.planned) == [], kind
        assert again.replaces == (), kind


def _merged(block: Block, config: dict[str, Any], prior: dict[str, Any]) -> dict[str, Any]:
    """What terraform proposes: computed values that are not configured stay."""
    merged = dict(config)
    for name, attribute in block.attributes.items():
        if attribute.computed and config[name] is None:
            merged[name] = prior[name]
    for name, nested in block.blocks.items():
        pairs = _pairs(config[name], prior[name])
        inner = [_merged(nested.block, one, other) for one, other in pairs]
        if isinstance(config[name], list):
            merged[name] = inner
        elif inner:
            merged[name] = inner[0] if nested.nesting == "single" else {"a": inner[0]}
    return merged


def _pairs(config: Any, prior: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    if isinstance(config, list):
        yield from zip(config, prior, strict=True)
    elif isinstance(config, dict) and "a" in config and isinstance(config["a"], dict) and len(config) == 1:
        yield config["a"], prior["a"]
    elif isinstance(config, dict):
        yield config, prior


def test_every_data_source_is_answered(schemas: pb.GetProviderSchema.Response) -> None:
    for kind, message in schemas.data_source_schemas.items():
        block = from_message(message.block)
        state = data_sources.read(kind, block, _null(block), PROVIDER)
        assert not has_unknown(state), kind
        empty = [name for name, attribute in block.attributes.items() if attribute.computed and state[name] is None]
        assert all(_has_dynamic(block.attributes[name].type) for name in empty), (kind, empty)
        decode(encode(state))


def _has_dynamic(kind: Any) -> bool:
    return "dynamic" in str(kind)


def _planned(kind: str, block: Block, prior: dict[str, Any] | None, **config: Any) -> Plan:
    proposed = _null(block) | config
    return plan(kind, block, prior, dict(proposed), dict(proposed), PROVIDER)


def test_sets_have_no_order_and_lists_do() -> None:
    assert same(Attribute(["set", "string"]), ["a", "b"], ["b", "a"])
    assert not same(Attribute(["list", "string"]), ["a", "b"], ["b", "a"])
    inner = Block({"name": TEXT, "values": Attribute(["set", "string"])}, {})
    one, other = {"name": "a", "values": ["1", "2"]}, {"name": "b", "values": ["3"]}
    turned = {"name": "a", "values": ["2", "1"]}
    assert same(Nested("set", inner), [one, other], [other, turned])
    assert not same(Nested("list", inner), [one, other], [other, turned])
    objects = Attribute(["set", ["object", {"values": ["set", "string"]}]])
    assert same(objects, [{"values": ["1", "2"]}], [{"values": ["2", "1"]}])


def test_what_is_not_known_yet_is_a_change() -> None:
    assert not same(TEXT, "a", UNKNOWN)
    assert not same(Attribute(["list", "string"]), ["a"], ["a", UNKNOWN])


def test_tags_with_an_unknown_value_make_all_tags_unknown() -> None:
    block = Block(
        {"tags": Attribute(["map", "string"], optional=True), "tags_all": Attribute(["map", "string"], computed=True)},
        {},
    )
    assert _planned("aws_vpc", block, None, tags={"Name": "a"}).planned["tags_all"] == {"System": "kakei", "Name": "a"}
    assert _planned("aws_vpc", block, None, tags={"Name": UNKNOWN}).planned["tags_all"] is UNKNOWN
    assert _planned("aws_vpc", block, None, tags={"System": None}).planned["tags_all"] == {}


def test_computed_values_stay_in_an_update_and_those_of_new_blocks_are_unknown() -> None:
    inner = Block({"name": TEXT, "made": Attribute("string", computed=True)}, {})
    block = Block({"id": Attribute("string", computed=True), "name": TEXT}, {"rule": Nested("list", inner)})
    prior = {"id": "i", "name": "a", "rule": [{"name": "x", "made": "m"}]}
    rules = [{"name": "x", "made": "m"}, {"name": "y", "made": None}]
    planned = plan("aws_any", block, prior, prior | {"rule": rules}, prior | {"rule": rules}, PROVIDER).planned
    assert planned["id"] == "i"
    assert [rule["made"] for rule in planned["rule"]] == ["m", UNKNOWN]


def test_defaults_reach_into_blocks() -> None:
    check = Block({"interval": Attribute("number", optional=True), "path": TEXT}, {})
    block = Block({"target_type": TEXT}, {"health_check": Nested("list", check)})
    planned = _planned("aws_lb_target_group", block, None, health_check=[{"interval": None, "path": "/"}]).planned
    assert planned == {"target_type": "instance", "health_check": [{"interval": 30, "path": "/"}]}


def test_a_value_that_stays_unknown_replaces_where_a_change_would(schemas: pb.GetProviderSchema.Response) -> None:
    block = from_message(schemas.resource_schemas["aws_subnet"].block)
    prior = computed.create(
        "aws_subnet", block, _planned("aws_subnet", block, None, vpc_id="vpc-1").planned, PROVIDER, Ledger()
    )
    config = _null(block) | {"vpc_id": UNKNOWN}
    made = plan("aws_subnet", block, prior, prior | {"vpc_id": UNKNOWN}, config, PROVIDER)
    assert made.replaces == (("vpc_id",),)


@pytest.mark.parametrize(
    ("kind", "before", "after", "replaces"),
    [
        ("aws_vpc", {"instance_tenancy": "dedicated"}, {"instance_tenancy": "default"}, []),
        ("aws_vpc", {"instance_tenancy": "default"}, {"instance_tenancy": "dedicated"}, [("instance_tenancy",)]),
        ("aws_vpc", {"cidr_block": "10.0.0.0/16"}, {"cidr_block": "10.1.0.0/16"}, [("cidr_block",)]),
        ("aws_vpc", {"enable_dns_support": True}, {"enable_dns_support": False}, []),
        ("aws_subnet", {"ipv6_cidr_block": "a"}, {"ipv6_cidr_block": "b"}, []),
        (
            "aws_subnet",
            {"ipv6_cidr_block": "a", "assign_ipv6_address_on_creation": True},
            {"ipv6_cidr_block": "b", "assign_ipv6_address_on_creation": True},
            [("ipv6_cidr_block",)],
        ),
        ("aws_vpc_endpoint", {"private_dns_enabled": False}, {"private_dns_enabled": True}, [("private_dns_enabled",)]),
        (
            "aws_vpc_endpoint",
            {"private_dns_enabled": False, "vpc_endpoint_type": "Interface"},
            {"private_dns_enabled": True, "vpc_endpoint_type": "Interface"},
            [("private_dns_enabled",)],
        ),
        ("aws_route53_record", {"ttl": 60}, {"ttl": 300}, []),
        ("aws_route53_record", {"name": "a"}, {"name": "b"}, [("name",)]),
        (
            "aws_acm_certificate",
            {"domain_name": "a.jp", "subject_alternative_names": ["*.a.jp"]},
            {"domain_name": "a.jp", "subject_alternative_names": ["a.jp", "*.a.jp"]},
            [],
        ),
        ("aws_sqs_queue", {"name": "a"}, {"name": "b"}, [("name",)]),
        ("aws_rds_cluster", {"engine": "aurora-mysql", "storage_type": "aurora"}, {"engine": "aurora-mysql"}, []),
        (
            "aws_rds_cluster",
            {"engine": "mysql", "storage_type": "io1"},
            {"engine": "mysql", "storage_type": "io2"},
            [("storage_type",)],
        ),
        (
            "aws_elasticache_replication_group",
            {"engine": "valkey", "engine_version": "8.0"},
            {"engine": "valkey", "engine_version": "8.1"},
            [],
        ),
        (
            "aws_elasticache_replication_group",
            {"engine": "valkey", "engine_version": "8.0"},
            {"engine": "redis", "engine_version": "7.1"},
            [("engine",), ("engine_version",)],
        ),
        ("aws_ssm_parameter", {"tier": "Standard"}, {"tier": "Advanced"}, []),
        ("aws_ssm_parameter", {"tier": "Advanced"}, {"tier": "Standard"}, [("tier",)]),
        ("aws_eip", {"region": "ap-northeast-1"}, {"region": "us-east-1"}, [("region",)]),
    ],
)
def test_a_change_replaces_where_the_provider_says_so(
    schemas: pb.GetProviderSchema.Response, kind: str, before: Any, after: Any, replaces: list[Any]
) -> None:
    block = from_message(schemas.resource_schemas[kind].block)
    first = plan(kind, block, None, _null(block) | before, _null(block) | before, PROVIDER)
    prior = computed.create(kind, block, first.planned, PROVIDER, Ledger())
    config = _null(block) | after
    made = plan(kind, block, prior, _merged(block, config, prior), config, PROVIDER)
    assert list(made.replaces) == replaces


def test_equal_resources_have_different_ids_and_a_freed_one_is_given_again(
    schemas: pb.GetProviderSchema.Response,
) -> None:
    block = from_message(schemas.resource_schemas["aws_kms_key"].block)
    planned = _planned("aws_kms_key", block, None).planned
    ledger = Ledger()
    first, second = (computed.create("aws_kms_key", block, planned, PROVIDER, ledger) for _ in range(2))
    assert first["id"] != second["id"]
    ledger.forget(f"aws_kms_key {first['id']}")
    assert computed.create("aws_kms_key", block, planned, PROVIDER, ledger) == first


def test_named_resources_keep_their_name_as_id(schemas: pb.GetProviderSchema.Response) -> None:
    block = from_message(schemas.resource_schemas["aws_cloudwatch_log_group"].block)
    planned = _planned("aws_cloudwatch_log_group", block, None, name="/a").planned
    ledger = Ledger()
    made = [computed.create("aws_cloudwatch_log_group", block, planned, PROVIDER, ledger)["id"] for _ in range(2)]
    assert made == ["/a", "/a"]


def test_the_ledger_survives_its_process(tmp_path: Any) -> None:
    ledger = Ledger(tmp_path / "ids.json")
    ledger.note("aws_eip eipalloc-1", "192.0.2.1")
    assert [ledger.next("revision web") for _ in range(2)] == [1, 2]
    ledger.save()
    again = Ledger(tmp_path / "ids.json")
    assert again.get("aws_eip eipalloc-1") == "192.0.2.1"
    assert again.next("revision web") == 3
    assert again.first_free(["aws_eip eipalloc-1", "aws_eip eipalloc-2"]) == "aws_eip eipalloc-2"
    (tmp_path / "ids.json").write_text("damaged")
    assert Ledger(tmp_path / "ids.json").get("aws_eip eipalloc-1") is None


def test_a_provider_without_account_or_region_takes_those_of_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert configuration.read({}) == Provider("123456789012", "us-east-1", {})
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert configuration.read({"region": None}).region == "eu-west-1"
    assert configuration.read({"allowed_account_ids": ["2", "1"], "default_tags": [{"tags": None}]}).account == "1"
    assert configuration.read({"default_tags": UNKNOWN}).default_tags is UNKNOWN
