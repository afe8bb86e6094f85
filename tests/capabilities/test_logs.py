"""Lines that go elsewhere: what leads them there, what it may do, and that AWS, played offline, takes all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tests.offline.terraform_runs import Stack

Resources = dict[str, dict[str, Any]]


@pytest.fixture
def resources(emitted: dict[str, dict[str, Any]]) -> Resources:
    found: Resources = emitted["logs"]["environment-test"]["resource"]
    return found


def containers(resources: Resources, service: str) -> dict[str, dict[str, Any]]:
    text = resources["aws_ecs_task_definition"][f"{service}_task_definition"]["container_definitions"]
    return {each["name"]: each for each in json.loads(text)}


@pytest.mark.terraform
@pytest.mark.slow
def test_lines_leave_by_filters_and_routers_and_all_of_it_is_applied_and_goes(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    stacks = emitted["logs"]
    with offline.start(tmp_path / "ids", container=False) as provider:
        environment = {"TF_VAR_image_tags": '{"web": "a"}'}
        common = Stack(tmp_path, environment, "common-main", provider).write(stacks["common-main"])
        common.apply()
        test = Stack(tmp_path, environment, "environment-test", provider)
        test.write(stacks[test.name], common_main=common.folder).apply()
        assert test.plan() == {}
        filters = [
            each["attributes"]
            for one in test.state()["resources"]
            if one["type"] == "aws_cloudwatch_log_subscription_filter"
            for each in one["instances"]
        ]
        assert sorted(f"{each['log_group_name']} {each['name']}" for each in filters) == [
            "/kakei/test/migrate mail-20",
            "/kakei/test/nightly destination",
            "/kakei/test/web destination",
            "/kakei/test/web mail-5",
            "/kakei/test/worker destination",
            "/kakei/test/worker mail-20",
        ]
        test.must("destroy", "-auto-approve")
        assert test.state()["resources"] == []


def test_who_hands_lines_on_may_write_to_that_stream_and_nothing_else(resources: Resources) -> None:
    policies = {
        name: json.loads(each["policy"])["Statement"]
        for name, each in resources["aws_iam_role_policy"].items()
        if name.endswith("_log_sender_policy")
    }
    assert {name: (each["Action"], each["Resource"]) for name, (each,) in policies.items()} == {
        "web_log_sender_policy": (
            ["firehose:PutRecord", "firehose:PutRecordBatch"],
            ["arn:aws:firehose:ap-northeast-1:111111111111:deliverystream/lines-test"],
        ),
        "worker_log_sender_policy": (
            ["kinesis:PutRecord", "kinesis:PutRecords"],
            ["arn:aws:kinesis:ap-northeast-1:111111111111:stream/lines"],
        ),
    }
    assert "role_arn" not in resources["aws_cloudwatch_log_subscription_filter"]["nightly_log_destination"]


def test_every_container_but_the_router_gives_it_its_lines_and_starts_after_it(resources: Resources) -> None:
    shop = containers(resources, "shop")
    assert set(shop) == {"shop", "poller", "log-router"}
    router = shop.pop("log-router")
    assert (router["user"], router["essential"], router["logConfiguration"]["logDriver"]) == ("0", True, "awslogs")
    assert router["firelensConfiguration"]["options"]["config-file-value"] == "/fluent-bit/configs/parse-json.conf"
    for each in shop.values():
        assert each["dependsOn"] == [{"containerName": "log-router", "condition": "START"}]
        lines = each["logConfiguration"]
        assert lines["options"] == {
            "Name": "forward",
            "Host": "logs.example.com",
            "Port": "24225",
            "Tag": "shop.test",
        }
        [secret] = lines["secretOptions"]
        assert secret["name"] == "Shared_Key"
        reads = resources["aws_iam_role_policy"]["shop_execution_policy"]["policy"]
        assert f"{secret['valueFrom']}-??????" in reads, "ECS's own role hands it to the router"
    rule = resources["aws_vpc_security_group_egress_rule"]["shop_out_24225"]
    assert rule["description"] == "From shop to logs.example.com", "the router's way out is the task's"


def test_what_is_said_of_the_router_is_laid_over_what_is_made(resources: Resources) -> None:
    router = containers(resources, "own")["log-router"]
    assert (router["image"], router["memory"], router["user"]) == ("ghcr.io/example/fluent-bit:4.0", 256, "0")
    assert [each["name"] for each in router["secrets"]] == ["ES_PASS"]
    lines = {"logDriver": "awsfirelens", "options": {"Name": "null", "Match": "*"}}
    assert containers(resources, "own")["own"]["logConfiguration"] == lines, "its configuration says where to"
