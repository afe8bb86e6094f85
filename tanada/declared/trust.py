"""Who may take a role on, where a declaration names them: the policy, and how much of it IAM takes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST = 2_048
"""Characters of a role's trust policy, white space left out (IAM user guide, "IAM and AWS STS quotas"; on request AWS
raises it; kubeflow/kubeflow#6687: "Cannot exceed quota for ACLSizePerRole: 2048")."""


def of_arns(arns: Sequence[str], *, mfa: bool = False, addresses: Sequence[str] = ()) -> Mapping[str, Any]:
    """Trust policy: these roles and users alone, whose own account must let them, too. By a condition: a principal has
    no `*`, and must be there already (IAM user guide, "AWS JSON policy elements: Principal"). With `mfa` who has shown
    a second factor, with `addresses` who comes from there."""
    accounts = sorted({":".join(arn.split(":")[:5]) + ":root" for arn in arns})
    likes = sorted(map(_of_one_permission_set, arns))
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
    return {"Version": "2012-10-17", "Statement": [statement]}


def size(arns: Sequence[str], addresses: Sequence[str] = (), *, mfa: bool = False) -> int:
    """Characters of that."""
    return len(json.dumps(of_arns(arns, mfa=mfa, addresses=addresses), separators=(",", ":")))


_PERMISSION_SET = re.compile(r"(:role/aws-reserved/sso\.amazonaws\.com/(?:.*/)?AWSReservedSSO_.+_)\*$")


def _of_one_permission_set(arn: str) -> str:
    """With as many signs as AWS puts behind the name, 16 hexadecimal ones, instead of any text: the set `Audit` is not
    `Audit_Interns` (IAM Identity Center user guide, "Referencing permission sets in resource policies")."""
    return _PERMISSION_SET.sub(lambda found: found[1] + "?" * 16, arn)
