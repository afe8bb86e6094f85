"""Policy documents and roles, one statement one purpose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from tanada.declared import trust
from tanada.regions import partition

Document = dict[str, Any]
"""Of JSON: a policy, or a statement of one."""
TASKS = "ecs-tasks.amazonaws.com"
"""Who takes on the roles of tasks."""
OF_SERVICES = "of-aws"
"""The folder of roles that services of AWS's take on by themselves: CI hands those no role of a task."""


@dataclass(frozen=True)
class Statement:
    """One permission: these actions on these resources, and no others."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, str | list[str]]] = field(default_factory=dict)
    sid: str | None = None
    """What it is called, where people gave it a name."""
    effect: Literal["Allow", "Deny"] = "Allow"
    """`Deny` holds against whatever else allows it."""


def policy(statements: Iterable[Statement]) -> str:
    """The JSON of a policy document of the statements."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    **({"Sid": statement.sid} if statement.sid is not None else {}),
                    "Effect": statement.effect,
                    "Action": sorted(statement.actions),
                    "Resource": list(statement.resources),
                    **({"Condition": statement.condition} if statement.condition else {}),
                }
                for statement in statements
            ],
        },
        sort_keys=True,
    )


def only(texts: Sequence[str]) -> str | list[str]:
    """One is a text: as AWS gives it back, and no plan shows a difference."""
    return texts[0] if len(texts) == 1 else list(texts)


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def tasks_of(account_id: str, region: str) -> str:
    """Trust policy: ECS tasks of this account and region alone (ECS guide, "Confused deputy")."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": TASKS},
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": account_id},
                        "ArnLike": {"aws:SourceArn": f"arn:{partition(region)}:ecs:{region}:{account_id}:*"},
                    },
                }
            ],
        },
        sort_keys=True,
    )


def service_trust(service: str, account_id: str, arn: str | None = None) -> str:
    """Trust policy: a service of AWS's, on behalf of this account alone; of `arn` alone where that is said."""
    condition = {"StringEquals": {"aws:SourceAccount": account_id, **({"aws:SourceArn": arn} if arn else {})}}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}, sort_keys=True)


def arns_trust(arns: Sequence[str], *, mfa: bool = False, addresses: Sequence[str] = ()) -> str:
    """Trust policy: these roles and users alone (`tanada/declared/trust.py`)."""
    return json.dumps(trust.of_arns(arns, mfa=mfa, addresses=addresses), sort_keys=True)


class Role(Construct):
    """A role that a service of AWS's assumes, with exactly the given permissions."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        path: str,
        description: str,
        trust: str,
        boundary: str | None,
        statements: Iterable[Statement],
        outlives: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """`path` and `boundary`: the system's, so that whoever applies may be held to its roles and can't make one that
        does more (modules/ci_boundary.py); no boundary where no CI applies. One that `outlives` goes after what used it
        was told of another, or of none. `tags` stand beside its name."""
        super().__init__(scope, id)
        lifecycle = TerraformResourceLifecycle(create_before_destroy=True) if outlives else None
        role = IamRole(
            self,
            "role",
            name=name,
            path=path,
            description=description,
            assume_role_policy=trust,
            permissions_boundary=boundary,
            # What someone attached by hand must not keep an environment from being destroyed.
            force_detach_policies=True,
            tags={"Name": name, **(tags or {})},
            lifecycle=lifecycle,
        )
        self.arn = role.arn
        # Destroyed before the service, the policy would leave tasks that can't stop: the service depends on these.
        given = tuple(statements)
        self.policies = (
            [
                IamRolePolicy(
                    self, "policy", name="permissions", role=role.name, policy=policy(given), lifecycle=lifecycle
                )
            ]
            if given
            else []
        )
