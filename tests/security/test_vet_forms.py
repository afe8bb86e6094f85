"""A value goes where the base puts such values, or is a whole value by itself: no part of one is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tanada.terraform.vet import vet, vet_stack

Stack = dict[str, Any]
BASE: Stack = {
    "locals": {"web_tag": '${lookup(var.image_tags, "web", "")}', "environment": "${terraform.workspace}"},
    "variable": {"image_tags": {"default": {}, "type": "map(string)"}, "pw": {"sensitive": True}},
    "data": {"terraform_remote_state": {"common": {"backend": "s3"}}},
    "resource": {
        "aws_vpc": {"network": {"cidr_block": "10.0.0.0/16"}},
        "aws_dynamodb_table": {"sessions": {"name": "sessions"}},
        "aws_iam_role": {"web": {"name": '${trim(substr("test-web", 0, 55), "-")}'}},
        "aws_subnet": {
            "a": {
                "vpc_id": "${aws_vpc.network.id}",
                "ipv6_cidr_block": "${cidrsubnet(aws_vpc.network.ipv6_cidr_block, 8, 0)}",
                "availability_zone": "${data.aws_availability_zones.zones.names[0]}",
            }
        },
        "aws_security_group": {
            "web": {"name": '${substr(sha256("kakei/web/${data.terraform_remote_state.common.outputs.vpc_id}"), 0, 8)}'}
        },
        "aws_route53_record": {
            "web": {"zone_id": '${data.terraform_remote_state.common.outputs.zone_ids["example.jp"]}'}
        },
        "aws_ecs_service": {
            "web": {
                "name": "web",
                "image": "${data.terraform_remote_state.common.outputs.registries.web.arn}:${local.web_tag}",
                "policy": '{"Resource": ["${aws_dynamodb_table.sessions.arn}"]}',
                "lifecycle": {
                    "precondition": [{"condition": '${lookup(var.image_tags, "web", "") != ""}', "error_message": "x"}]
                },
            }
        },
    },
    "output": {"tag": {"value": '${split("|", join("|", [aws_ecs_service.web.task_definition, local.web_tag]))[1]}'}},
}
WHY = "uses a value as the base doesn't, and may so tell one that is hidden"


@pytest.fixture
def head() -> Stack:
    return copy.deepcopy(BASE)


SECRET = ("var.pw", "aws_cognito_user_pool_client.x.client_secret", "data.terraform_remote_state.common.outputs.x")
TOLD = {
    "in an error of cidrsubnet": '${cidrsubnet("${substr(X,0,1)} ${substr(X,1,1)} ${substr(X,2,12)}",8,1)}',
    "in an error of regex": '${regex("^${substr(X,0,7)}(","a")}',
    "in an error of lookup": "${lookup({a=1},substr(X,0,7))}",
    "in an error of the provider": "${substr(X,0,1)} ${substr(X,1,5)}",
    "by a part alone": "${substr(X,0,1)}",
    "by a form with another value": '${lookup(X, "web", "")}',
    "by a form with another value in a text": '${substr(sha256("kakei/web/${X}"), 0, 8)}',
    "by a form of the base with another attribute": "${cidrsubnet(X, 8, 0)}",
    "by a form with another number": '${substr(sha256("kakei/web/${data.terraform_remote_state.common.outputs.vpc_id}'
    '${X}"), 0, 1)}',
    "by where it is split": '${split("h", join("|", [aws_ecs_service.web.task_definition, local.web_tag]))[1]}',
    "by another part of what is split": '${split("|", join("|", [aws_ecs_service.web.task_definition, X]))[0]}',
    "beside other text": "a ${X}",
    "beside another": "${X}${X}",
    "by an update": '${substr(X,0,1) == "h" ? 1 : 2}',
    "by a comparison": '${X == "h"}',
    "by an order": "${X > 5}",
    "by a sum": "${X + 1}",
    "by no": "${!X}",
    "by a conditional": "${X ? 1 : 2}",
    "by an index": "${X[0]}",
    "by an index of another": '${{"a" = 1}[X]}',
    "by an old index": "${X.0}",
    "by a splat": "${X[*]}",
    "by an old splat": "${X.*.a}",
    "in a list": "${[X]}",
    "in a mapping": "${{a = X}}",
    "in brackets": "${(X)}",
    "in quotes": '${"${X}"}',
    "in a directive": '%{ if X == "h" }a%{ endif }',
    "without its space": "${~ X ~}",
    "in a loop": "${[for a in [X] : a]}",
    "by the long form": "${resource.aws_x.y.secret}",
    "by each": "${each.value}",
    "by itself": "${self.secret}",
    "by its number": "${count.index}",
}


@pytest.mark.parametrize("secret", SECRET)
@pytest.mark.parametrize("case", TOLD)
def test_no_part_of_a_value_is_told(case: str, secret: str, head: Stack) -> None:
    text = TOLD[case].replace("X", secret)
    for key, value in (("launch_type", text), ("ingress", [{"cidr_blocks": [text]}]), ("tags", {text: "a"})):
        spoilt = copy.deepcopy(head)
        spoilt["resource"]["aws_ecs_service"]["web"][key] = value
        assert any(WHY in each for each in vet(spoilt, BASE)), key
    for block in ("locals", "output"):
        spoilt = copy.deepcopy(head)
        spoilt[block]["more"] = text if block == "locals" else {"value": text}
        assert any(WHY in each for each in vet(spoilt, BASE)), block


@pytest.mark.parametrize("secret", SECRET)
def test_a_whole_value_is_hidden_where_it_turns_up_but_for_a_question(secret: str, head: Stack) -> None:
    head["resource"]["aws_ecs_service"]["web"]["launch_type"] = f"${{{secret}}}"
    head["output"]["more"] = {"value": [f"${{{secret}}}"], "sensitive": True}
    assert vet(head, BASE) == []
    for key in ("count", "for_each"):
        spoilt = copy.deepcopy(head)
        spoilt["resource"]["aws_ecs_service"]["web"][key] = f"${{{secret}}}"
        assert f"resource.aws_ecs_service.web.{key}: {WHY}" in vet(spoilt, BASE)


@pytest.mark.parametrize("secret", SECRET)
def test_a_local_is_no_other_name_of_a_value(secret: str, head: Stack) -> None:
    """What takes a local by a form of the base would take the secret."""
    head["locals"]["web_tag"] = f"${{{secret}}}"
    assert vet(head, BASE) == [f"locals.web_tag: {WHY}"]


def test_what_stands_alone_in_the_base_stands_beside_no_text(head: Stack) -> None:
    head["resource"]["aws_subnet"]["a"]["tags"] = {"Name": "a ${aws_vpc.network.id}"}
    assert vet(head, BASE) == [f"resource.aws_subnet.a.tags.Name: {WHY}"]


def test_a_second_service_and_an_environment_have_the_bases_forms(head: Stack) -> None:
    head["locals"]["api_tag"] = '${lookup(var.image_tags, "api", "")}'
    head["resource"]["aws_dynamodb_table"]["orders"] = {"name": "orders"}
    head["resource"]["aws_ecs_service"]["api"] = {
        "name": '${trim(substr("test-api", 0, 55), "-")}',
        "image": "${data.terraform_remote_state.common.outputs.registries.api.arn}:${local.api_tag}",
        "policy": '{"Resource": ["${aws_dynamodb_table.sessions.arn}", "${aws_dynamodb_table.orders.arn}"]}',
        "zone": '${data.terraform_remote_state.common.outputs.zone_ids["example.com"]}',
        "lifecycle": {
            "precondition": [{"condition": '${lookup(var.image_tags, "api", "") != ""}', "error_message": "y"}]
        },
    }
    head["output"]["api"] = {
        "value": '${split("|", join("|", [aws_ecs_service.api.task_definition, local.api_tag]))[1]}'
    }
    head["resource"]["aws_subnet"]["b"] = {
        "ipv6_cidr_block": "${cidrsubnet(aws_vpc.network.ipv6_cidr_block, 8, 2)}",
        "availability_zone": "${data.aws_availability_zones.zones.names[2]}",
    }
    assert vet(head, BASE) == []


def test_a_first_service_has_the_forms_of_another_stack(head: Stack) -> None:
    bare = {"resource": {"terraform_data": {"x": {}}}, "data": BASE["data"]}
    assert vet(head, bare) != []
    assert vet_stack("environment-test", head, {"environment-test": bare, "environment-production": BASE}) == []
    assert vet_stack("environment-new", head, {"environment-production": BASE}) == []


def test_a_sign_in_quotes_is_no_name_and_no_end_of_one(head: Stack) -> None:
    """A form is compared word by word: what a text in quotes holds can't pretend to be more of the expression."""
    for text in (
        '${split("|", join("||", [aws_ecs_service.web.task_definition, local.web_tag]))[1]}',
        '${split("", join("|", [aws_ecs_service.web.task_definition, local.web_tag]))[1]}',
        '${split("|", join("|", [aws_ecs_service.web.task_definition, local.web_tag]))[0]}',
        '${lookup(var.image_tags, "web", "\\"")}',
        '${lookup(var.image_tags, "web", ">")}',
    ):
        head["output"]["tag"]["value"] = text
        assert vet(head, BASE) == [f"output.tag.value: {WHY}"], text
