"""Who uploads to a site: roles that people take on, and users whose keys no state holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdktf_cdktf_provider_aws.iam_user import IamUser
from cdktf_cdktf_provider_aws.iam_user_policy import IamUserPolicy
from constructs import Construct

from modules.here import Here
from modules.iam import Role, Statement, arns_trust, policy
from tanada.declared.operators import Operator, called

LISTING = ("s3:ListBucket", "s3:ListBucketVersions")
OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject")
"""A version comes back by being copied over the newest; nobody deletes one (no DeleteObjectVersion)."""
INVALIDATING = ("cloudfront:CreateInvalidation", "cloudfront:GetInvalidation")


def publishing(bucket: str, distribution: str, operator: Operator) -> Iterator[Statement]:
    """What one may do, of the ARNs of bucket and distribution."""
    within: Mapping[str, Mapping[str, str | list[str]]] = (
        {"StringLike": {"s3:prefix": f"{operator.keys}*"}} if operator.keys else {}
    )
    yield Statement(actions=LISTING, resources=(bucket,), condition=within)
    yield Statement(actions=OBJECTS, resources=(f"{bucket}/{operator.keys}*",))
    yield Statement(actions=INVALIDATING, resources=(distribution,))


def operators(
    scope: Construct, here: Here, site: str, each: Mapping[str, Operator], bucket: str, distribution: str
) -> dict[str, str]:
    """By name, the role's ARN or the user's name; `bucket` and `distribution` are ARNs."""
    made: dict[str, str] = {}
    for name, operator in each.items():
        within = Construct(scope, name)
        calls, path = called(here.names, site, name), f"/{here.names.system}/"
        statements = list(publishing(bucket, distribution, operator))
        if operator.by == "role":
            made[name] = Role(
                within,
                "operator",
                name=calls,
                path=path,
                description=f"Uploads to {site} below {operator.prefix}",
                trust=arns_trust(operator.from_),
                boundary=here.boundary,
                statements=statements,
            ).arn
            continue
        user = IamUser(
            within,
            "user",
            name=calls,
            path=path,
            permissions_boundary=here.boundary,
            # Its keys are none of Terraform's, and would keep it.
            force_destroy=True,
            tags={"Name": calls, "Rotate": f"{operator.rotate}d"},
        )
        IamUserPolicy(within, "policy", name="permissions", user=user.name, policy=policy(statements))
        made[name] = user.name
    return made
