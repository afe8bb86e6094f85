"""IAM."""

from __future__ import annotations

from tanada.resources.cost import Free
from tanada.resources.entry import Resource, global_arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, in_use, taken, too_long
from tanada.resources.request import made_by
from tanada.resources.seed import Seed

_FREE = Free("IAM is free")


def _oidc_provider_arn(seed: Seed) -> str:
    """IAM names a provider by its URL without the scheme."""
    return seed.fill(global_arn("iam", "oidc-provider/")) + seed.text("url").removeprefix("https://")


_INLINE = 10_240


def _inline_policies_too_large(call: Call, world: World) -> bool:
    """All of one role's together; white space does not count."""
    if call.after is None:
        return False
    own = (call.before or {}).get("id")
    others = [
        each.get("policy")
        for each in world.living("aws_iam_role_policy", everywhere=True)
        if each.get("role") == call.after.get("role") and each.get("id") != own
    ]
    texts = [text for text in (*others, call.after.get("policy")) if isinstance(text, str)]
    return sum(len("".join(text.split())) for text in texts) > _INLINE


RESOURCES = (
    Resource(
        type="aws_iam_openid_connect_provider",
        lost="identity provider",
        kept=False,  # made again by its URL
        replaces=read("iam/openid_connect_provider.go", "1265e584", "url"),
        cost=_FREE,
        computed={"arn": _oidc_provider_arn, "id": _oidc_provider_arn},
        refusals=(
            taken(
                "aws_iam_openid_connect_provider",
                "url",
                "EntityAlreadyExists",
                "Provider with url {url} already exists.",
                "IAM API reference, CreateOpenIDConnectProvider; unfunco/terraform-aws-oidc-github#23",
                everywhere=True,
            ),
        ),
        fills={},
        request=made_by("iam", "CreateOpenIDConnectProvider", "AWS::IAM::OIDCProvider"),
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
        refusals=(
            in_use(
                "DeleteConflict",
                "Cannot delete a policy attached to entities.",
                "IAM API reference, DeletePolicy; serverless/components#312, of boundaries gruntwork-io/cloud-nuke#972",
                "aws_iam_role_policy_attachment policy_arn",
                "aws_iam_role permissions_boundary",
                mine="arn",
            ),
            taken(
                "aws_iam_policy",
                "name path",
                "EntityAlreadyExists",
                "A policy called {name} already exists. Duplicate names are not allowed.",
                "IAM API reference, CreatePolicy; konstructio/kubefirst#855",
                everywhere=True,
            ),
            too_long(
                "policy",
                6144,
                "LimitExceeded",
                "Cannot exceed quota for PolicySize: 6144",
                "IAM user guide, IAM and AWS STS quotas; ministryofjustice/cloud-platform-environments#14473",
            ),
        ),
        fills={},
        request=made_by("iam", "CreatePolicy", "AWS::IAM::ManagedPolicy", name="PolicyName", policy="PolicyDocument"),
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
        refusals=(
            in_use(
                "DeleteConflict",
                "Cannot delete entity, must detach all policies first.",
                "IAM API reference, DeleteRole; ansible/ansible#22832",
                "aws_iam_role_policy_attachment role",
                mine="name",
                unless="force_detach_policies",
            ),
            in_use(
                "DeleteConflict",
                "Cannot delete entity, must delete policies first.",
                "IAM API reference, DeleteRole; awslabs/aws-orbit-workbench#633: of inline policies",
                "aws_iam_role_policy role",
                mine="name",
                unless="force_detach_policies",
            ),
            taken(
                "aws_iam_role",
                "name",
                "EntityAlreadyExists",
                "Role with name {name} already exists.",
                "IAM API reference, CreateRole; hashicorp/terraform#20394",
                everywhere=True,
            ),
            too_long(
                "assume_role_policy",
                2048,
                "LimitExceeded",
                "Cannot exceed quota for ACLSizePerRole: 2048",
                "IAM user guide, IAM and AWS STS quotas: role trust policy; kubeflow/kubeflow#6687",
            ),
        ),
        fills={},
        request=made_by(
            "iam",
            "CreateRole",
            "AWS::IAM::Role",
            name="RoleName",
            assume_role_policy="AssumeRolePolicyDocument",
        ),
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
        refusals=(
            Refusal(
                code="LimitExceeded",
                sentence="Maximum policy size of 10240 bytes exceeded for role {role}",
                source="IAM user guide, IAM and AWS STS quotas: inline policies together, without white space; "
                "hashicorp/terraform-provider-aws#45533",
                holds=_inline_policies_too_large,
                watches={"aws_iam_role_policy": ("role", "policy", "id")},
            ),
        ),
        fills={},
        request=made_by(
            "iam",
            "PutRolePolicy",
            "AWS::IAM::RolePolicy",
            name="PolicyName",
            policy="PolicyDocument",
            role="RoleName",
        ),
        reads=("iam:GetRolePolicy",),
    ),
    Resource(
        type="aws_iam_user",
        lost="IAM user",
        kept=False,  # made again by its name, and given another key
        replaces=read("iam/user.go", "058fd401"),  # IAM itself gives one another name
        cost=_FREE,
        defaults={"force_destroy": False, "path": "/"},
        computed={"id": "{name}", "arn": global_arn("iam", "user{path}{name}"), "unique_id": "AIDA{upper17}"},
        refusals=(
            taken(
                "aws_iam_user",
                "name",
                "EntityAlreadyExists",
                "User with name {name} already exists.",
                "IAM API reference, CreateUser; brikis98/terraform-up-and-running-code#19",
                everywhere=True,
            ),
        ),
        fills={},
        request=made_by("iam", "CreateUser", "AWS::IAM::User", name="UserName"),
        reads=("iam:GetUser",),
    ),
    replaceable(
        "aws_iam_user_policy",
        read("iam/user_policy.go", "02f97af8", "name name_prefix user"),
        _FREE,
        computed={"id": "{user}:{name}"},
        refusals=(
            too_long(
                "policy",
                2048,
                "LimitExceeded",
                "Maximum policy size of 2048 bytes exceeded for user {user}",
                "IAM user guide, IAM and AWS STS quotas: inline policies of a user; "
                "ministryofjustice/cloud-platform-environments#5302",
            ),
        ),
        fills={},
        request=made_by(
            "iam", "PutUserPolicy", "AWS::IAM::UserPolicy", name="PolicyName", policy="PolicyDocument", user="UserName"
        ),
        reads=("iam:GetUserPolicy",),
    ),
    replaceable(
        "aws_iam_role_policy_attachment",
        read("iam/role_policy_attachment.go", "04c79849", "policy_arn role"),
        _FREE,
        computed={"id": "{role}/{policy_arn}"},
        fills={},
        request=made_by("iam", "AttachRolePolicy", "", role="RoleName"),
        reads=("iam:ListAttachedRolePolicies",),
    ),
)
