"""Who uploads to a site: roles that people take on, and users whose keys no state holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from cdktf_cdktf_provider_aws.iam_user import IamUser
from cdktf_cdktf_provider_aws.iam_user_policy import IamUserPolicy
from constructs import Construct

from modules.here import Here
from modules.iam import Role, Statement, policy
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
                trust=trust(operator.from_),
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


def trust(people: Sequence[str], *, mfa: bool = False, addresses: Sequence[str] = ()) -> str:
    """Trust policy: these alone, whose own account must let them, too. By a condition: a principal has no `*`, and must
    be there already (IAM user guide, "AWS JSON policy elements: Principal"). With `mfa` who has shown a second factor,
    with `addresses` who comes from there."""
    accounts = sorted({":".join(arn.split(":")[:5]) + ":root" for arn in people})
    likes = sorted(people)
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": accounts[0] if len(accounts) == 1 else accounts},
        "Condition": {
            "ArnLike": {"aws:PrincipalArn": likes[0] if len(likes) == 1 else likes},
            **({"Bool": {"aws:MultiFactorAuthPresent": "true"}} if mfa else {}),
            **({"IpAddress": {"aws:SourceIp": sorted(addresses)}} if addresses else {}),
        },
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)
