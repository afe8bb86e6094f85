"""The roles that a repository's CI assumes by OpenID Connect: two that may look, and those that may change."""

from __future__ import annotations

import json

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from modules import ci_policies
from modules.ci_applying import applying
from modules.ci_boundary import boundary
from modules.ci_states import reading_states
from modules.iam import Document, document, only
from tanada.declarations.ci_roles import CiRoles
from tanada.declared.ci import (
    AUDIENCE,
    READING,
    SESSION_SECONDS,
    WORKFLOW,
    Ci,
    boundary_name,
    environment_name,
    issuer,
    role_name,
)
from tanada.regions import partition

_BEFORE = (
    *(f"aws_iam_role.ci_{step}_role" for step in ("plan", "apply")),
    *(f"aws_iam_role_policy.ci_{step}_policy" for step in ("plan", "apply")),
    "aws_iam_role_policy_attachment.ci_plan_read",
    "aws_iam_role_policy_attachment.ci_apply_power",
)
"""Roles that trusted the branch and pull requests. Terraform lets go of them and they stay, as jobs that were written
before take them on: CHANGELOG says when and how a person deletes them."""


class CiAccess(Construct):
    """OIDC provider (unless the account has it), the system's boundary, and a role for each step of CI."""

    def __init__(
        self,
        stack: TerraformStack,
        id: str,
        ci: Ci,
        *,
        system: str,
        account_id: str,
        region: str,
        reached: CiRoles,
    ) -> None:
        """Where the account is protected, `reached` names the forge's environments whose approval it needs: each has a
        role of its own."""
        super().__init__(stack, id)
        self._system, self._ci, self._region = system, ci, region
        arn = f"arn:{partition(region)}"
        iam = f"{arn}:iam::{account_id}"
        host = issuer(ci)
        self._provider = f"{iam}:oidc-provider/{host}"
        own = [self._provider]
        # IAM allows one provider a URL and account: a second CreateOpenIDConnectProvider is EntityAlreadyExists.
        if not ci.existing_provider:
            self._provider = IamOpenidConnectProvider(
                self, "provider", url=f"https://{host}", client_id_list=[AUDIENCE], tags={"Name": host}
            ).arn
        words = ("reads", "reads_stores", "changes", "stores", "entrances")
        names = [boundary_name(system), *(f"{system}_{word}" for word in words)]
        limit = boundary(
            arn,
            system,
            account_id,
            reached.asked,
            reached.existing_buckets,
            published=reached.published,
            publishes=reached.publishes,
        )
        self.boundary = self._policy(names[0], "boundary", "The most that roles of the system can do", limit).arn
        reads = self._policy(
            names[1],
            "reads",
            "What a plan reads",
            ci_policies.reading(arn, system, account_id if reached.sign_in else None),
        )
        # A policy takes 6,144 characters (IAM quotas), so there are several.
        reads_stores = self._policy(
            names[2], "reads_stores", "What a plan reads of stores and jobs", ci_policies.reading_stores(arn, system)
        )
        changes = self._policy(names[3], "changes", "What an apply changes", ci_policies.changing(arn, system))
        stores = self._policy(
            names[4], "stores", "What an apply changes of stores and jobs", ci_policies.changing_stores(arn, system)
        )
        entrances = self._policy(
            names[5],
            "entrances",
            "What an apply changes of what people come by",
            ci_policies.changing_entrances(arn, system),
        )

        approvals = [("apply", approved) for approved in reached.environments or (None,)]
        steps: list[tuple[str, str | None]] = [*((step, None) for step in sorted(READING)), *approvals]
        own += [f"{iam}:role/{role_name(system, *step)}" for step in steps] + [f"{iam}:policy/{name}" for name in names]
        look = reading_states(arn, system, reached.buckets, [each.plan for each in reached.zones])
        change = applying(arn, system, account_id, own, reached)
        for step, approved in steps:
            reading = step in READING
            given = {"reads": reads, "reads_stores": reads_stores}
            if not reading:
                given |= {"changes": changes, "stores": stores, "entrances": entrances}
            self._role(step, approved, given, look if reading else change)
        stack.add_override("removed", [{"from": address, "lifecycle": {"destroy": False}} for address in _BEFORE])

    def _policy(self, name: str, id: str, description: str, content: Document) -> IamPolicy:
        return IamPolicy(
            self,
            id,
            name=name,
            description=f"{description}: {self._system}",
            policy=_json(content),
            tags={"Name": name},
        )

    def _role(self, step: str, approved: str | None, given: dict[str, IamPolicy], own: Document) -> None:
        """One role of one environment's jobs, with the policies that it shares and that of its own."""
        name = role_name(self._system, step, approved)
        scope = Construct(self, f"role_{step}" if approved is None else f"role_{step}_{approved}")
        role = IamRole(
            scope,
            "role",
            name=name,
            description=f"{_DOES[step]} of {self._system}",
            assume_role_policy=_json(trust(self._provider, self._ci, step, approved, partition(self._region))),
            max_session_duration=SESSION_SECONDS[step],
            tags={"Name": name},
        )
        for word, policy in given.items():
            IamRolePolicyAttachment(scope, word, role=role.name, policy_arn=policy.arn)
        IamRolePolicy(scope, "policy", name=_OWN[step in READING], role=role.name, policy=_json(own))


_DOES = {
    "plan": "Plans on pull requests",
    "drift": "Looks every night for drift",
    "apply": "Applies what was approved",
}
_OWN = {True: "states", False: "roles"}
"""What a role's own policy is called."""


def subject(ci: Ci, step: str, approved: str | None = None) -> tuple[str, bool]:
    """Whose tokens take a role on: on GitHub jobs of one environment, whatever event started them.

    The flag says that the subject holds a wildcard: GitLab's tokens name neither environment nor merge request but the
    branch alone (docs.gitlab.com, "Connect to cloud services"), so any branch of the project may plan there, and the
    main one applies.
    """
    if ci.gitlab is not None:
        return f"project_path:{ci.gitlab}:ref_type:branch:ref:{'*' if step == 'plan' else ci.branch}", step == "plan"
    return f"{_github(ci)}:environment:{environment_name(step, approved)}", False


def workflow_refs(ci: Ci, step: str) -> list[str]:
    """Which file of which ref a job of GitHub's must come from: `tanada ci github` wrote it, and it was merged.

    Several of them plan: the one for pull requests, and those that apply and look for drift.
    """
    return [f"{ci.github}/{WORKFLOW.format('*' if step == 'plan' else step)}@refs/heads/{ci.branch}"]


def _github(ci: Ci) -> str:
    """How a token's subject begins: by names, or where the repository has it so by names and numbers (GitHub's
    changelog, 23 April 2026, "Immutable subject claims"); never both, for a name alone can come to belong to others."""
    owner, _, repository = (ci.github or "").partition("/")
    if ci.ids is None:
        return f"repo:{owner}/{repository}"
    return f"repo:{owner}@{ci.ids.owner}/{repository}@{ci.ids.repository}"


def trust(provider: str, ci: Ci, step: str, approved: str | None, partition: str) -> Document:
    """Trust policy: tokens that this server signed for AWS, of exactly this subject, and from these workflow files.

    IAM looks at `job_workflow_ref` in the tokens of github.com since January 2026 (AWS, "STS now supports validation of
    select identity provider specific claims"), in its commercial regions; those of a GitHub Enterprise Server have the
    subject alone.
    """
    host = issuer(ci)
    named, wildcard = subject(ci, step, approved)
    equal = {f"{host}:aud": AUDIENCE}
    like: dict[str, str | list[str]] = {}
    (like if wildcard else equal)[f"{host}:sub"] = named
    if ci.gitlab is None and ci.server is None and partition == "aws":
        like[f"{host}:job_workflow_ref"] = only(workflow_refs(ci, step))
    return document(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": provider},
            "Condition": {"StringEquals": equal, **({"StringLike": like} if like else {})},
        }
    )


def _json(content: Document) -> str:
    return json.dumps(content, sort_keys=True)
