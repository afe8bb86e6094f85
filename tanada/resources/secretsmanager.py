"""Secrets Manager."""

from __future__ import annotations

from decimal import Decimal

from tanada.resources.cost import SETTING, Planned, Priced, Units
from tanada.resources.entry import Resource, arn, read, replaceable


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
    ),
)
