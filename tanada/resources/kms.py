"""KMS: keys."""

from __future__ import annotations

from tanada.resources.cost import SETTING, always
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.request import made_by
from tanada.resources.seed import Seed

_DEFAULT_POLICY = (
    '{{"Version":"2012-10-17","Id":"key-default-1","Statement":[{{"Sid":"Enable IAM User Permissions",'
    '"Effect":"Allow","Principal":{{"AWS":"arn:{partition}:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}'
)


def _key_arn(seed: Seed) -> str:
    target = seed.text("target_key_id")
    return target if target.startswith("arn:") else seed.fill(arn("kms", f"key/{target}"))


RESOURCES = (
    replaceable(
        "aws_kms_alias",
        read("kms/alias.go", "01c08000", "name name_prefix"),
        SETTING,
        computed={"id": "{name}", "arn": arn("kms", "{name}"), "target_key_arn": _key_arn},
        recomputed={"target_key_id": ("target_key_arn",)},
    ),
    Resource(
        type="aws_kms_key",
        lost="KMS key",
        kept=True,  # what is encrypted with it can be read by nobody then; AWS waits 30 days before it goes
        replaces=read(
            "kms/key.go", "00a35305", "custom_key_store_id customer_master_key_spec key_usage multi_region xks_key_id"
        ),
        cost=always("KMS key month"),
        defaults={
            "bypass_policy_lockout_safety_check": False,
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "enable_key_rotation": False,
            "is_enabled": True,
            "key_usage": "ENCRYPT_DECRYPT",
        },
        computed={
            "key_id": "{uuid}",
            "id": "{key_id}",
            "arn": arn("kms", "key/{key_id}"),
            "rotation_period_in_days": 365,
            "policy": _DEFAULT_POLICY,
        },
        fills={},
        request=made_by("kms", "CreateKey", "AWS::KMS::Key"),
        reads=(
            "kms:DescribeKey",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:ListResourceTags",
        ),
        changes=(
            "kms:CreateKey",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:EnableKey",
            "kms:EnableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:TagResource",
            "kms:UntagResource",
            "kms:UpdateKeyDescription",
        ),
    ),
)
