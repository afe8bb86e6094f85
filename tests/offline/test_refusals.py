"""What `terraform validate` refuses with the real provider, it refuses offline."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.offline.terraform_runs import Stack, configuration

_OIDC = {"client_id": "c", "client_secret": "s", "issuer": "i", "token_endpoint": "t", "user_info_endpoint": "u"}
_RULE = {"listener_arn": "arn", "condition": [{"host_header": [{"values": ["a"]}]}]}

REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a misspelt attribute": ("aws_vpc", {"cidr_blok": "10.0.0.0/16"}, 'Did you mean "cidr_block"?'),
    "a misspelt attribute inside a block": (
        "aws_lb_target_group",
        {"health_check": [{"pth": "/"}]},
        'No argument or block type is named "pth". Did you mean "path"?',
    ),
    "an attribute in camel case": ("aws_vpc", {"cidrBlock": "10.0.0.0/16"}, 'named "cidrBlock"'),
    "a missing required attribute": ("aws_subnet", {"cidr_block": "10.0.0.0/24"}, 'The argument "vpc_id" is required'),
    "a missing required attribute inside a block": (
        "aws_lb_listener_rule",
        _RULE | {"action": [{"type": "authenticate-oidc", "authenticate_oidc": [_OIDC]}]},
        'The argument "authorization_endpoint" is required',
    ),
    "a missing required block": ("aws_lb_listener", {"load_balancer_arn": "arn"}, 'At least 1 "default_action"'),
    "a misspelt block": ("aws_lb_target_group", {"health_chek": [{}]}, 'Did you mean "health_check"?'),
    "a block that must not repeat": (
        "aws_lb_target_group",
        {"health_check": [{"path": "/a"}, {"path": "/b"}]},
        'No more than 1 "health_check" blocks are allowed',
    ),
    "more blocks than the limit": (
        "aws_ecs_service",
        {"name": "a", "ordered_placement_strategy": [{"type": "random"}] * 6},
        'No more than 5 "ordered_placement_strategy" blocks are allowed',
    ),
    "fewer blocks than the limit": (
        "aws_cloudfront_distribution",
        {
            "enabled": True,
            "default_cache_behavior": [
                {
                    "allowed_methods": ["GET"],
                    "cached_methods": ["GET"],
                    "target_origin_id": "s3",
                    "viewer_protocol_policy": "allow-all",
                }
            ],
            "origin": [{"domain_name": "a", "origin_id": "s3"}],
            "origin_group": [
                {"origin_id": "g", "failover_criteria": [{"status_codes": [500]}], "member": [{"origin_id": "s3"}]}
            ],
            "restrictions": [{"geo_restriction": [{"restriction_type": "none"}]}],
            "viewer_certificate": [{}],
        },
        'At least 2 "member" blocks are required',
    ),
    "a computed attribute that is set": (
        "aws_vpc",
        {"cidr_block": "10.0.0.0/16", "arn": "arn:aws:ec2:x"},
        'Can\'t configure a value for "arn"',
    ),
    "a computed attribute of another type that is set": (
        "aws_route53_zone",
        {"name": "example.jp", "name_servers": ["ns"]},
        'Can\'t configure a value for "name_servers"',
    ),
    "a computed attribute that is set inside a block": (
        "aws_lb",
        {"subnet_mapping": [{"subnet_id": "subnet-1", "outpost_id": "op-1"}]},
        'Can\'t configure a value for "outpost_id"',
    ),
    "text for a bool": (
        "aws_vpc",
        {"cidr_block": "10.0.0.0/16", "enable_dns_support": "maybe"},
        'Inappropriate value for attribute "enable_dns_support": a bool is required',
    ),
    "text for a number": ("aws_lb", {"idle_timeout": "long"}, "a number is required"),
    "one text for a set": ("aws_lb", {"subnets": "subnet-1"}, "set of string required"),
    "a list for a text": ("aws_vpc", {"cidr_block": ["10.0.0.0/16"]}, "string required"),
    "an unknown field of an attribute given as blocks": (
        "aws_security_group",
        {"ingress": [{"from_port": 1, "to_port": 1, "protocol": "tcp", "cidr": "0.0.0.0/0"}]},
        'Inappropriate value for attribute "ingress"',
    ),
    "an unknown type": ("aws_load_balancer", {}, 'does not support resource type "aws_load_balancer"'),
    "a misspelt action of a service": (
        "aws_ecs_service",
        {"name": "a", "deployment_circuit_braker": [{}]},
        "circuit_braker",
    ),
}
DATA_REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a misspelt argument of a data source": (
        "aws_iam_policy_document",
        {"statment": [{}]},
        'Did you mean "statement"?',
    ),
    "a computed attribute of a data source": ("aws_caller_identity", {"account_id": "1"}, '"account_id"'),
}
ALL = REFUSALS | DATA_REFUSALS


def _key(what: str) -> str:
    return what.replace(" ", "_")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, provider: Any) -> dict[str, list[str]]:
    """All mistakes in one run: what terraform says by the resource it says it of."""
    resources: dict[str, Any] = {"aws_vpc": {"right": {"cidr_block": "10.0.0.0/16"}}}
    data: dict[str, Any] = {}
    for table, target in ((REFUSALS, resources), (DATA_REFUSALS, data)):
        for what, (kind, body, _) in table.items():
            target.setdefault(kind, {})[_key(what)] = body
    wrong = configuration(resources, data=data)
    stack = Stack(tmp_path_factory.mktemp("refusals"), provider.environment).write(wrong)
    result = stack.run("validate", "-json")
    assert result.code == 1
    said: dict[str, list[str]] = {}
    for diagnostic in json.loads(result.output)["diagnostics"]:
        context = diagnostic.get("snippet", {}).get("context") or diagnostic["summary"]
        name = context.removeprefix("data.").removeprefix("resource.").split(".")[1:2] or [context]
        said.setdefault(name[0], []).append(f"{diagnostic['summary']}: {diagnostic['detail']}")
    return said


@pytest.mark.terraform
@pytest.mark.parametrize("what", ALL)
def test_is_refused(found: dict[str, list[str]], what: str) -> None:
    everything_said = [text for texts in found.values() for text in texts]
    said = found.get(_key(what), everything_said if ALL[what][0] == "aws_load_balancer" else [])
    assert any(ALL[what][2] in text for text in said), said


@pytest.mark.terraform
def test_a_misspelt_provider_argument_is_refused(stack: Stack) -> None:
    wrong = configuration({"aws_vpc": {"right": {"cidr_block": "10.0.0.0/16"}}})
    wrong["provider"]["aws"][0]["regoin"] = "us-east-1"
    result = stack.write(wrong).run("validate", "-no-color")
    assert result.code == 1
    assert 'No argument or block type is named "regoin".' in result.output


@pytest.mark.terraform
def test_what_is_right_is_not_refused(found: dict[str, list[str]]) -> None:
    assert "right" not in found
    refused = {name for name in found if not name.startswith(("provider", "Invalid"))}
    assert refused <= {_key(what) for what in ALL} | {"resource"}
