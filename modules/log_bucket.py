"""The bucket for what load balancers and the VPC write down about traffic."""

from __future__ import annotations

import json

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from constructs import Construct

from modules.private_bucket import kept_private
from tanada.regions import partition

RETENTION_DAYS = 365


class LogBucket(Construct):
    """Private, encrypted, written by AWS's log services of this account alone, emptied after a year."""

    def __init__(self, scope: Construct, id: str, *, name: str, account_id: str, region: str, keep: bool) -> None:
        super().__init__(scope, id)
        self.name = name
        self.arn = f"arn:{partition(region)}:s3:::{name}"
        bucket = S3Bucket(
            self,
            "bucket",
            bucket=name,
            force_destroy=not keep,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        kept_private(self, bucket)
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=bucket.id,
            rule=[
                S3BucketLifecycleConfigurationRule(
                    id="expire",
                    status="Enabled",
                    filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=RETENTION_DAYS)],
                    abort_incomplete_multipart_upload=[
                        S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=7)
                    ],
                )
            ],
        )
        self.policy = S3BucketPolicy(
            self,
            "policy",
            bucket=bucket.id,
            policy=json.dumps(bucket_policy(self.arn, account_id, region), sort_keys=True),
        )


def bucket_policy(arn: str, account_id: str, region: str) -> dict[str, object]:
    """Who may write: load balancers' and the VPC's log delivery for this account; all must use TLS.

    Sids, principals and conditions are AWS's own, so that it finds its statements and adds no others: ELB guide,
    "Access logs"; VPC guide, "Publish flow logs to Amazon S3".
    """
    aws = partition(region)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "LoadBalancers",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/load-balancers/AWSLogs/{account_id}/*",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": f"arn:{aws}:elasticloadbalancing:{region}:{account_id}:loadbalancer/*"}
                },
            },
            {
                "Sid": "AWSLogDeliveryWrite",
                "Effect": "Allow",
                "Principal": {"Service": "delivery.logs.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/AWSLogs/{account_id}/*",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account_id, "s3:x-amz-acl": "bucket-owner-full-control"},
                    "ArnLike": {"aws:SourceArn": f"arn:{aws}:logs:{region}:{account_id}:*"},
                },
            },
            {
                "Sid": "AWSLogDeliveryAclCheck",
                "Effect": "Allow",
                "Principal": {"Service": "delivery.logs.amazonaws.com"},
                "Action": "s3:GetBucketAcl",
                "Resource": arn,
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account_id},
                    "ArnLike": {"aws:SourceArn": f"arn:{aws}:logs:{region}:{account_id}:*"},
                },
            },
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
