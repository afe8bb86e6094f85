"""What somebody gets who takes a role on: the policies that are emitted, judged as IAM judges them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.iam import allowed, trusted

Json = dict[str, Any]
MAILS = "${aws_dynamodb_table.mails_table.arn}"
UPLOADS = "${aws_s3_bucket.uploads_bucket.bucket}"


@pytest.fixture
def test(emitted: dict[str, dict[str, Json]]) -> Json:
    found: Json = emitted["people"]["environment-test"]["resource"]
    return found


def may(test: Json, policy: str, action: str, resource: str) -> bool:
    text = test["aws_iam_role_policy"][policy]["policy"].replace(MAILS, "mails").replace(UPLOADS, "uploads")
    return allowed([json.loads(text)], action, resource.replace(MAILS, "mails").replace(UPLOADS, "uploads"), {})


AUDITOR, SUPPORT, CONTACT = "auditor_person_policy", "support_person_policy", "contact_task_policy"


def test_the_auditor_alone_reads_what_the_form_writes(test: Json) -> None:
    readers = {
        name
        for name in test["aws_iam_role_policy"]
        for each in ("GetItem", "Query")
        if may(test, name, f"dynamodb:{each}", MAILS)
    }
    assert readers == {AUDITOR}
    assert may(test, CONTACT, "dynamodb:PutItem", MAILS)


@pytest.mark.parametrize(
    "action", [*(f"dynamodb:{each}" for each in ("PutItem", "DeleteItem", "Scan", "UpdateTable")), "iam:PassRole"]
)
def test_the_auditor_does_nothing_else(test: Json, action: str) -> None:
    assert not may(test, AUDITOR, action, MAILS)
    assert not may(test, AUDITOR, "dynamodb:Query", "other")


def test_who_writes_does_not_read(test: Json) -> None:
    assert may(test, SUPPORT, "s3:PutObject", f"arn:aws:s3:::{UPLOADS}/a")
    assert not may(test, SUPPORT, "s3:GetObject", f"arn:aws:s3:::{UPLOADS}/a")


def test_a_role_trusts_who_is_said_from_where_and_how(test: Json) -> None:
    trusted = {
        name.partition("_")[0]: json.loads(each["assume_role_policy"])["Statement"]
        for name, each in test["aws_iam_role"].items()
        if "_person_" in name
    }
    assert trusted == {
        "auditor": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                "Condition": {
                    "ArnLike": {
                        "aws:PrincipalArn": "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/"
                        f"AWSReservedSSO_Audit_{'?' * 16}"
                    },
                    "IpAddress": {"aws:SourceIp": ["2001:db8::/32", "203.0.113.0/24"]},
                },
            }
        ],
        "support": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
                "Condition": {
                    "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::333333333333:user/taro"},
                    "Bool": {"aws:MultiFactorAuthPresent": "true"},
                },
            }
        ],
    }


def test_a_permission_set_is_no_other_whose_name_goes_on(test: Json) -> None:
    [trust] = [each["assume_role_policy"] for name, each in test["aws_iam_role"].items() if name.startswith("auditor_")]
    set_ = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_Audit"
    [condition] = [json.loads(trust)["Statement"][0]["Condition"]["ArnLike"]]
    for whose, taken in ((f"{set_}_0123456789abcdef", True), (f"{set_}_Interns_0123456789abcdef", False)):
        document = {"Statement": [{"Effect": "Allow", "Condition": {"ArnLike": condition}}]}
        assert trusted(document, {"aws:PrincipalArn": whose}) is taken


def test_nobody_looks_at_review(emitted: dict[str, dict[str, Json]]) -> None:
    roles = emitted["people"]["review"]["resource"]["aws_iam_role"]
    assert roles
    assert not [name for name in roles if "person" in name]
