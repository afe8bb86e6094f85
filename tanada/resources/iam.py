"""IAM."""

from __future__ import annotations

from tanada.resources.cost import Free
from tanada.resources.entry import Resource, global_arn, read, replaceable
from tanada.resources.seed import Seed

_FREE = Free("IAM is free")


def _oidc_provider_arn(seed: Seed) -> str:
    """IAM names a provider by its URL without the scheme."""
    return seed.fill(global_arn("iam", "oidc-provider/")) + seed.text("url").removeprefix("https://")


RESOURCES = (
    Resource(
        type="aws_iam_openid_connect_provider",
        lost="identity provider",
        kept=False,  # made again by its URL
        replaces=read("iam/openid_connect_provider.go", "1265e584", "url"),
        cost=_FREE,
        computed={"arn": _oidc_provider_arn, "id": _oidc_provider_arn},
        reads=("iam:GetOpenIDConnectProvider",),
    ),
    replaceable(
        "aws_iam_policy",
        read("iam/policy.go", "01ccd9a2", "description path name name_prefix"),
        _FREE,
        defaults={"path": "/"},
        computed={
            "arn": global_arn("iam", "policy{path}{name}"),
            "id": "{arn}",
            "policy_id": "ANPA{upper17}",
            "attachment_count": 0,
        },
        reads=(
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:ListPolicyVersions",
        ),
    ),
    Resource(
        type="aws_iam_role",
        lost="IAM role",
        kept=False,  # made again by its name
        replaces=read("iam/role.go", "0040ea69", "path name name_prefix"),
        cost=_FREE,
        defaults={"force_detach_policies": False, "max_session_duration": 3600, "path": "/"},
        computed={
            "id": "{name}",
            "arn": global_arn("iam", "role{path}{name}"),
            "unique_id": "AROA{upper17}",
            "create_date": "2026-01-01T00:00:00Z",
        },
        reads=(
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListInstanceProfilesForRole",
            "iam:ListRolePolicies",
        ),
    ),
    replaceable(
        "aws_iam_role_policy",
        read("iam/role_policy.go", "02f97af8", "role name name_prefix"),
        _FREE,
        computed={"id": "{role}:{name}"},
        reads=("iam:GetRolePolicy",),
    ),
    replaceable(
        "aws_iam_role_policy_attachment",
        read("iam/role_policy_attachment.go", "04c79849", "policy_arn role"),
        _FREE,
        computed={"id": "{role}/{policy_arn}"},
        reads=("iam:ListAttachedRolePolicies",),
    ),
)
