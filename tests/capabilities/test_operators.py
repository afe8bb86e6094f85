"""What somebody gets who uploads to a site: the policies that are emitted, judged as IAM judges them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.iam import allowed

Json = dict[str, Any]
BUCKET = "arn:aws:s3:::${aws_s3_bucket.www_bucket_bucket.bucket}"
DISTRIBUTION = "${aws_cloudfront_distribution.www_distribution.arn}"
OTHER = "arn:aws:s3:::kakei-test-uploads"
POLICIES = {"design": "aws_iam_role_policy", "press": "aws_iam_user_policy"}


@pytest.fixture
def test(emitted: dict[str, dict[str, Json]]) -> Json:
    found: Json = emitted["sites"]["environment-test"]["resource"]
    return found


def may(test: Json, who: str, action: str, resource: str, prefix: str | None = None) -> bool:
    (policy,) = [each for name, each in test[POLICIES[who]].items() if who in name]
    context = {} if prefix is None else {"s3:prefix": prefix}
    # A bucket's name is unknown before it is made, and IAM's patterns are no part of it.
    known = json.loads(policy["policy"].replace(BUCKET, "arn:aws:s3:::www").replace(DISTRIBUTION, "distribution"))
    return allowed(
        [known], action, resource.replace(BUCKET, "arn:aws:s3:::www").replace(DISTRIBUTION, "distribution"), context
    )


OBJECT_ACTIONS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")


@pytest.mark.parametrize("action", OBJECT_ACTIONS)
def test_they_upload_and_bring_back_below_their_prefix_and_nowhere_else(test: Json, action: str) -> None:
    assert may(test, "press", action, f"{BUCKET}/press/2026/a.html")
    assert not may(test, "press", action, f"{BUCKET}/index.html")
    assert not may(test, "press", action, f"{BUCKET}/pressed/a.html")
    assert may(test, "design", action, f"{BUCKET}/index.html")
    for who in POLICIES:
        assert not may(test, who, action, f"{OTHER}/press/a.html")


@pytest.mark.parametrize("action", ["s3:ListBucket", "s3:ListBucketVersions"])
def test_they_list_what_is_below_their_prefix(test: Json, action: str) -> None:
    assert may(test, "press", action, BUCKET, "press/")
    assert not may(test, "press", action, BUCKET, "")
    assert not may(test, "press", action, BUCKET)
    assert may(test, "design", action, BUCKET)
    assert not may(test, "design", action, OTHER)


@pytest.mark.parametrize("who", POLICIES)
def test_they_invalidate_their_distribution_and_change_nothing_of_it(test: Json, who: str) -> None:
    assert may(test, who, "cloudfront:CreateInvalidation", DISTRIBUTION)
    assert not may(test, who, "cloudfront:CreateInvalidation", "arn:aws:cloudfront::111111111111:distribution/E1")
    for action in ("cloudfront:UpdateDistribution", "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:DeleteBucket"):
        assert not may(test, who, action, DISTRIBUTION)
        assert not may(test, who, action, f"{BUCKET}/press/a.html")
        assert not may(test, who, action, BUCKET)


def test_a_role_is_taken_on_by_those_that_are_said_and_a_user_has_no_key(test: Json) -> None:
    (role,) = [each for name, each in test["aws_iam_role"].items() if "design" in name]
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    people = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Design_"
    people += "?" * 16
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": people}}
    assert "aws_iam_access_key" not in test
    (user,) = test["aws_iam_user"].values()
    assert user["force_destroy"] is True


def test_nobody_but_who_applies_uploads_in_review(emitted: dict[str, dict[str, Json]]) -> None:
    review = emitted["sites"]["review"]["resource"]
    assert "aws_iam_user" not in review
    assert not [name for name in review["aws_iam_role"] if "operator" in name]
