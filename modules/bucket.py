"""S3 buckets."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_cors_configuration import (
    S3BucketCorsConfiguration,
    S3BucketCorsConfigurationCorsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from modules.private_bucket import kept_private
from modules.reachable import Reachable
from tanada.declared import bucket as declared
from tanada.regions import partition

READ, WRITE, APPEND = (
    ("s3:GetObject",),
    ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"),
    ("s3:AbortMultipartUpload", "s3:PutObject"),
)
"""On objects, as AWS's CDK divides them (aws-s3/lib/perms.ts: read, write, put), without what changes how an object is
kept: no PutObjectAcl, which BucketOwnerEnforced refuses anyway. Nothing of IAM's keeps PutObject from overwriting."""
LIST = ("s3:ListBucket",)
"""On the bucket, for who reads: without it what is missing answers 403 instead of 404 (S3 API reference, GetObject)."""
UPLOADS_END = 7
"""Days after which what was uploaded in part and never finished goes: nobody sees it, and it is paid for."""
METHODS = ("DELETE", "GET", "HEAD", "POST", "PUT")
"""What browsers may try: who signed the address decides what they may do."""


class Bucket(Construct):
    """Private, encrypted, over TLS alone; in permanent environments with old versions, and under `keep` it stays.

    Of one that is there already nothing is made.
    """

    def __init__(
        self, scope: Construct, id: str, settings: declared.Bucket, here: Here, *, called: str | None = None
    ) -> None:
        """`called` is the part that it belongs to, where it is no part itself."""
        super().__init__(scope, id)
        self.beside: list[ITerraformDependable] = []
        self.domain_name = ""
        """Where S3 answers for it in its own region; of one that is made."""
        self._policy: S3BucketPolicy | None = None
        self._let_in: list[Mapping[str, object]] = []
        part = called or id
        self.aws_name = settings.existing if settings.existing is not None else self._made(part, settings, here)
        self.arn = arn = f"arn:{partition(here.region)}:s3:::{self.aws_name}"
        self.reachable = Reachable(
            words={"name": self.aws_name},
            # S3 is reached over HTTPS, which is open, through the VPC's own endpoint.
            doors=(),
            places=(),
            access=(_listed(arn), _objects(arn, (*READ, *WRITE))),
            narrowed={
                "read": (_listed(arn), _objects(arn, READ)),
                "write": (_objects(arn, WRITE),),
                "append": (_objects(arn, APPEND),),
            },
            secrets={},
        )

    def let_in(self, *statements: Mapping[str, object]) -> None:
        """Statements more of its policy, which one resource holds whole."""
        assert self._policy is not None, "of one that is there already a check says so"
        self._let_in = named_apart([*self._let_in, *statements])
        self._policy.policy = json.dumps(tls_only(self.arn, self._let_in), sort_keys=True)

    def _made(self, id: str, settings: declared.Bucket, here: Here) -> str:
        """The name of the bucket that is made, as a reference."""
        keep = here.instance.keep
        name = here.names.bucket(here.called(id), here.account_id, here.region)
        bucket = S3Bucket(
            self,
            "bucket",
            bucket=name,
            # Else a bucket with one object in it could never be destroyed.
            force_destroy=not keep,
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        self.beside += kept_private(self, bucket)
        versions = None
        if here.instance.permanent:  # to the end: suspended, what is deleted from then on is gone
            versions = S3BucketVersioningA(
                self,
                "versioning",
                bucket=bucket.id,
                versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
            )
        lifecycle = S3BucketLifecycleConfiguration(
            self,
            "lifecycle",
            bucket=bucket.id,
            rule=list(_rules(settings.expire)),
            # The provider's own documentation of the resource: rules on old versions come after there are any.
            depends_on=[versions] if versions is not None else None,
        )
        if settings.cors:
            cors = S3BucketCorsConfiguration(
                self,
                "cors",
                bucket=bucket.id,
                cors_rule=[
                    S3BucketCorsConfigurationCorsRule(
                        allowed_headers=["*"],
                        allowed_methods=list(METHODS),
                        allowed_origins=sorted(set(settings.cors)),
                        # Uploads in parts are put together by it.
                        expose_headers=["ETag"],
                        max_age_seconds=3600,
                    )
                ],
            )
            self.beside.append(cors)
        self.domain_name = bucket.bucket_regional_domain_name
        policy = self._policy = S3BucketPolicy(
            self,
            "policy",
            bucket=bucket.id,
            policy=json.dumps(tls_only(f"arn:{partition(here.region)}:s3:::{bucket.bucket}"), sort_keys=True),
        )
        self.beside += [lifecycle, policy]  # the versions stand before the lifecycle
        return bucket.bucket


def _listed(arn: str) -> Statement:
    return Statement(actions=LIST, resources=(arn,))


def _objects(arn: str, actions: Sequence[str]) -> Statement:
    return Statement(actions=tuple(actions), resources=(f"{arn}/*",))


def _rules(expire: declared.Expire | None) -> Iterator[S3BucketLifecycleConfigurationRule]:
    everything = [S3BucketLifecycleConfigurationRuleFilter(prefix="")]
    yield S3BucketLifecycleConfigurationRule(
        id="unfinished-uploads",
        status="Enabled",
        filter=everything,
        abort_incomplete_multipart_upload=[
            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=UPLOADS_END)
        ],
    )
    if expire is None or (expire.current is None and expire.noncurrent is None):
        return
    # Where days are said S3 takes away by itself what marks a deletion and has no version left; else it must be told,
    # and takes one of the two (S3 API reference, LifecycleExpiration).
    expiration = (
        S3BucketLifecycleConfigurationRuleExpiration(days=expire.current)
        if expire.current is not None
        else S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)
    )
    yield S3BucketLifecycleConfigurationRule(
        id="expire",
        status="Enabled",
        filter=everything,
        expiration=[expiration],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=expire.noncurrent)
        ]
        if expire.noncurrent is not None
        else None,
    )


def named_apart(statements: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Statements whose names are each another one, as S3 takes each once: of `page-1` and `page1` they are the same."""
    found: dict[str, Mapping[str, object]] = {}
    for each in statements:
        names = (f"{each['Sid']}{'' if number == 1 else f'x{number}'}" for number in itertools.count(1))
        name = next(name for name in names if name not in found)
        found[name] = {**each, "Sid": name}
    return list(found.values())


def tls_only(arn: str, more: Sequence[Mapping[str, object]] = ()) -> Mapping[str, object]:
    """A bucket's policy that nobody gets round TLS (AWS Security Hub, S3.5), and `more` statements."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            *more,
        ],
    }
