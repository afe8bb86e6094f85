"""The state bucket: made once, mended, and refused where it isn't ours."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from tanada.aws.bootstrap import make_bucket
from tanada.aws.credentials import session
from tanada.errors import AwsError
from tests.aws.aws import ACCOUNT, REGION, Aws

BUCKET = "terraform-state-123456789012-ap-northeast-1"
EVERYTHING = [
    "created",
    "public access blocked",
    "access control lists switched off",
    "encryption switched on",
    "versioning switched on",
    "old versions expire after a year",
    "requests without TLS refused",
]


def make(aws: Aws, region: str = REGION) -> list[str]:
    return make_bucket(session(region, None), BUCKET, account_id=ACCOUNT, region=region)


def test_a_missing_bucket_is_made_as_it_should_be(aws: Aws) -> None:
    assert make(aws) == EVERYTHING
    s3 = aws.session().client("s3")
    assert s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == REGION
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    (encryption,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (owner,) = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
    assert owner["ObjectOwnership"] == "BucketOwnerEnforced"
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 365
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]


def test_a_request_without_tls_is_refused(aws: Aws) -> None:
    make(aws)
    s3 = aws.session().client("s3")  # moto's server speaks no TLS
    with pytest.raises(ClientError, match=r"Forbidden|AccessDenied|Access Denied"):
        s3.head_object(Bucket=BUCKET, Key="kakei/common-main.tfstate")


def test_the_second_time_there_is_nothing_to_do(aws: Aws) -> None:
    make(aws)
    assert make(aws) == []


def test_the_region_that_may_not_be_named_works_too(aws: Aws) -> None:
    assert make(aws, "us-east-1") == EVERYTHING


def test_tags_that_are_missing_are_added_and_none_is_changed(aws: Aws) -> None:
    make(aws)
    tagged = {"owner": "ops", "cost-centre": "1234"}
    assert make_bucket(session(REGION, None), BUCKET, account_id=ACCOUNT, region=REGION, tags=tagged) == ["tagged"]
    other = {"owner": "another system's", "more": "x"}
    assert make_bucket(session(REGION, None), BUCKET, account_id=ACCOUNT, region=REGION, tags=other) == ["tagged"]
    found = aws.session().client("s3").get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    assert {each["Key"]: each["Value"] for each in found} == {**tagged, "more": "x"}
    assert make_bucket(session(REGION, None), BUCKET, account_id=ACCOUNT, region=REGION, tags=other) == []


def test_what_differs_is_mended_and_what_a_team_added_stays(aws: Aws) -> None:
    make(aws)
    s3 = aws.session().client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    own = {"Sid": "Audit", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [own]}))
    assert make(aws) == ["versioning switched on", "requests without TLS refused"]
    statements = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert [statement["Sid"] for statement in statements] == ["Audit", "OnlyTls"]


def test_a_policy_of_one_statement_without_a_list_stays(aws: Aws) -> None:
    make(aws)
    s3 = aws.session().client("s3")
    own = {"Sid": "Audit", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": own}))
    assert make(aws) == ["requests without TLS refused"]
    statements = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert [statement["Sid"] for statement in statements] == ["Audit", "OnlyTls"]


@pytest.mark.parametrize(
    "other",
    [
        {"Filter": {"Prefix": "other/"}},
        {"Expiration": {"Days": 1}},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
    ],
)
def test_a_rule_that_is_only_called_like_ours_gives_way(aws: Aws, other: dict[str, Any]) -> None:
    make(aws)
    s3 = aws.session().client("s3")
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    changed: Any = {**rule, **other}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [changed]})
    assert make(aws) == ["old versions expire after a year"]
    assert s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"] == [rule]


def test_credentials_of_another_account_are_refused_before_anything_is_made(aws: Aws) -> None:
    with pytest.raises(AwsError, match=f"belong to the account {ACCOUNT}, but system.yaml declares 111111111111"):
        make_bucket(session(REGION, None), BUCKET, account_id="111111111111", region=REGION)
    assert aws.session().client("s3").list_buckets()["Buckets"] == []


def test_a_bucket_of_another_account_is_refused(aws: Aws) -> None:
    ours = session(REGION, None)

    def answer(**_: object) -> tuple[AWSResponse, dict[str, object]]:
        """As S3 does where ExpectedBucketOwner is another one; moto doesn't look at it."""
        return AWSResponse("", 403, {}, None), {"Error": {"Code": "403", "Message": "Forbidden"}}  # type: ignore[arg-type]

    ours.events.register("before-call.s3.HeadBucket", answer)  # type: ignore[arg-type]
    with pytest.raises(AwsError, match="belongs to another account"):
        make_bucket(ours, BUCKET, account_id=ACCOUNT, region=REGION)
    assert aws.session().client("s3").list_buckets()["Buckets"] == []


def test_a_bucket_is_made_in_the_account_of_the_declared_role(aws: Aws) -> None:
    other = session(REGION, "arn:aws:iam::222222222222:role/terraform")
    assert make_bucket(other, BUCKET, account_id="222222222222", region=REGION) == EVERYTHING
    assert make_bucket(other, BUCKET, account_id="222222222222", region=REGION) == []


def test_a_bucket_in_another_region_is_refused(aws: Aws) -> None:
    make(aws, "us-east-1")
    with pytest.raises(AwsError, match=r"lies in us-east-1, but system\.yaml declares ap-northeast-1"):
        make(aws)


def test_the_declared_role_is_assumed(aws: Aws) -> None:
    assumed = session(REGION, "arn:aws:iam::222222222222:role/terraform")
    assert isinstance(assumed, boto3.Session)
    assert assumed.client("sts").get_caller_identity()["Account"] == "222222222222"
