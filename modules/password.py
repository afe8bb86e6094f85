"""A password that AWS makes and no state, plan or log ever holds: for arguments that are write-only."""

from __future__ import annotations

from cdktf import TerraformStack
from constructs import IConstruct

_TYPE = "aws_secretsmanager_random_password"


def password(scope: IConstruct, name: str) -> str:
    """The expression of one; within an apply it is the same wherever it is written, in the next it is another.

    So what takes it (`…_wo`) takes it once, until its version (`…_wo_version`) changes. Letters and digits alone: RDS
    takes no `/`, `"`, `@` or blank in a password, and the provider can't say which characters to leave out (its
    `exclude_characters` is a bool: internal/service/secretsmanager/random_password_ephemeral.go at 5a568fd0). By
    override, as the bindings have no ephemeral resources.
    """
    TerraformStack.of(scope).add_override(f"ephemeral.{_TYPE}.{name}", {"exclude_punctuation": True})
    return f"${{ephemeral.{_TYPE}.{name}.random_password}}"
