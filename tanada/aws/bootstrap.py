"""The state bucket: made where it is missing, mended where it differs, left alone where it is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.credentials import CONFIG
from tanada.errors import AwsError

if TYPE_CHECKING:
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


def make_bucket(
    session: boto3.Session, bucket: str, *, account_id: str, region: str, tags: Mapping[str, str] | None = None
) -> list[str]:
    """Bring the bucket to what it should be, with these tags; says what was changed."""
    try:
        actual = session.client("sts", config=CONFIG).get_caller_identity()["Account"]
        if actual != account_id:
            raise AwsError(
                f"These credentials belong to the account {actual}, but system.yaml declares {account_id} for it."
            )
        s3 = session.client("s3", config=CONFIG)
        done = _create(s3, bucket, account_id, region)
        # The bucket may have been somebody's before: an owner that isn't us makes every call below fail.
        settings = (*_SETTINGS, _tags(tags)) if tags else _SETTINGS
        return done + [setting.sentence for setting in settings if _mend(s3, setting, bucket, account_id)]
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
        actual = head.get("BucketRegion", region)
        if actual != region:
            raise AwsError(f"The bucket {bucket} lies in {actual}, but system.yaml declares {region}.")
        return []
    if region == "us-east-1":  # the one region that may not be named (S3 API, CreateBucket)
        s3.create_bucket(Bucket=bucket)
    else:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})  # type: ignore[typeddict-item]
    s3.get_waiter("bucket_exists").wait(Bucket=bucket, ExpectedBucketOwner=account_id)
    return ["created"]


@dataclass(frozen=True)
class _Setting:
    """One thing that is set on the bucket; `at` are the bucket and its owner, as S3's calls take them."""

    sentence: str
    """What is said when it had to be changed."""
    read: Callable[[Any, dict[str, str]], Any]
    unset: str | None
    """The error by which S3 says that nothing is set: what is read is None then."""
    wanted: Callable[[Any, str], Any]
    """From what is set and the bucket's ARN: what should be, which is what is set where that is right."""
    write: Callable[[Any, dict[str, str], Any], Any]


def _mend(s3: S3Client, setting: _Setting, bucket: str, owner: str) -> bool:
    """Whether a setting had to be changed."""
    at = {"Bucket": bucket, "ExpectedBucketOwner": owner}
    try:
        current = setting.read(s3, at)
    except ClientError as error:
        if error.response["Error"]["Code"] != setting.unset:
            raise
        current = None
    # The partition (aws, aws-cn, …) is the one of the region's endpoints.
    wanted = setting.wanted(current, f"arn:{s3.meta.partition}:s3:::{bucket}")
    if wanted == current:
        return False
    setting.write(s3, at, wanted)
    return True


def _lifecycle(current: Any, _arn: str) -> Any:
    """Rules that a team added stay; ours is compared by what it does, for S3 adds and leaves out fields."""
    rules = current or []
    if any(_same_rule(rule) for rule in rules):
        return current
    return [*(rule for rule in rules if rule.get("ID") != _RULE["ID"]), _RULE]


def _same_rule(rule: Any) -> bool:
    """Whether it does that, for all objects, and nothing else: no rule of that name may delete what is current."""
    done = {name: value for name, value in rule.items() if name not in ("Filter", "Prefix")}
    # moto forgets the number of versions that are kept, so that what lacks it counts as ours.
    if expiration := done.get("NoncurrentVersionExpiration"):
        done["NoncurrentVersionExpiration"] = {**_RULE["NoncurrentVersionExpiration"], **expiration}
    scope = [*(rule.get("Filter") or {}).items(), ("Prefix", rule.get("Prefix", ""))]
    return done == {name: _RULE[name] for name in _RULE if name != "Filter"} and all(
        each == ("Prefix", "") for each in scope
    )


def _policy(current: Any, arn: str) -> Any:
    """Statements that a team added stay."""
    statement = {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = current or {"Version": "2012-10-17", "Statement": []}
    found = policy.get("Statement", [])
    # One alone may stand without a list (IAM user guide, Grammar of the IAM JSON policy language).
    others = [each for each in (found if isinstance(found, list) else [found]) if each.get("Sid") != statement["Sid"]]
    return {**policy, "Statement": [*others, statement]}


def _tags(tags: Mapping[str, str]) -> _Setting:
    """Those that are missing; one that is there stays: the bucket holds the states of all systems in the account."""
    return _Setting(
        "tagged",
        read=lambda s3, at: {each["Key"]: each["Value"] for each in s3.get_bucket_tagging(**at)["TagSet"]},
        unset="NoSuchTagSet",
        wanted=lambda current, _arn: {**tags, **(current or {})},
        write=lambda s3, at, value: s3.put_bucket_tagging(
            **at, Tagging={"TagSet": [{"Key": key, "Value": each} for key, each in value.items()]}
        ),
    )


_SETTINGS = (
    _Setting(
        "public access blocked",
        read=lambda s3, at: s3.get_public_access_block(**at)["PublicAccessBlockConfiguration"],
        unset="NoSuchPublicAccessBlockConfiguration",
        wanted=lambda _current, _arn: _PRIVATE,
        write=lambda s3, at, value: s3.put_public_access_block(**at, PublicAccessBlockConfiguration=value),
    ),
    _Setting(
        "access control lists switched off",
        read=lambda s3, at: s3.get_bucket_ownership_controls(**at)["OwnershipControls"],
        unset="OwnershipControlsNotFoundError",
        wanted=lambda _current, _arn: _OWNERSHIP,
        write=lambda s3, at, value: s3.put_bucket_ownership_controls(**at, OwnershipControls=value),
    ),
    _Setting(
        "encryption switched on",
        read=lambda s3, at: s3.get_bucket_encryption(**at)["ServerSideEncryptionConfiguration"],
        unset="ServerSideEncryptionConfigurationNotFoundError",
        # Any is kept: a team may have chosen a key of its own.
        wanted=lambda current, _arn: current if current and current.get("Rules") else _ENCRYPTION,
        write=lambda s3, at, value: s3.put_bucket_encryption(**at, ServerSideEncryptionConfiguration=value),
    ),
    _Setting(
        "versioning switched on",
        read=lambda s3, at: s3.get_bucket_versioning(**at).get("Status"),
        unset=None,
        wanted=lambda _current, _arn: "Enabled",
        write=lambda s3, at, value: s3.put_bucket_versioning(**at, VersioningConfiguration={"Status": value}),
    ),
    _Setting(
        "old versions expire after a year",
        read=lambda s3, at: s3.get_bucket_lifecycle_configuration(**at)["Rules"],
        unset="NoSuchLifecycleConfiguration",
        wanted=_lifecycle,
        write=lambda s3, at, value: s3.put_bucket_lifecycle_configuration(
            **at, LifecycleConfiguration={"Rules": value}
        ),
    ),
    _Setting(
        "requests without TLS refused",
        read=lambda s3, at: json.loads(s3.get_bucket_policy(**at)["Policy"]),
        unset="NoSuchBucketPolicy",
        wanted=_policy,
        write=lambda s3, at, value: s3.put_bucket_policy(**at, Policy=json.dumps(value)),
    ),
)
"""In the order in which they are looked at."""
