"""Secrets Manager."""

from __future__ import annotations

from decimal import Decimal

from tanada.resources.cost import SETTING, Planned, Priced, Units
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import taken
from tanada.resources.request import made_by


def _secret(secret: Planned) -> Units:
    return [("secret month", Decimal(1 + len(secret.blocks("replica"))))]


RESOURCES = (
    Resource(
        type="aws_secretsmanager_secret",
        lost="secret",
        kept=True,  # its value stands nowhere else; AWS waits 30 days before it goes
        replaces=read("secretsmanager/secret.go", "00c21ced", "name name_prefix"),
        cost=Priced(_secret),
        defaults={"force_overwrite_replica_secret": False, "recovery_window_in_days": 30},
        computed={"arn": arn("secretsmanager", "secret:{name}-{mixed6}"), "id": "{arn}"},
        data_actions=("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"),
        refusals=(
            taken(
                "aws_secretsmanager_secret",
                "name",
                "ResourceExistsException",
                "The operation failed because the secret {name} already exists.",
                "Secrets Manager API reference, CreateSecret; pulumi/pulumi-aws#3026",
            ),
        ),
        fills={},
        request=made_by("secretsmanager", "CreateSecret", "AWS::SecretsManager::Secret"),
        reads=("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
        changes=(
            "secretsmanager:CreateSecret",
            "secretsmanager:DeleteSecret",
            "secretsmanager:TagResource",
            "secretsmanager:UntagResource",
            "secretsmanager:UpdateSecret",
        ),
    ),
    replaceable(
        "aws_secretsmanager_secret_version",
        read(
            "secretsmanager/secret_version.go",
            "0042e8ea",
            "secret_binary secret_id secret_string secret_string_wo_version",
        ),
        SETTING,
        sensitive=("secret_binary", "secret_string"),
        computed={"arn": "{secret_id}", "version_id": "terraform-{digits26}", "id": "{secret_id}|{version_id}"},
        fills={},
        request=made_by("secretsmanager", "PutSecretValue", "", **{"secret_string_wo": "SecretString"}),
        # Of a write-only value by its versions' ids alone: since 6.26 (#44876, tanada/provider.py).
        reads=("secretsmanager:ListSecretVersionIds",),
        changes=("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"),
    ),
)
