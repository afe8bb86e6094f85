"""The lines that say how a stack's JSON differs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanada.terraform.json_diff import emitted_changes

STACK: dict[str, Any] = {
    "//": {"metadata": {"stackName": "environment-test"}},
    "terraform": {"backend": {"s3": {"key": "kakei/test.tfstate"}}, "required_version": "= 1.11.4"},
    "provider": {"aws": [{"region": "ap-northeast-1"}]},
    "variable": {"image_tags": {"type": "map(string)"}},
    "locals": {"tag": "${var.image_tags}"},
    "data": {"aws_region": {"here": {}}},
    "resource": {
        "aws_ecs_service": {
            "web": {"//": {"metadata": {"path": "web"}}, "desired_count": 1, "network": [{"subnets": ["a", "b"]}]}
        },
        "aws_iam_policy": {"web": {"policy": json.dumps({"Statement": [{"Action": "s3:GetObject"}]})}},
    },
    "output": {"contract": {"value": 1}},
}


def edited(path: str, value: Any) -> dict[str, Any]:
    """The stack with a value at a path; None takes it away."""
    stack: dict[str, Any] = json.loads(json.dumps(STACK))
    *way, last = path.split("/") if path != "//" else [path]
    place = stack
    for step in way:
        place = place.setdefault(step, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return stack


def test_nothing_differs_from_itself() -> None:
    assert emitted_changes(STACK, STACK) == ()


def test_notes_that_terraform_does_not_read_are_no_difference() -> None:
    assert emitted_changes(STACK, edited("//", {})) == ()
    moved = edited("resource/aws_ecs_service/web", {**STACK["resource"]["aws_ecs_service"]["web"], "//": {}})
    assert emitted_changes(STACK, moved) == ()


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("resource/aws_ecs_service/web/desired_count", 2, "~ aws_ecs_service.web: desired_count"),
        ("resource/aws_ecs_service/web/cluster", "x", "~ aws_ecs_service.web: cluster"),
        (
            "resource/aws_ecs_service/web/network",
            [{"subnets": ["a", "c"]}],
            "~ aws_ecs_service.web: network[0].subnets[1]",
        ),
        ("resource/aws_ecs_service/web/network", [{"subnets": ["a"]}], "~ aws_ecs_service.web: network[0].subnets"),
        ("resource/aws_ecs_service/api", {}, "+ aws_ecs_service.api"),
        ("resource/aws_ecs_service/web", None, "- aws_ecs_service.web"),
        ("resource/aws_ecs_service", None, "- aws_ecs_service.web"),
        (
            "resource/aws_iam_policy/web/policy",
            json.dumps({"Statement": [{"Action": "s3:*"}]}),
            "~ aws_iam_policy.web: policy.Statement[0].Action",
        ),
        (
            "resource/aws_iam_policy/web/policy",
            '{"Statement":[{"Action":"s3:GetObject"}]}',
            "~ aws_iam_policy.web: policy",
        ),
        ("resource/aws_iam_policy/web/policy", "[no JSON", "~ aws_iam_policy.web: policy"),
        ("data/aws_region/there", {}, "+ data.aws_region.there"),
        ("output/contract/value", 2, "~ output.contract: value"),
        ("output/contract/value", True, "~ output.contract: value"),
        ("variable/image_tags/default", {}, "~ var.image_tags: default"),
        ("locals/tag", "latest", "~ local.tag"),
        ("provider/aws", [{"region": "us-east-1"}], "~ provider.aws: [0].region"),
        ("terraform/backend/s3/key", "other", "~ terraform.backend: s3.key"),
        ("terraform/required_version", "= 1.12.0", "~ terraform.required_version"),
        ("moved", [{"from": "aws_x.a", "to": "aws_x.b"}], "+ moved aws_x.a to aws_x.b"),
        ("import", [{"id": "Z1", "to": "aws_x.b"}], "+ import"),
    ],
)
def test_each_difference_is_a_line(path: str, value: Any, line: str) -> None:
    assert emitted_changes(STACK, edited(path, value)) == (line,)


def test_lines_are_in_the_order_of_their_addresses() -> None:
    both = edited("resource/aws_ecs_service/api", {})
    both["output"]["url"] = {"value": "x"}
    both["resource"]["aws_ecs_service"]["web"] |= {"b": 1, "a": 2}
    assert emitted_changes(STACK, both) == (
        "+ aws_ecs_service.api",
        "~ aws_ecs_service.web: a, b",
        "+ output.url",
    )
