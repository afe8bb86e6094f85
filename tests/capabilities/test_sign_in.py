"""Where people sign in, read from what is emitted: who is asked, by whom they are known, and where they come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tanada.declared.sign_in import CALLBACK

Json = dict[str, Any]
Emitted = dict[str, Json]


def resources(stack: Json, type_: str) -> Iterator[Json]:
    yield from stack["resource"].get(type_, {}).values()


def asking(stack: Json) -> Iterator[tuple[Json, Json]]:
    """The rules at which people sign in, each with how."""
    for rule in resources(stack, "aws_lb_listener_rule"):
        for action in rule["action"]:
            if "authenticate_cognito" in action:
                yield rule, action["authenticate_cognito"]


def test_another_issuer_than_google_is_asked_by_way_of_cognito(emitted: Emitted) -> None:
    common, partners = (emitted["sign_in"][name] for name in ("common-partners", "environment-partners"))
    said = common["resource"]["terraform_data"]["sign_in_provider"]["input"]
    assert (said["provider"], said["issuer"]) == ("OIDC", "https://id.example.com/realms/staff")
    assert set(common["output"]["sign_in"]["value"]) == {"oidc"}
    [client] = resources(partners, "aws_cognito_user_pool_client")
    theirs = "${data.terraform_remote_state.common.outputs.sign_in.oidc.provider}"
    assert client["supported_identity_providers"] == [theirs]
    asked = [how for _, how in asking(partners)]
    assert asked
    assert all(how["authentication_request_extra_params"] == {"identity_provider": theirs} for how in asked)


def test_whoever_signs_in_somewhere_comes_back_there_and_is_led_on_after_that(emitted: Emitted) -> None:
    seen = 0
    for stack in emitted["sign_in"].values():
        clients = list(resources(stack, "aws_cognito_user_pool_client"))
        for rule, how in asking(stack):
            assert [(action["type"], action["order"]) for action in rule["action"]] == [
                ("authenticate-cognito", 1),
                ("forward", 2),
            ]
            [client] = clients
            hosts = [host for each in rule["condition"] for host in each.get("host_header", {}).get("values", ())]
            assert hosts
            assert {f"https://{host}{CALLBACK}" for host in hosts} <= set(client["callback_urls"])
            assert how["user_pool_client_id"] == "${aws_cognito_user_pool_client.sign_in.id}"
            assert client["generate_secret"] is True
            seen += 1
    assert seen > 5
    assert list(asking(emitted["sign_in"]["environment-open"])) == []
    assert list(resources(emitted["sign_in"]["environment-open"], "aws_cognito_user_pool_client")) == []


@pytest.mark.parametrize("name", ["common-main", "common-partners"])
def test_no_stack_holds_or_reads_the_providers_secret(name: str, emitted: Emitted) -> None:
    stack = emitted["sign_in"][name]
    note = stack["resource"]["terraform_data"]["sign_in_provider"]["input"]
    assert note["kept_at"] in {"sign-in/google", "/kakei/sign-in"}
    assert "aws_cognito_identity_provider" not in stack["resource"]
    assert not set(stack.get("data", {})) & {"aws_secretsmanager_secret_version", "aws_ssm_parameter"}
    reading = {
        address: statement["Resource"]
        for address, policy in stack["resource"]["aws_iam_role_policy"].items()
        for statement in json.loads(policy["policy"])["Statement"]
        if {"secretsmanager:GetSecretValue", "ssm:GetParameter"} & set(many(statement.get("Action", ())))
    }
    [(role, resource)] = reading.items()
    assert role.startswith("ci_role_apply")
    assert resource.partition(":secret:")[2] == "sign-in/google-??????" or resource.endswith(":parameter/kakei/sign-in")


def many(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_load_balancers_reach_cognito_where_they_ask_and_nowhere_else(emitted: Emitted) -> None:
    def out(stack: Json) -> set[tuple[str, int]]:
        rules = resources(stack, "aws_vpc_security_group_egress_rule")
        return {
            (each["security_group_id"], each["from_port"]) for each in rules if each.get("cidr_ipv4") == "0.0.0.0/0"
        }

    groups = ("load_balancers", "internal_load_balancers")
    wanted = {(f"${{aws_security_group.security_{group}.id}}", 443) for group in groups}
    assert wanted <= out(emitted["sign_in"]["common-main"])
    assert not wanted & out(emitted["allow"]["common-main"])
