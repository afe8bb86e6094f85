"""IAM policies that mean the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plan.samples import printed


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", **statement}]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Action": "s3:Get"}, {"Action": ["s3:Get"]}),
        ({"Action": ["a", "b"]}, {"Action": ["b", "a"]}),
        ({"Principal": {"AWS": "1"}}, {"Principal": {"AWS": ["1"]}}),
        ({"Condition": {"Bool": {"x": True}}}, {"Condition": {"Bool": {"x": ["true"]}}}),
        ({"Condition": {"N": {"x": 5}}}, {"Condition": {"N": {"x": "5"}}}),
    ],
)
def test_policies_that_iam_takes_for_one_are_one(one: Any, other: Any) -> None:
    assert printed({"policy": policy(**one)}, {"policy": policy(**other)}) == []


def test_a_statement_is_known_by_its_sid() -> None:
    before, after = policy(Resource="x"), policy(Resource=["x", "y"])
    assert printed({"policy": before}, {"policy": after}) == ["policy.Statement[S].Resource[1]: None → y"]
