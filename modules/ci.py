"""The two roles that a repository's CI assumes by OpenID Connect: one that may look, one that may change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from tanada.declared.ci import AUDIENCE, SESSION_SECONDS, Ci, issuer, role_name
from tanada.regions import partition
from tanada.resources import data_actions, passes_roles_to

Document = dict[str, Any]

_ROLE_READS = ("iam:Get*", "iam:List*")
_ROLE_CHANGES = (
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_OWN_CHANGES = (
    "iam:Add*",
    "iam:Attach*",
    "iam:Create*",
    "iam:Delete*",
    "iam:Detach*",
    "iam:PassRole",
    "iam:Put*",
    "iam:Remove*",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
    "sts:AssumeRole",
)


class CiAccess(Construct):
    """OIDC provider (unless the account has it), `<system>_ci_plan` and `<system>_ci_apply`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        ci: Ci,
        *,
        system: str,
        account_id: str,
        region: str,
        buckets: Sequence[str],
        environments: Sequence[str],
    ) -> None:
        """`buckets` hold the account's states; `environments`: where the account is protected, those of the forge whose
        approval it needs, else none."""
        super().__init__(scope, id)
        arn = f"arn:{partition(region)}"
        host = issuer(ci)
        provider = f"{arn}:iam::{account_id}:oidc-provider/{host}"
        # IAM allows one provider a URL and account: a second CreateOpenIDConnectProvider is EntityAlreadyExists.
        if not ci.existing_provider:
            provider = IamOpenidConnectProvider(
                self, "provider", url=f"https://{host}", client_id_list=[AUDIENCE], tags={"Name": host}
            ).arn
        roles = {step: f"{arn}:iam::{account_id}:role/{role_name(system, step)}" for step in ("plan", "apply")}

        plan = self._role("plan", system, "Plans on pull requests", trust(provider, ci, plan_subjects(ci)))
        IamRolePolicyAttachment(self, "plan_read", role=plan.name, policy_arn=f"{arn}:iam::aws:policy/ReadOnlyAccess")
        IamRolePolicy(
            self, "plan_policy", name="states", role=plan.name, policy=_json(plan_policy(arn, system, buckets))
        )
        apply = self._role(
            "apply", system, "Applies what was approved", trust(provider, ci, apply_subjects(ci, environments))
        )
        # Whatever a declaration can make, in any service: everything but IAM, Organizations and the account itself.
        IamRolePolicyAttachment(
            self, "apply_power", role=apply.name, policy_arn=f"{arn}:iam::aws:policy/PowerUserAccess"
        )
        own = [*roles.values(), f"{arn}:iam::{account_id}:oidc-provider/{host}"]
        IamRolePolicy(
            self,
            "apply_policy",
            name="roles",
            role=apply.name,
            policy=_json(apply_policy(f"{arn}:iam::{account_id}:role/{system}/*", own)),
        )

    def _role(self, step: str, system: str, description: str, trusted: Document) -> IamRole:
        name = role_name(system, step)
        return IamRole(
            self,
            f"{step}_role",
            name=name,
            description=f"{description} of {system}",
            assume_role_policy=_json(trusted),
            max_session_duration=SESSION_SECONDS[step],
            tags={"Name": name},
        )


def plan_subjects(ci: Ci) -> tuple[list[str], bool]:
    """Whose tokens may plan: pull requests of the repository itself (GitHub gives forks none), and what is merged.

    The flag says that a subject holds a wildcard: GitLab's tokens of merge requests name the source branch alone
    (docs.gitlab.com, "Connect to cloud services"), so any branch of the project may plan.
    """
    if ci.gitlab is not None:
        return [f"project_path:{ci.gitlab}:ref_type:branch:ref:*"], True
    repository = _github(ci)
    return [f"{repository}:pull_request", f"{repository}:ref:refs/heads/{ci.branch}"], False


def apply_subjects(ci: Ci, environments: Sequence[str]) -> tuple[list[str], bool]:
    """Whose tokens may apply: what is merged; where accounts are protected, their GitHub environments alone, whose
    reviewers then stand before the token. GitLab's tokens name no environment: there the job waits for them instead."""
    if ci.gitlab is not None:
        return [f"project_path:{ci.gitlab}:ref_type:branch:ref:{ci.branch}"], False
    if environments:
        return [f"{_github(ci)}:environment:{name}" for name in environments], False
    return [f"{_github(ci)}:ref:refs/heads/{ci.branch}"], False


def _github(ci: Ci) -> str:
    """How a token's subject begins: by names, or where the repository has it so by names and numbers (GitHub's
    changelog, 23 April 2026, "Immutable subject claims"); never both, for a name alone can come to belong to others."""
    owner, _, repository = (ci.github or "").partition("/")
    if ci.ids is None:
        return f"repo:{owner}/{repository}"
    return f"repo:{owner}@{ci.ids.owner}/{repository}@{ci.ids.repository}"


def trust(provider: str, ci: Ci, subjects: tuple[list[str], bool]) -> Document:
    """Trust policy: tokens that this server signed for AWS, of exactly these subjects."""
    names, wildcard = subjects
    host = issuer(ci)
    subject: Document = {f"{host}:sub": _only(names)}
    audience: Document = {f"{host}:aud": AUDIENCE}
    condition = {"StringEquals": audience, "StringLike": subject} if wildcard else {"StringEquals": audience | subject}
    return _document(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": provider},
            "Condition": condition,
        }
    )


def plan_policy(arn: str, system: str, buckets: Sequence[str]) -> Document:
    """Beside ReadOnlyAccess: the system's states and their locks; and no data, whatever that policy says.

    `arn` is how ARNs of the partition begin; `buckets` hold the states.
    """
    states = [f"{arn}:s3:::{bucket}/{system}/*" for bucket in buckets]
    return _document(
        {
            "Sid": "States",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": states,
        },
        {
            "Sid": "Locks",
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:PutObject"],
            "Resource": [f"{arn}:s3:::{bucket}/{system}/*.tflock" for bucket in buckets],
        },
        {"Sid": "NoData", "Effect": "Deny", "Action": data_actions(), "Resource": "*"},
        {
            "Sid": "NoObjects",
            "Effect": "Deny",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "NotResource": states,
        },
        # Machine images and the like are parameters that AWS publishes; all others are the systems' own.
        {
            "Sid": "NoParameters",
            "Effect": "Deny",
            "Action": ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"],
            "NotResource": [f"{arn}:ssm:*::parameter/aws/service/*"],
        },
    )


def apply_policy(system_roles: str, own: Sequence[str]) -> Document:
    """Beside PowerUserAccess: the roles under the system's path, and of itself and its provider nothing.

    Not AdministratorAccess: no users, keys, groups, managed policies, roles of others. What remains is known: who may
    write the permissions of a task's role can give a task more than this role has. So the trust policy is the fence,
    and whoever changes the CI's own roles does it by hand.
    """
    return _document(
        {"Sid": "ReadIdentities", "Effect": "Allow", "Action": list(_ROLE_READS), "Resource": "*"},
        {"Sid": "RolesOfTheSystem", "Effect": "Allow", "Action": list(_ROLE_CHANGES), "Resource": system_roles},
        {
            "Sid": "HandThemToTasks",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": system_roles,
            "Condition": {"StringEquals": {"iam:PassedToService": _only(passes_roles_to())}},
        },
        {"Sid": "NotItself", "Effect": "Deny", "Action": list(_OWN_CHANGES), "Resource": list(own)},
        # PowerUserAccess would let it become any role that trusts the account.
        {"Sid": "NobodyElse", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"},
    )


def _only(texts: Sequence[str]) -> str | list[str]:
    """One is a text: as AWS gives it back, and no plan shows a difference."""
    return texts[0] if len(texts) == 1 else list(texts)


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _json(document: Document) -> str:
    return json.dumps(document, sort_keys=True)
