"""A contract is written once: what is published is what is parsed, and what readers refer to, to the last key."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tanada.contract.common import CommonContract, ExecLog, LoadBalancer, Registry
from tanada.contract.environment import (
    EnvironmentContract,
    Service,
    deployed,
    image_tag_outputs,
    image_tags,
    is_image_tag,
    store_version_outputs,
    store_versions,
)
from tanada.contract.outputs import Contract, References, parsed, published, referenced, version

COMMON = CommonContract(
    vpc_id="vpc-1",
    task_subnet_ids=["subnet-1", "subnet-2"],
    private_subnet_ids=["subnet-1", "subnet-2"],
    load_balancers={"1": LoadBalancer("listener", "name", "zone", "sg-2")},
    target_security_group_id="sg-1",
    behind_security_group_id="sg-3",
    cluster_arn="cluster",
    exec_log=ExecLog("group", "arn", "key"),
    registries={"web-app": Registry("url", "arn")},
    zone_ids={"example.jp": "Z1"},
    namespace_id="ns-1",
    outbound_addresses=["203.0.113.1"],
    name_servers={"example.jp": ["ns-1.example"]},
)
ENVIRONMENT = EnvironmentContract(
    environment="test",
    url="https://test.example.jp",
    cluster_arn="cluster",
    services={"web": Service("test_web_kakei", "test_web_kakei", "/kakei/test/web")},
    stores={"sessions": "test_sessions_kakei"},
    image_tags={"web": "1a2b3c4"},
)


def outputs(contract: Contract) -> dict[str, Any]:
    """As a state has them."""
    return {name: {"value": value, "type": "string"} for name, value in published(contract).items()}


@pytest.mark.parametrize("contract", [COMMON, ENVIRONMENT])
def test_what_is_published_is_what_is_parsed(contract: Contract) -> None:
    assert parsed(type(contract), outputs(contract)) == contract
    assert parsed(type(contract), {**outputs(contract), "of_a_newer_tanada": {"value": 1}}) == contract


def test_an_older_contract_or_none_is_nothing() -> None:
    @dataclass(frozen=True)
    class Newer(CommonContract):
        VERSION = CommonContract.VERSION + 1

    assert parsed(Newer, outputs(COMMON)) is None
    assert parsed(CommonContract, {}) is None
    without_one = {name: output for name, output in outputs(COMMON).items() if name != "exec_log"}
    assert parsed(CommonContract, without_one) is None
    assert (version({}), version(outputs(COMMON))) == (0, CommonContract.VERSION)


def test_readers_refer_to_what_is_published() -> None:
    keys = {"load_balancers": ["1"], "registries": ["web-app"], "zone_ids": ["example.jp"]}
    read = referenced(CommonContract, References(text=lambda path: path, texts=lambda path: [path], keys=keys))
    assert read.exec_log == ExecLog("exec_log.group_name", "exec_log.group_arn", "exec_log.key_arn")
    assert read.load_balancers["1"].listener_arn == 'load_balancers["1"].listener_arn'
    assert read.registries["web-app"].url == "registries.web-app.url"
    assert read.zone_ids == {"example.jp": 'zone_ids["example.jp"]'}
    assert (read.task_subnet_ids, read.name_servers) == (["task_subnet_ids"], {})
    for path in (read.vpc_id, read.exec_log.key_arn, read.registries["web-app"].arn, read.zone_ids["example.jp"]):
        value: Any = published(COMMON)
        for quoted, plain in re.findall(r'\["([^"]+)"\]|([^.\[]+)', path):
            value = value[quoted or plain]
        assert isinstance(value, str)


def test_image_tags_are_read_whatever_else_a_state_holds() -> None:
    assert image_tags(outputs(ENVIRONMENT)) == {"web": "1a2b3c4"}
    assert image_tags({}) == {}
    assert image_tags(outputs(replace(ENVIRONMENT, image_tags=None))) == {}


def test_the_tag_of_one_image_says_more_than_the_tags_of_all() -> None:
    held = {**outputs(ENVIRONMENT), **{name: {"value": tag} for name, tag in image_tag_outputs({"web": "5"}).items()}}
    assert image_tags(held) == {"web": "5"}
    held["image_tag_batch-job"] = {"value": "6"}
    assert image_tags(held) == {"web": "5", "batch-job": "6"}
    assert all(is_image_tag(name) for name in ("image_tags", "image_tag_web"))
    assert not is_image_tag("image")


def test_a_deployed_tag_is_known_with_the_last_of_its_services() -> None:
    assert deployed(["a.x.y", "a.z.y"], "local.t") == '${split("|", join("|", [a.x.y, a.z.y, local.t]))[2]}'


def test_the_numbers_of_passwords_come_back_as_they_were_published() -> None:
    published_so = store_version_outputs({"db": "1", "small": "3"})
    assert store_versions({name: {"value": value} for name, value in published_so.items()}) == {"db": 1, "small": 3}
    assert store_version_outputs({}) == {}
    assert store_versions({"contract": {"value": 1}}) == {}
