"""The state bucket: made where it is missing, mended where it differs, left alone where it is right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.credentials import CONFIG
from tanada.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3
    from mypy_boto3_s3 import S3Client

_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
# SSE-S3: a customer's KMS key would cost and need grants in every role that reads a state across accounts.
_ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
_OWNERSHIP = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
_KEPT_DAYS = 365
_RULE: dict[str, Any] = {
    "ID": "old-states",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    # A year to look back, and ten versions however old: a state is the one thing that can't be made again.
    "NoncurrentVersionExpiration": {"NoncurrentDays": _KEPT_DAYS, "NewerNoncurrentVersions": 10},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}


def make_bucket(session: boto3.Session, bucket: str, *, account_id: str, region: str) -> list[str]:
    """Bring the bucket to what it should be; says what was changed."""
    try:
        actual = session.client("sts", config=CONFIG).get_caller_identity()["Account"]
        if actual != account_id:
            raise AwsError(
                f"These credentials belong to the account {actual}, but system.yaml declares {account_id} for it."
            )
        s3 = session.client("s3", config=CONFIG)
        done = _create(s3, bucket, account_id, region)
        # The bucket may have been somebody's before: an owner that isn't us makes every call below fail.
        return done + [
            sentence
            for step in (_public_access, _ownership, _encryption, _versioning, _lifecycle, _policy)
            if (sentence := step(s3, bucket, account_id))
        ]
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"{bucket}: {error}") from None


def _create(s3: S3Client, bucket: str, account_id: str, region: str) -> list[str]:
    try:
        head = s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account_id)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"403", "AccessDenied"}:
            raise AwsError(
                f"The bucket {bucket} exists and belongs to another account, or this role may not see it."
            ) from None
        if code not in {"404", "NoSuchBucket"}:
            raise
    else:
        found = head.get("BucketRegion", region)
        if found != region:
            raise AwsError(f"The bucket {bucket} lies in {found}, but system.yaml declares {region}.")
        return []
    if region == "us-east-1":  # the one region that may not be named (S3 API, CreateBucket)
        s3.create_bucket(Bucket=bucket)
    else:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})  # type: ignore[typeddict-item]
    s3.get_waiter("bucket_exists").wait(Bucket=bucket, ExpectedBucketOwner=account_id)
    return ["created"]


def _current(read: Callable[[], Any], *missing: str) -> Any:
    """What is set, or None where AWS answers with an error that means `not set`."""
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] in missing:
            return None
        raise


def _public_access(s3: S3Client, bucket: str, owner: str) -> str | None:
    current = _current(
        lambda: s3.get_public_access_block(Bucket=bucket, ExpectedBucketOwner=owner)["PublicAccessBlockConfiguration"],
        "NoSuchPublicAccessBlockConfiguration",
    )
    if current == _PRIVATE:
        return None
    s3.put_public_access_block(
        Bucket=bucket,
        ExpectedBucketOwner=owner,
        PublicAccessBlockConfiguration=_PRIVATE,  # type: ignore[arg-type]
    )
    return "public access blocked"


def _ownership(s3: S3Client, bucket: str, owner: str) -> str | None:
    current = _current(
        lambda: s3.get_bucket_ownership_controls(Bucket=bucket, ExpectedBucketOwner=owner)["OwnershipControls"],
        "OwnershipControlsNotFoundError",
    )
    if current == _OWNERSHIP:
        return None
    s3.put_bucket_ownership_controls(
        Bucket=bucket,
        ExpectedBucketOwner=owner,
        OwnershipControls=_OWNERSHIP,  # type: ignore[arg-type]
    )
    return "access control lists switched off"


def _encryption(s3: S3Client, bucket: str, owner: str) -> str | None:
    current = _current(
        lambda: s3.get_bucket_encryption(Bucket=bucket, ExpectedBucketOwner=owner)["ServerSideEncryptionConfiguration"],
        "ServerSideEncryptionConfigurationNotFoundError",
    )
    # Any encryption is kept: a team may have chosen a key of its own.
    if current and current.get("Rules"):
        return None
    s3.put_bucket_encryption(
        Bucket=bucket,
        ExpectedBucketOwner=owner,
        ServerSideEncryptionConfiguration=_ENCRYPTION,  # type: ignore[arg-type]
    )
    return "encryption switched on"


def _versioning(s3: S3Client, bucket: str, owner: str) -> str | None:
    if s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=owner).get("Status") == "Enabled":
        return None
    s3.put_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=owner, VersioningConfiguration={"Status": "Enabled"})
    return "versioning switched on"


def _lifecycle(s3: S3Client, bucket: str, owner: str) -> str | None:
    current = _current(
        lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket, ExpectedBucketOwner=owner)["Rules"],
        "NoSuchLifecycleConfiguration",
    )
    others = [rule for rule in current or [] if rule.get("ID") != _RULE["ID"]]  # what a team added stays
    if any(_same_rule(rule) for rule in current or []):
        return None
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        ExpectedBucketOwner=owner,
        LifecycleConfiguration={"Rules": [*others, _RULE]},  # type: ignore[list-item]
    )
    return "old versions expire after a year"


def _same_rule(rule: Any) -> bool:
    """Compared by what it does: S3 adds and leaves out fields when it is read back."""
    return (
        all(rule.get(name) == _RULE[name] for name in ("ID", "Status", "AbortIncompleteMultipartUpload"))
        and rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") == _KEPT_DAYS
    )


def _policy(s3: S3Client, bucket: str, owner: str) -> str | None:
    # The partition (aws, aws-cn, …) is the one of the region's endpoints.
    partition = s3.meta.partition
    statement = {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:{partition}:s3:::{bucket}", f"arn:{partition}:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    text = _current(
        lambda: s3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=owner)["Policy"], "NoSuchBucketPolicy"
    )
    policy: dict[str, Any] = json.loads(text) if text else {"Version": "2012-10-17", "Statement": []}
    statements = [found for found in policy["Statement"] if found.get("Sid") != statement["Sid"]]
    wanted = {**policy, "Statement": [*statements, statement]}  # what a team added stays
    if policy == wanted:
        return None
    s3.put_bucket_policy(Bucket=bucket, ExpectedBucketOwner=owner, Policy=json.dumps(wanted))
    return "requests without TLS refused"
