"""S3: buckets and their settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from re import fullmatch
from typing import Any

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import Resource, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, taken
from tanada.resources.request import made_by

_NAME = (
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3)$)(?!.*\.\.)(?!\d+(\.\d+){3}$)"
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
)
"""Amazon S3 user guide, "General purpose bucket naming rules"."""


def _ill_named(call: Call, _world: World) -> bool:
    name = call.values.get("bucket")
    return call.action == "create" and isinstance(name, str) and fullmatch(_NAME, name) is None


def _rules(call: Call) -> Iterator[Mapping[str, Any]]:
    yield from () if call.action == "delete" else at(call.values, "rule")


def _no_days(call: Call, _world: World) -> bool:
    days = [number for rule in _rules(call) for path in _DAYS for number in at(rule, path)]
    return any(isinstance(each, int) and each < 1 for each in days)


_DAYS = ("noncurrent_version_expiration.noncurrent_days", "abort_incomplete_multipart_upload.days_after_initiation")
"""Of `expiration.days` the provider holds 0 for none."""


def _twice(call: Call, _world: World) -> bool:
    names = [rule.get("id") for rule in _rules(call)]
    return len({*names}) < len(names)


def _wild(call: Call, _world: World) -> bool:
    origins = [] if call.action == "delete" else [*at(call.values, "cors_rule.allowed_origins")]
    return any(isinstance(each, str) and each.count("*") > 1 for each in origins)


RESOURCES = (
    Resource(
        type="aws_s3_bucket",
        lost="bucket",
        kept=True,
        # object_lock_enabled: the page of the resource, "(Optional, Forces new resource)"
        replaces=read("s3/bucket.go", "0070bcd1", "bucket bucket_prefix object_lock_enabled"),
        cost=ByUse("stored bytes and requests"),
        defaults={"force_destroy": False},
        computed={
            "id": "{bucket}",
            "arn": "arn:{partition}:s3:::{bucket}",
            "bucket_domain_name": "{bucket}.s3.{suffix}",
            "bucket_region": "{region}",
            "bucket_regional_domain_name": "{bucket}.s3.{region}.{suffix}",
            "hosted_zone_id": "Z2M4EHUR26P7ZW",
            "request_payer": "BucketOwner",
        },
        refusals=(
            in_use(
                "BucketNotEmpty",
                "The bucket you tried to delete is not empty",
                "S3 API reference, Error responses; hashicorp/terraform#1977",
                "aws_lb access_logs.bucket",
                "aws_lb connection_logs.bucket",
                mine="bucket",
                unless="force_destroy",
                ever=True,
            ),
            taken(
                "aws_s3_bucket",
                "bucket",
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
                "S3 API reference, Error responses; hashicorp/terraform-provider-aws#6159",
                everywhere=True,
            ),
            Refusal(
                code="InvalidBucketName",
                sentence="The specified bucket is not valid.",
                source="S3 API reference, Error responses; grahamgilbert/terraform-aws-munki-repo#17",
                holds=_ill_named,
            ),
        ),
        fills={},
        request=made_by("s3", "CreateBucket", "AWS::S3::Bucket"),
        reads=(
            "s3:GetAccelerateConfiguration",
            "s3:GetBucketAbac",
            "s3:GetBucketAcl",
            "s3:GetBucketCORS",
            "s3:GetBucketLocation",
            "s3:GetBucketLogging",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketPolicy",
            "s3:GetBucketRequestPayment",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetBucketWebsite",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:ListBucket",
            "s3:ListTagsForResource",
        ),
        changes=(
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:ListBucketVersions",
            "s3:PutBucketTagging",
            "s3:TagResource",
            "s3:UntagResource",
        ),
        data_actions=("s3:GetObject", "s3:GetObjectVersion"),
    ),
    replaceable(
        "aws_s3_bucket_cors_configuration",
        read("s3/bucket_cors_configuration.go", "01c08000", "bucket expected_bucket_owner"),
        SETTING,
        computed={"id": "{bucket}"},
        fills={},
        refusals=(
            Refusal(
                code="InvalidRequest",
                sentence='AllowedOrigin "{id}" can not have more than one wildcard.',
                source="versity/versitygw#1870 quotes S3",
                holds=_wild,
            ),
        ),
        request=made_by("s3", "PutBucketCors", "", cors_rule="CORSConfiguration.CORSRules"),
        reads=("s3:GetBucketCORS",),
        changes=("s3:PutBucketCORS",),
    ),
    replaceable(
        "aws_s3_bucket_lifecycle_configuration",
        read("s3/bucket_lifecycle_configuration.go", "01606926", "bucket expected_bucket_owner"),
        SETTING,
        computed={"id": "{bucket}"},
        request=made_by(
            "s3",
            "PutBucketLifecycleConfiguration",
            "",
            rule="LifecycleConfiguration.Rules",
        ),
        refusals=(
            Refusal(
                code="InvalidArgument",
                sentence="'Days' for Expiration action must be a positive integer",
                source="scality/Arsenal#2648 quotes S3; S3 API reference, LifecycleExpiration",
                holds=_no_days,
            ),
            Refusal(
                code="InvalidRequest",
                sentence="Rule ID must be unique. Found same ID for more than one rule",
                source="S3 API reference, LifecycleRule (ID): unique in a bucket; the sentence is ours",
                holds=_twice,
            ),
        ),
        reads=("s3:GetLifecycleConfiguration",),
        changes=("s3:PutLifecycleConfiguration",),
    ),
    replaceable(
        "aws_s3_bucket_ownership_controls",
        read("s3/bucket_ownership_controls.go", "01c08000", "bucket"),
        SETTING,
        computed={"id": "{bucket}"},
        fills={},
        request=made_by("s3", "PutBucketOwnershipControls", "", rule="OwnershipControls.Rules"),
        reads=("s3:GetBucketOwnershipControls",),
        changes=("s3:PutBucketOwnershipControls",),
    ),
    replaceable(
        "aws_s3_bucket_policy",
        read("s3/bucket_policy.go", "0073593e", "bucket"),
        SETTING,
        computed={"id": "{bucket}"},
        fills={},
        request=made_by("s3", "PutBucketPolicy", "AWS::S3::BucketPolicy"),
        reads=("s3:GetBucketPolicy",),
        changes=(
            "s3:DeleteBucketPolicy",
            "s3:PutBucketPolicy",
        ),
    ),
    replaceable(
        "aws_s3_bucket_public_access_block",
        read("s3/bucket_public_access_block.go", "01606926", "bucket"),
        SETTING,
        defaults={
            "block_public_acls": False,
            "block_public_policy": False,
            "ignore_public_acls": False,
            "restrict_public_buckets": False,
        },
        computed={"id": "{bucket}"},
        fills={},
        request=made_by(
            "s3",
            "PutPublicAccessBlock",
            "",
            block_public_acls="PublicAccessBlockConfiguration.BlockPublicAcls",
            block_public_policy="PublicAccessBlockConfiguration.BlockPublicPolicy",
            ignore_public_acls="PublicAccessBlockConfiguration.IgnorePublicAcls",
            restrict_public_buckets="PublicAccessBlockConfiguration.RestrictPublicBuckets",
        ),
        reads=("s3:GetBucketPublicAccessBlock",),
        changes=("s3:PutBucketPublicAccessBlock",),
    ),
    replaceable(
        "aws_s3_bucket_server_side_encryption_configuration",
        read("s3/bucket_server_side_encryption_configuration.go", "01606926", "bucket expected_bucket_owner"),
        SETTING,
        computed={"id": "{bucket}"},
        # Since April 2026 S3 blocks SSE-C on new buckets; the provider calls it computed from 6.40 on
        # (hashicorp/terraform-provider-aws#47320, cloudposse/terraform-aws-cloudfront-s3-cdn#379).
        fills={"rule.blocked_encryption_types": ["SSE-C"], "rule.bucket_key_enabled": False},
        request=made_by(
            "s3",
            "PutBucketEncryption",
            "",
            rule="ServerSideEncryptionConfiguration.Rules",
            rule__blocked_encryption_types="ServerSideEncryptionConfiguration.Rules.BlockedEncryptionTypes.EncryptionType",
        ),
        reads=("s3:GetEncryptionConfiguration",),
        changes=("s3:PutEncryptionConfiguration",),
    ),
    replaceable(
        "aws_s3_bucket_versioning",
        read("s3/bucket_versioning.go", "01c08000", "bucket expected_bucket_owner"),
        SETTING,
        computed={"id": "{bucket}"},
        computed_in_blocks={"versioning_configuration.mfa_delete": ""},
        fills={},
        request=made_by("s3", "PutBucketVersioning", ""),
        reads=("s3:GetBucketVersioning",),
        changes=("s3:PutBucketVersioning",),
    ),
    replaceable(
        "aws_s3_bucket_notification",
        read("s3/bucket_notification.go", "033c721b", "bucket"),
        SETTING,
        defaults={"eventbridge": False},
        computed={"id": "{bucket}"},
        fills={},
        request=made_by("s3", "PutBucketNotificationConfiguration", "", adds="NotificationConfiguration"),
        reads=("s3:GetBucketNotification",),
        changes=("s3:PutBucketNotification",),
    ),
)
