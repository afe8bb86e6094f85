"""What keeps any bucket private: nothing public, no ACLs, encrypted with S3's own key."""

from __future__ import annotations

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from constructs import Construct


def kept_private(scope: Construct, bucket: S3Bucket) -> list[ITerraformDependable]:
    """Make it so, below the scope of the bucket: what does.

    Load balancers can't write to a bucket encrypted with KMS (ELB guide, "Access logs"): SSE-S3.
    """
    public_access_block = S3BucketPublicAccessBlock(
        scope,
        "public_access_block",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    ownership = S3BucketOwnershipControls(
        scope,
        "ownership",
        bucket=bucket.id,
        rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
    )
    encryption = S3BucketServerSideEncryptionConfigurationA(
        scope,
        "encryption",
        bucket=bucket.id,
        rule=[
            S3BucketServerSideEncryptionConfigurationRuleA(
                apply_server_side_encryption_by_default=S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                    sse_algorithm="AES256"
                ),
                # S3 gives both back of every bucket made since 2026; left out, each plan would take them away.
                blocked_encryption_types=["SSE-C"],
                bucket_key_enabled=False,
            )
        ],
    )
    return [public_access_block, ownership, encryption]
