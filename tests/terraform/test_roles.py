"""The copy for jobs that are in the account already: no role anywhere, and nothing else changed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tanada.terraform.roles import without_roles

ROLE = {"role_arn": "arn:aws:iam::222222222222:role/terraform"}
STACK: dict[str, Any] = {
    "terraform": {"backend": {"s3": {"bucket": "states", "key": "kakei/x.tfstate", "assume_role": ROLE}}},
    "provider": {"aws": [{"region": "ap-northeast-1", "assume_role": [ROLE]}]},
    "data": {"terraform_remote_state": {"common": {"backend": "s3", "config": {"bucket": "b", "assume_role": ROLE}}}},
    "resource": {"aws_iam_role": {"web": {"name": "web"}}},
}


def test_no_role_is_left_and_all_else_is() -> None:
    given = copy.deepcopy(STACK)
    made = without_roles(given)
    assert given == STACK, "what was given stays"
    assert "assume_role" not in json.dumps(made)
    assert made["resource"] == STACK["resource"]
    assert made["provider"]["aws"] == [{"region": "ap-northeast-1"}]
    assert made["terraform"]["backend"]["s3"] == {"bucket": "states", "key": "kakei/x.tfstate"}
    assert made["data"]["terraform_remote_state"]["common"]["config"] == {"bucket": "b"}


def test_of_another_accounts_provider_its_own_role_is_left() -> None:
    zones = {"role_arn": '${var.role_of_zones == "plan" ? "a" : "b"}'}
    for chain in ([ROLE, zones], [zones]):
        theirs = {"alias": "zone_example_jp", "region": "ap-northeast-1", "assume_role": chain}
        stack = {**STACK, "provider": {"aws": [*STACK["provider"]["aws"], theirs]}}
        own, other = without_roles(stack)["provider"]["aws"]
        assert "assume_role" not in own
        assert other == {**theirs, "assume_role": [zones]}


@pytest.mark.parametrize("stack", [{}, {"terraform": {}, "data": {"aws_region": {"here": {}}}}])
def test_a_stack_without_any_is_itself(stack: dict[str, Any]) -> None:
    assert without_roles(stack) == stack
